"""Fonts: the chain that both engines share, characters without a glyph, what the system has."""
