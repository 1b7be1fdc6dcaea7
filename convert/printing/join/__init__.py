"""Joining: PDFs of chunks → one book with its outline, page numbers, tags and metadata."""
