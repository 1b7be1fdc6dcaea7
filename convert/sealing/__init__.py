"""Sealing of others' books and pages: read as a whole, written anew, and audited before the output appears."""
