"""Data that the three banned1 dialects share: pages of the mirror `banned-news`, of 2018."""

from convert.readers.mirror.dialect import Dialect

RULE = "\n------------------------\n"
NAV = "\n#### [禁闻聚合首页]("
LABEL = "\n原文链接："

BANNED1 = Dialect(name="banned1", nav=NAV, label=LABEL, end=LABEL, start=RULE, recognise=(RULE, NAV), year=2018)
