"""A volume as a folder of pages that work from a disk, from any web server, and without JavaScript."""
