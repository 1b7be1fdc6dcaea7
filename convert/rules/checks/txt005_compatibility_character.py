"""Han characters written with the code point of a radical that represents them (Kangxi radicals, a few CJK radicals)
or of a compatibility ideograph."""

from convert.rules.rule import Rule

RULE = Rule("TXT005", "compatibility-character", "info", fixed_by_reader=True)
