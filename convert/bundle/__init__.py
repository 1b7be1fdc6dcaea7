"""Gathering articles: the index of an archive, volumes, and the links between articles."""
