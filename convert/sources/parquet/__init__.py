"""Tables in Apache Parquet: each row with a text is a document; pyarrow, the extra `parquet`, reads the file.

`table.py` asks a sealed process for rows, in which `decoding.py` runs; `rows.py` makes documents of rows as those of
exports are made, and `own.py` makes articles of the rows that this program writes.
"""

from convert.sources.parquet.table import Archive, members

__all__ = ["Archive", "members"]
