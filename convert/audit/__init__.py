"""The audit of finished files: everything in them that a program could load or run by itself.

A file is sealed if every place that can load, run or leave a trace is known and stays within the file.  Places are rows
of a table (`vector.py`); a name that is in no list is a finding too.  Files are judged in a sealed process.
"""
