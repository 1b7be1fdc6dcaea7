"""Functions and data that several test modules share."""
