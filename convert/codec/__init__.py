"""Codecs: an article's JSON with its schema, and front matter in YAML or TOML."""
