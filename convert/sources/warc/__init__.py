"""Archives of the web: WARC (ISO 28500:2017), plain or compressed record by record with gzip, and WACZ (1.1.1).

`records` finds the records of a file and the damage in it, `http` reads what a server answered, `names` makes paths of
addresses, `archive` the documents of a WARC, and `wacz` those of a WACZ, which is a zip archive of WARC files.
"""
