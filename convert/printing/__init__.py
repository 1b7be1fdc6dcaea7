"""Printing: HTML of articles → PDF, drawn chunk by chunk in sealed processes and joined into one book."""
