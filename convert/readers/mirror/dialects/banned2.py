"""Data that the five banned2 dialects share: pages of the mirror `banned-news3`."""

from convert.readers.mirror.dialect import Dialect

NAV = "\n#### [首页]("
LABEL = "\n原文地址（需翻墙访问）："
SHARE = "\n<hr/>\n手机上长按"

BANNED2 = Dialect(name="banned2", nav=NAV, label=LABEL, end=SHARE, recognise=(NAV, SHARE))
