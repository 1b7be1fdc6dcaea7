"""The engine WeasyPrint, and corrections of its PDFs."""
