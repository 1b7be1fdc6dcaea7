"""The site: every link leads somewhere, nothing comes from elsewhere, and an update makes what a whole build makes."""



