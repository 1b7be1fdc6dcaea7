"""Checking of one document and of a whole archive, the cache of checks, and fixing of sources."""
