"""The engine typst."""
