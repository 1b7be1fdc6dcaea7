"""Converts and validates archives of mirrored news articles."""

__version__ = "0.1.0"
