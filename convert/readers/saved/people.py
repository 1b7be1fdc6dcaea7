"""Names of authors in metadata and bylines: one text has several of them, or none, or something else."""

import html
import re
from collections.abc import Iterable

from convert.readers.mirror.surnames import COMPOUND, SURNAMES
from convert.text import EDGE_SPACE, collapse

LONGEST = 60
"""Most characters of a name in a byline."""
_WORDS_OF_NAME = 5

VERB = (
    r"(?:written|posted|submitted|reported|published|story|text|words|analysis|opinion|review|post|report|escrito|publicado|enviado|soumis|eingereicht"
    r"|publié|rédigé|propos recueillis|scritto|pubblicato|geschrieben|veröffentlicht|verfasst"
    r"|(?:ein )?(?:bericht|beitrag))"
)
"""Words before "by" in a byline."""
_WHEN = re.compile(r"\s+(?:on|at|am|le|el|em|il|op|vom)\s+(?:[^\W\d]+[.,]?\s+){0,2}\d.*|\s+[-–—]\s.*", re.DOTALL)
"""A date behind a name."""
_LABEL = re.compile(
    rf"^(?:(?:{VERB}\s+)?(?:by|par|por|von|door|di(?= \S+ \S))(?=[\s:]|$)[\s:]*"
    r"|(?:authors?|auteure?|autore?s?|autor(?:in|a)?|автор|reporter|writer|te?xte?|texto|testo|words)\s*[:：]\s*"
    r"|(?:本[报報刊网網台]|特[约約]|[^\s：:]{0,6}网)?(?:记者|記者|作者|撰文|撰稿|采写|文字|编译|編譯|翻译|翻譯|通讯员|通訊員"
    r"|執筆|取材・文|文・取材|聞き手|著者)"
    r"(?:\s*[：:／/|｜]\s*|\s+|(?=[\u3400-\u9fff]{2,4}$))|文\s*[：:／/|｜]\s*)",
    re.I,
)
_ADDRESS = re.compile(r"\s*[(（<\[][^()（）<>\[\]]*(?:://|@|www\.)[^()（）<>\[\]]*[)）>\]]")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_MAIL_FIRST = re.compile(r"[^\s@()]+@[^\s@()]+\s*\(([^()@]+)\)\Z")
_BETWEEN = re.compile(r"\s*[,，、;；|｜•·]\s+|\s*[、;；|｜，]\s*|\s+(?:and|und|et|y|e|en|&|with|和|与|與)\s+|,\s*")
_OFFICE_WORDS = """
admin administrator anonymous author contributor contributors default desk editor editorial editors guest
newsroom nobody none null na objectobject root staff system test undefined unknown user webmaster wordpress superuser
siteadmin newsdesk webdesk onlinedesk editorialteam editorialstaff editorialboard newsstaff staffwriter
staffwriters staffreporter staffreporters guestauthor guestwriter webeditor seealso viewall allposts readmore
编辑 編輯 编辑部 編輯部 本站编辑 小编 小編 责任编辑 責任編輯 管理员 管理員 佚名 匿名 未知 网络
網絡 本站 原创 原創 转载 轉載 记者 記者 通讯员 本报讯 本報訊 综合 網友 网友 游客 无 作者 来源
"""
_OFFICES = frozenset(_OFFICE_WORDS.split())
"""Words, without spaces, that some pages have in place of a name."""
_OFFICE = re.compile(
    r"(?:编辑部|編輯部|编辑室|采编|新闻部|新聞部|新闻中心|编辑中心|记者站|記者站|办公室|小组|小組|编辑|編輯|整理|综合|报道|報道|報導|报导"
    r"|网|網|网站|網站|频道|頻道|客户端|公众号|订阅号|新闻|新聞)\Z|^(?:[\w-]+\.)+[a-z]{2,}\Z|^[\w-]+\.(?:com|net|org|cn|tv)\b"
    r"|\b(?:department|dept|division|office|bureau|desk|team)\.?\Z"
    r"|(?:\S+\s+){2,4}(?:writer|reporter|correspondent|editor)s?\Z|\bstaff\Z"
    r"|\b(?:news ?desk|web ?desk|newsroom|editorial (?:team|staff|board|desk)|staff (?:reports?|writers?|reporters?)"
    r"|online staff|news (?:team|staff|service))\b",
    re.I,
)
_LETTER = re.compile(r"[^\W\d_]")
_HAN = re.compile(r"[\u3400-\u9fff]{2,4}\Z|[\u3400-\u9fff]{1,6}(?:[·‧・•．][\u3400-\u9fff]{1,8}){1,3}\Z")
_HANGUL = re.compile(r"[\uac00-\ud7af]{2,4}\Z")
_NO_HAN_NAME = re.compile(
    r"[的是在了不]|[网網社报報台部站局]\Z|新[闻聞]|[来來]源|[时時][间間]|[发發]布|[阅閱][读讀]|[评評][论論]|分享|[频頻]道|[记記]者|[编編][辑輯]"
    r"|作者|[关關]注|字[号號體体]|首[页頁]|正文|[打列]印|收藏|[点點][击擊]|[责責][编編]|[转轉][载載]"
)
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.\-])*+\Z")
_SMALL_WORDS = """
al af av ben bin da de del della den der di dos du e el la le les mac of ter van von y zu zur
"""
_PARTICLES = frozenset(_SMALL_WORDS.split())
_OTHER_WORDS = """
agency association committee corp corporation council department foundation gazette group guardian herald inc
institute journal limited llc ltd ministry monde observer organisation organization post radio society telegraph
television tribune tv union university wire weblog wikipedia
about above account added advertisement ago all am and apr are article associated at aug author blog
breaking business by bureau category chief click columnist comment comments company contact contributing
contributor copyright correspondent culture daily days dec december desk download edited editor editorial
editors email entertainment facebook feb february filed follow for friday from getty guest health here home
hour hours images in interview is jan january jul july jun last latest leave less letters login magazine mar
media menu min mins minute minutes monday month more my national network new news newsletter newspaper nov
november now oct october off on online opinion our pages photo photos photograph photographs pm politics
posted posts premium press print profile published reading related reply report reported reporter reporters
reuters review reviews saturday save science search see send senior sep sept september share sign special
sports staff story subscribe sunday tags team technology the this thursday time times today topics tuesday
tweet twitter update updated video view views visit watch wednesday week weekly welcome with world writers
written year yesterday you your
"""
_NO_NAME = frozenset(_OTHER_WORDS.split())
"""Words that no name in a byline has."""


def declared(values: Iterable[str], *sites: str) -> tuple[str, ...]:
    """Return the names in the metadata of a page, without addresses, offices and the names of the site.

    >>> declared(["By Ann Writer and Bo Printer", "mail@press.example", "Editor", "Example Press"], "Example Press")
    ('Ann Writer', 'Bo Printer')
    >>> declared(["Cy Paper (http://press.example/cy/)", "mail@press.example (Di Ink)", "https://press.example/", "12"])
    ('Cy Paper', 'Di Ink')
    >>> declared(["Ann Writer", "Press"], "Ann Writer Press"), declared(["Writer, Ann; Printer, Bo"])
    (('Ann Writer',), ('Writer, Ann', 'Printer, Bo'))
    """
    own = [_plain(site) for site in sites if site and not _is_person(site)]
    names: dict[str, str] = {}
    texts = (collapse(html.unescape(re.sub(r"<[^<>]*>", " ", value))) for value in values)
    for text in (piece.strip(EDGE_SPACE) for whole in texts for piece in re.split("[;；]", whole)):
        text = _MAIL_FIRST.sub(r"\1", text)
        text = _LABEL.sub("", _ADDRESS.sub("", text), count=1) if not _LABEL.fullmatch(text) else ""
        parts = [_LABEL.sub("", part.strip(EDGE_SPACE)) for part in _BETWEEN.split(text)]
        # a comma may also divide surname and name, or a name from an office
        parts = [part for part in parts if _is_person(part)] if _is_person(parts[0]) else [text]
        for part in parts:
            name = part.strip(EDGE_SPACE + ",;|")
            plain = _plain(name)
            if _may_be_name(name) and plain not in own and (_is_person(name) or not any(plain in site for site in own)):
                names.setdefault(plain, name)
    return tuple(names.values())


def in_byline(strings: Iterable[str], *, trusted: bool = False) -> tuple[str, ...]:
    """Return the names in the texts of a byline, up to the first text that is none.

    If it is `trusted`, because a label or markup says that it is one, a single word and any Chinese name will do.

    >>> in_byline(["By", "Ann Writer", "and Bo van Printer", "22 Dec 2016", "Cy Paper"]), in_byline(["Share this"])
    (('Ann Writer', 'Bo van Printer'), ())
    """
    names: dict[str, str] = {}
    for string in strings:
        text = collapse(string).strip(EDGE_SPACE)
        text = re.sub(r"\s*[(（][^()（）]{0,60}[)）]\s*|\s*[(（].*", " ", _LABEL.sub("", text, count=1)).strip()
        text = re.sub(r"\s*기자$", "", re.split(r"\s[|•·–—-]\s", _WHEN.sub("", text))[0])
        text = re.sub(r"^(?:and|und|et|y|e|en|&|和|与|與)\s+", "", text.strip(EDGE_SPACE + ",，、;|•·–—-:："))
        if not _LETTER.search(text) or text.lower() in ("and", "et", "y", "und", "e", "&"):
            continue
        parts = [part.strip(EDGE_SPACE) for part in _BETWEEN.split(text) if part.strip(EDGE_SPACE)]
        good = [
            part
            for part in parts
            if (_is_person(part) and (trusted or not _HAN.match(part) or part[0] in SURNAMES or part[:2] in COMPOUND))
            or (trusted and len(parts) == 1 and _is_word(part))
        ]
        for part in good:
            names.setdefault(_plain(part), part)
        if len(good) < len(parts) and (names or len(text) > LONGEST):
            break
    return tuple(names.values())


def _plain(name: str) -> str:
    return "".join(re.findall(r"\w", name)).casefold()


def _may_be_name(text: str) -> bool:
    """Return True if metadata may mean a text as an author: a person, or a body that is no office of the site."""
    if not _LETTER.search(text) or "://" in text or text.startswith(("@", "www.", "/")) or _MAIL.search(text):
        return False
    return len(text) <= 4 * LONGEST and _plain(text) not in _OFFICES and not _OFFICE.search(text)


def _is_person(text: str) -> bool:
    """Return True if a text has the form of a person's name."""
    if len(text) > LONGEST or not _may_be_name(text):
        return False
    if _HANGUL.match(text):
        return True
    if _HAN.match(text):
        return not _NO_HAN_NAME.search(text)
    words = text.split()
    if not 2 <= len(words) <= _WORDS_OF_NAME or not all(map(_WORD.match, words)):
        return False
    if any(word.lower().strip(".") in _NO_NAME for word in words):
        return False
    capital = [word[0].isupper() or not word[0].islower() for word in words]
    return (
        capital[0]
        and capital[-1]
        and all(big or word.lower() in _PARTICLES for word, big in zip(words, capital, strict=True))
    )


def _is_word(text: str) -> bool:
    """Return True if a text is one word that may be the name of a user."""
    word = _WORD.match(text)
    return word is not None and 2 < len(text) <= LONGEST // 2 and text.lower() not in _NO_NAME and _may_be_name(text)
