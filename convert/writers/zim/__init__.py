"""ZIM, the form of Kiwix: the pages of a site in one file, with the full-text index of Kiwix and our own search."""
