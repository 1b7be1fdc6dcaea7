"""Joining of chunks' PDFs into one book with its outline, page numbers, tags and metadata."""
