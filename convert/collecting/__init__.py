"""Pictures for a store: which of them articles need, and where they are at hand."""
