"""Exports of read-later programs: each entry is a document, a front matter of its fields with its text below.

`start.py` says of most files that they are none, `forms.py` distinguishes the forms, `objects.py` finds the entries in
JSON, `tables.py` those in CSV, `packed.py` those in zip archives; `entries.py` makes the documents, which the reader of
posts reads by its table from keys to the model.
"""
