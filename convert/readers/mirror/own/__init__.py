"""Dialects that a user describes in a TOML file."""
