"""Child processes: how they start, what a sealed one may use and do, and how they end with their parent."""
