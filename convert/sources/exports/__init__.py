"""Exports of read-later programs: each entry is a document, a front matter of its fields with its text below.

`forms.py` distinguishes the forms, `objects.py` finds the entries in JSON, `tables.py` those in CSV, `packed.py` those
in zip archives; `entries.py` makes the documents, which the reader of posts reads by its table from keys to the model.
"""

from convert.sources.exports.forms import Archive, detect, members

__all__ = ["Archive", "detect", "members"]
