"""Codecs: the JSON of an article with its schema, and YAML front matter."""
