"""Readings and simplified forms of Han characters, from the dictionaries of pypinyin and of OpenCC.

Both packages are imported only if a name has a Han character: they take a tenth of a second.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

from convert.simplified import simplified

Reading = tuple[str, str]
"""A syllable and its tone, as in ("zhong", "1")."""

SURNAMES = {
    "万": "wan4", "乐": "yue4", "乜": "nie4", "于": "yu2", "令": "ling2", "仇": "qiu2", "任": "ren2", "会": "gui4",
    "佴": "nai4", "冼": "xian3", "区": "ou1", "华": "hua4", "单": "shan4", "占": "zhan1", "卜": "bu3", "召": "shao4",
    "句": "gou1", "员": "yun4", "哈": "ha3", "宁": "ning4", "宓": "mi4", "尉": "wei4", "尹": "yin3", "干": "gan1",
    "应": "ying1", "强": "qiang2", "折": "she2", "撒": "sa3", "晁": "chao2", "晟": "cheng2", "曲": "qu1", "曾": "zeng1",
    "朝": "chao2", "朴": "piao2", "查": "zha1", "柏": "bai3", "洗": "xian3", "燕": "yan1", "牟": "mou2", "瞿": "qu2",
    "石": "shi2", "祭": "zhai4", "种": "chong2", "秘": "bi4", "空": "kong1", "粘": "nian2", "纪": "ji4", "缪": "miao4",
    "翟": "zhai2", "肖": "xiao1", "臧": "zang1", "舍": "she4", "葛": "ge3", "葉": "ye4", "叶": "ye4", "薄": "bo2",
    "覃": "qin2", "解": "xie4", "角": "jue2", "谌": "chen2", "谷": "gu3", "贾": "jia3", "车": "che1", "过": "guo1",
    "逄": "pang2", "那": "na1", "郇": "xun2", "郗": "xi1", "都": "du1", "重": "chong2", "长": "zhang3", "阚": "kan4",
    "阿": "a1", "隗": "wei3", "隽": "juan4", "黑": "he4", "盖": "ge3", "盛": "sheng4", "相": "xiang4", "行": "xing2",
    "褚": "chu3", "适": "kuo4", "钭": "tou3", "沈": "shen3", "洪": "hong2", "殷": "yin1", "俞": "yu2", "呙": "guo1",
    "亓": "qi2", "璩": "qu2", "逯": "lu4", "娄": "lou2", "缴": "jiao3", "郝": "hao3", "尧": "yao2", "塔": "ta3",
}  # fmt: skip
"""Readings of characters as surnames, in their simplified forms, where they have several."""

COMPOUNDS = {
    "万俟": "mo4 qi2", "令狐": "ling2 hu2", "亓官": "qi2 guan1", "公冶": "gong1 ye3", "南宫": "nan2 gong1",
    "单于": "chan2 yu2", "夏侯": "xia4 hou2", "太叔": "tai4 shu1", "宇文": "yu3 wen2", "尉迟": "yu4 chi2",
    "拓跋": "tuo4 ba2", "拓拔": "tuo4 ba2", "澹台": "tan2 tai2", "濮阳": "pu2 yang2", "独孤": "du2 gu1",
    "皇甫": "huang2 fu3", "诸葛": "zhu1 ge3", "贺若": "he4 ruo4", "赫连": "he4 lian2", "长孙": "zhang3 sun1",
    "闻人": "wen2 ren2", "鲜于": "xian1 yu2", "呼延": "hu1 yan2", "宗政": "zong1 zheng4", "乐正": "yue4 zheng4",
    "万俟卨": "mo4 qi2 xie4",
}  # fmt: skip
"""Readings of surnames of several characters, in their simplified forms, that differ from those of the characters."""

TONES = "\u0304\u0301\u030c\u0300"
"""Marks of the four tones (GB/T 16159-2012), combining (Unicode)."""

NO_READING = ("", "")
_UNMARKED = dict.fromkeys(map(ord, TONES))

LONGEST_NAME = 4
"""Most characters of a Chinese name; a longer text is no name, and begins with no surname."""


@cache
def _readings() -> Mapping[int, str]:
    """Return the readings of characters, with marks of their tones: the commonest first, commas between them."""
    # The package would import its phrases too, which take twice as long again: only its module of characters is.
    package = find_spec("pypinyin")
    assert package and package.origin
    spec = spec_from_file_location("pypinyin_characters", Path(package.origin).with_name("pinyin_dict.py"))
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    known: Mapping[int, str] = module.pinyin_dict
    return known


def is_han(char: str) -> bool:
    """Return True for a Han character that has a reading."""
    return ord(char) in _readings()


def _reading(char: str) -> Reading:
    """Return the commonest reading of a character, without a mark on its vowel; `v` is ü, and tone 5 none."""
    marked = _readings().get(ord(char), "").partition(",")[0]
    letters = unicodedata.normalize("NFD", marked)
    tone = next((str(number) for number, mark in enumerate(TONES, 1) if mark in letters), "5")
    plain = letters.translate(_UNMARKED).replace("u\u0308", "v")
    return (unicodedata.normalize("NFC", plain), tone) if marked else NO_READING


def readings(name: str) -> list[Reading]:
    """Return the reading of each Han character of a name, ("", "") for others; first come those of the surname.

    >>> readings("曾国藩")[0], readings("尉遲恭")[:2], readings("未曾")[1]
    (('zeng', '1'), [('yu', '4'), ('chi', '2')], ('ceng', '2'))
    """
    simple = simplified(name)
    read = [_reading(char) for char in name]
    if len(name) <= LONGEST_NAME and all(syllable for syllable, _ in read):
        surname = next((simple[:size] for size in (3, 2) if simple[:size] in COMPOUNDS), "")
        spoken = COMPOUNDS[surname].split() if surname else [SURNAMES[simple[0]]] if simple[0] in SURNAMES else []
        read[: len(spoken)] = [(each[:-1], each[-1]) for each in spoken]
    return read
