"""The pages of the mirrors: Markdown files with HTML inside, in several dialects."""
