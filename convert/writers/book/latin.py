"""The language of a passage in Latin letters, by its common words and by the letters in its words."""

from functools import lru_cache

from convert.late import late_pattern

MIN_WORDS = 4
"""Fewest words of a passage with a language; fewer are mostly a name, and a name has none."""

SAMPLE = 110
"""Characters at the start of a passage by which its language is recognised."""

UNKNOWN = "und-Latn"
"""Tag of a passage in Latin letters whose language is not clear (BCP 47, section 4.1): fonts and voices learn from it
that the passage is not in the language around it."""

_COMMON = {
    "en": "a about after against all an and are as at be been but by can could do for from had has have he her his how "
    "i if in into is it its more my new no not of on or our out over she so than that the their them there these they "
    "this to under up was we were what when where which who why will with would you your",
    "de": "als am auch auf aus bei bis da dann das dass dem den der des die doch du durch ein eine einem einen einer "
    "er es für gegen haben hat ich ihr im in ist kein keine man mehr mit nach nicht noch nur oder ohne sein sich sie "
    "sind so über um und uns unter vom von vor war was wenn werden wie wir wird zu zum zur zwischen",
    "fr": "a à au aux avec ce ces cette comme dans de des du elle en est et être eu fait il ils je la le les leur "
    "leurs lui mais même n'est ne nous on ont ou où par pas plus pour qu'il que qui sa sans se ses si son sont sur un "
    "une vous y était été",
    "es": "a al como con contra cuando de del desde donde el ella en entre era es esta este esto fue ha hasta hay la "
    "las lo los más mi muy no nos o para pero por porque que se ser si sin sobre son su sus también tiene un una "
    "y ya",
    "pt": "a ao aos as até com como contra da das de do dos e é ela ele em entre era essa este foi há isso já mais mas "
    "muito na nas no não nos o os ou outro para pela pelo por quando que se sem ser seu sobre sua são também tem um "
    "uma",
    "it": "a ai al alla anche che chi come con contro da dal dalla degli dei del della delle di dove e è era gli ha "
    "hanno i il in io la le lo ma mi nel nella non o per perché più quando questa questo se si sono su sul sulla tra "
    "un una uno",
    "nl": "aan als bij dan dat de deze die dit door een en er geen had heb heeft het hij hoe hun ik in is je maar me "
    "meer met naar niet nog of om onder ook op over te tegen tot uit van voor was wat werd wij worden zal ze zich zij "
    "zijn zo",
    "id": "ada adalah akan anak antara atau bagi bahwa banyak baru bisa dalam dan dapat dari dengan di dia dua harus "
    "hari ini itu jika juga kami karena ke kepada kita lain lebih mereka oleh orang pada para saat sangat saya secara "
    "sebagai sebuah sejak seperti setelah sudah telah tentang tidak untuk yang",
    "tr": "ama bir bu çok da daha de değil en gibi ile için kadar ne olan olarak oldu sonra tarafından ve veya ya",
    "pl": "ale być co czy dla do go i ich jak jego jest już która które który lub ma może na nie o od oraz po przez "
    "przy się są tak to tym w we z za ze że",
    "sv": "att av de den det där efter en ett från för han har hon i inte jag kan med men mot måste ni och om på sig "
    "som så till under upp ut var vi vid är över",
    "vi": "bán bị các cho có của cũng dân được hay hoặc khi không là một này người nhà những nơi ở rất sau tại theo "
    "thì trong từ và về với đã để đó đến",
    "la": "ad atque cum de ego enim est et ex hic hoc in non nunc per pro quae quam qui quid quod sed semper sine "
    "sub sunt te tibi ut vel",
}
"""Common words of languages, which each also has in short passages."""
LANGUAGES = frozenset(_COMMON)

_ELIDED = {
    "c": ("fr",),
    "j": ("fr",),
    "n": ("fr",),
    "qu": ("fr",),
    "l": ("fr", "it"),
    "d": ("fr", "it"),
    "dell": ("it",),
}
"""Languages of a word by the letters before its apostrophe."""

_NAMES = (
    "air bank base board book bureau center centre chapter commission committee company council defense department ed "
    "edition federal force foundation group house images institute law life museum news office paper photo press "
    "public report reserve review society states street summit times trade union united university war west world"
)
"""Words of English names and credits."""

_NAMING = frozenset(_NAMES.split())

_BY_WORD: dict[str, tuple[str, ...]] = {}
for _tag, _words in _COMMON.items():
    for _word in _words.split():
        _BY_WORD[_word] = (*_BY_WORD.get(_word, ()), _tag)

_VIETNAMESE = late_pattern("[ăđơư\u1ea0-\u1ef9]")
_LETTER = late_pattern("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_MARKS = " .,;:!?…“”‘’'\"()[]{}<>«»–—-*·•|&=+0123456789"
_ADDRESS = late_pattern(r"[/@#]|\w\.\w\w")
_ENGLISH = late_pattern(
    "th|wh|ck|sh|gh|kn|wr|ee|oo|ow|ew|aw|ay|ey|oy|ea|'s|’s|n't|n’t|ould|dge|ff|tt|ake|ound|uie|ard|erm|rke|.(?:ing|ed|ly|ry|ty|cy|"
    "ny|gy|ers?|ors?|ists?|ism|[ts]ions?|ments?|ness|less|ful|ous|[ai]ble|ship|ward|[ae]nce|al|ics?|ive|ate|age|ture|"
    "hood|ome|[idmnt]ide|ine|ite|use|ime|ork|[nrl]d|[snclpr]t|[rsl]k|rm|wn|ss|ll)$"
)
"""Letters that follow each other in many English words, and that are rarer in other languages."""


def latin(text: str, *, guess: bool) -> str:
    """Return the tag of the language of a text in Latin letters, "" if it is too short or not clear.

    With `guess`, the text is known to be in another language than what is around it: then the shape of its words is
    enough for English, and `UNKNOWN` is returned if nothing is clear.

    >>> latin("Printing’s Quiet Makers, 2nd Ed. (London: Quire, 2004)", guess=True)
    'en'
    >>> latin("Le papier et l'encre de la ville", guess=False), latin("Zhongguo renmin jiefang jun", guess=True)
    ('fr', 'und-Latn')
    """
    text = text[:SAMPLE]
    written = [word for each in text.split() if _LETTER.match(word := each.strip(_MARKS)) and not _ADDRESS.search(each)]
    if len(written) < MIN_WORDS:
        return ""
    if len(_VIETNAMESE.findall(text)) * 3 >= len(written):
        return "vi"
    capitals = text.isupper()
    counts = dict.fromkeys(_COMMON, 0)
    for word in written:
        if capitals or len(word) == 1 or not word.isupper():  # else it is an abbreviation
            for tag in _BY_WORD.get(word.lower()) or _ELIDED.get(word.lower().replace("’", "'").partition("'")[0], ()):
                counts[tag] += 1
    first, second = sorted(counts, key=counts.__getitem__, reverse=True)[:2]
    if counts[first] > max(1, counts[second]) and counts[first] * 6 >= len(written):
        return first
    return _guess(written, counts) if guess else ""


def _guess(words: list[str], counts: dict[str, int]) -> str:
    """Return "en" if enough words are common in English or shaped like English ones, else `UNKNOWN`."""
    shaped = sum(map(_is_shaped, words))
    accented = sum(not word.replace("’", "").isascii() for word in words)
    others = max(counts[tag] for tag in counts if tag != "en")
    if others and not counts["en"]:  # a name may have one, as in La Trobe University
        return "en" if shaped * 2 >= len(words) + accented else UNKNOWN
    return "en" if (counts["en"] * 2 + shaped - accented) * 4 >= len(words) else UNKNOWN


@lru_cache(maxsize=4096)
def _is_shaped(word: str) -> bool:
    lower = word.lower()
    return lower in _NAMING or _ENGLISH.search(lower) is not None
