"""The language of a text, by its characters."""

from collections.abc import Iterable

from convert.late import late_pattern

# The most frequent characters that only one of the two scripts has.
_TRADITIONAL = frozenset(
    "們這國來會時說後對個為學過還沒發現問題開關長門間見東車馬語話請讓認識書報導記條樣實點無與於從兩裡麼當應該將進運動員國際"
    "經濟機電視網絡軍區華歷術業農區幾氣權歡讀寫聽買賣錢銀鐵紙頁頭顯響飛魚鳥龍齊齒"
)
_SIMPLIFIED = frozenset(
    "们这国来会时说后对个为学过还没发现问题开关长门间见东车马语话请让认识书报导记条样实点无与于从两里么当应该将进运动员国际"
    "经济机电视网络军区华历术业农区几气权欢读写听买卖钱银铁纸页头显响飞鱼鸟龙齐齿"
)
_OF_TRADITIONAL = late_pattern(f"[{''.join(sorted(_TRADITIONAL - _SIMPLIFIED))}]")
_OF_SIMPLIFIED = late_pattern(f"[{''.join(sorted(_SIMPLIFIED - _TRADITIONAL))}]")
_SCRIPTS = (
    ("ja", late_pattern("[\u3041-\u30ff]")),
    ("ko", late_pattern("[\uac00-\ud7af]")),
    ("ru", late_pattern("[\u0400-\u04ff]")),
    ("ar", late_pattern("[\u0600-\u06ff]")),
    ("bo", late_pattern("[\u0f00-\u0fff]")),
    ("th", late_pattern("[\u0e00-\u0e7f]")),
    ("he", late_pattern("[\u05d0-\u05ea]")),
    ("hi", late_pattern("[\u0900-\u097f]")),
)
_HAN = late_pattern("[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN = late_pattern("[A-Za-zÀ-ɏ]")


def marks(text: str) -> tuple[int, int]:
    """Return how many frequent characters of simplified and of traditional Chinese occur in a text.

    >>> marks("纸的历史"), marks("紙的歷史")
    ((2, 0), (0, 2))
    """
    return len(set(_OF_SIMPLIFIED.findall(text))), len(set(_OF_TRADITIONAL.findall(text)))


def is_traditional(tag: str) -> bool:
    """Return True if a BCP 47 tag says that Chinese is in traditional characters, by its script or its region.

    >>> is_traditional("zh-Hant"), is_traditional("zh-HK"), is_traditional("zh-Hans-HK"), is_traditional("zh")
    (True, True, False, False)
    """
    parts = set(tag.split("-"))
    return "Hant" in parts or ("Hans" not in parts and not parts.isdisjoint(("HK", "MO", "TW")))


def language(samples: Iterable[str]) -> str:
    """Return the BCP 47 tag of the main language of a text, or `und`.

    Chinese is divided by script (`zh-Hans`, `zh-Hant`), other languages are detected only by their alphabet.  Each
    sample contains the one before and more of the text; the first that is decisive is the last that is requested.

    >>> language(["纸的历史，从洛阳说起"]), language(["紙的歷史，從洛陽說起"]), language(["The history of paper"])
    ('zh-Hans', 'zh-Hant', 'en')
    """
    sample, simplified, traditional = "", 0, 0
    for sample in samples:
        simplified, traditional = marks(sample)
        if simplified + traditional > 5:  # Chinese beyond doubt
            return "zh-Hant" if traditional > simplified else "zh-Hans"
    counts = {"zh": len(_HAN.findall(sample)), "en": len(_LATIN.findall(sample)) / 4}
    for tag, pattern in _SCRIPTS:
        counts[tag] = len(pattern.findall(sample)) * 1.0
    counts["ja"] *= 3  # Japanese mixes Han with kana
    best = max(counts, key=lambda tag: (counts[tag], tag))
    if not counts[best]:
        return "und"
    if best != "zh":
        return best
    return "zh-Hant" if traditional > simplified else "zh-Hans"
