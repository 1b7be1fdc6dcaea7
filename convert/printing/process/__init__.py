"""Drawing processes: chunks go to sealed children with limits, and PDFs or reasons come back."""
