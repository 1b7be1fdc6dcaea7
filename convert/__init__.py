"""Converts and validates archives of mirrored news articles."""
