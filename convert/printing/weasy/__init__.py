"""The engine WeasyPrint, and the repairs of its PDFs."""
