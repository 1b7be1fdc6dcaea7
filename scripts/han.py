"""Write the table of Han characters by which books sort and join names: readings, and simplified forms.

    pip install pypinyin opencc
    python scripts/han.py

The packages are needed only here.  The table is part of this project, so that every machine sorts alike.
"""

from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

import opencc
from pypinyin.contrib.tone_convert import to_tone3
from pypinyin.pinyin_dict import pinyin_dict

TABLE = Path(__file__).parent.parent / "convert" / "writers" / "book" / "han.txt"
FIRST, LAST = 0x4E00, 0x9FFF
"""The block that names are written with (Unicode, CJK Unified Ideographs)."""


def main() -> None:
    """Write the table: a line for each reading, then the traditional characters and their simplified forms."""
    readings: defaultdict[str, list[str]] = defaultdict(list)
    for code in range(FIRST, LAST + 1):
        if known := pinyin_dict.get(code):
            reading = to_tone3(known.split(",")[0]).replace("ü", "v")
            readings[reading if reading[-1].isdigit() else f"{reading}5"].append(chr(code))
    convert = opencc.OpenCC("t2s").convert
    pairs = [(chr(code), convert(chr(code))) for code in range(FIRST, LAST + 1)]
    pairs = [(each, simple) for each, simple in pairs if simple != each and len(simple) == 1]
    lines = [
        f"# Made by scripts/han.py with pypinyin {version('pypinyin')} (MIT), OpenCC {version('opencc')} (Apache-2.0).",
        f"traditional {''.join(each for each, _ in pairs)}",
        f"simplified {''.join(simple for _, simple in pairs)}",
        *(f"{reading} {''.join(readings[reading])}" for reading in sorted(readings) if reading.isascii()),
    ]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
