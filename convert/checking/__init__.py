"""Checking: one document, a whole archive, the cache between runs, and fixing sources."""
