"""The engine typst: XHTML translated to its markup, and drawn."""
