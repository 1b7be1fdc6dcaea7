"""Fonts: the chain that both engines share, characters without a glyph, fonts of the system."""
