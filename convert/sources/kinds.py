"""Kinds of files that are not read, recognised by their content, with what to do next: a new kind is a row here.

The rows are tried in their order.  A binary file has its mark at its beginning, or behind words that are named; a text
is recognised by its first lines, else by the end of its name.
"""

import io
import re
import zipfile
from typing import BinaryIO, NamedTuple

from convert.messages import Message, message
from convert.sources.zipnames import opened

_HEAD, _TAIL = 1 << 16, 1 << 17


class Kind(NamedTuple):
    """Kind of file."""

    said: Message
    mark: bytes
    """Regular expression for its first bytes."""
    inside: bytes = b""
    """Regular expression for what is anywhere in its beginning or its end, b"" for nothing more."""


def _wide(text: str) -> bytes:
    return re.escape(text.encode("utf-16-le"))


_ZIP = rb"PK\x03\x04"
_OLE = rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIPPED = rb"PK\x03\x04.{26}mimetypeapplication/"
_MEDIA = rb".{4}ftyp"
_ODF = rb"vnd\.oasis\.opendocument\."

BINARY = (
    Kind(message("kind-pdf"), rb".{0,1000}?%PDF-\d"),
    Kind(message("kind-epub"), _ZIPPED + rb"epub\+zip"),
    Kind(message("kind-opendocument"), _ZIPPED + _ODF + rb"text"),
    Kind(message("kind-spreadsheet"), _ZIPPED + _ODF + rb"spreadsheet"),
    Kind(message("kind-slides"), _ZIPPED + _ODF + rb"presentation"),
    Kind(message("kind-word"), _ZIP, rb"word/document\d*\.xml"),
    Kind(message("kind-spreadsheet"), _ZIP, rb"xl/workbook\.(?:xml|bin)|Index/Tables/DataList\.iwa"),
    Kind(message("kind-slides"), _ZIP, rb"ppt/presentation\.xml|Index/Slide\.iwa"),
    Kind(message("kind-app"), _ZIP, rb"AndroidManifest\.xml|META-INF/MANIFEST\.MF|Payload/[^/]{1,80}\.app/"),
    Kind(message("kind-export"), _ZIP, rb"(?:[^/]+/)*(?:metadata_\d+_to_\d+\.json|bookmarks/[^/]{1,80}/info\.json)"),
    Kind(message("kind-zip"), rb"PK(?:\x03\x04|\x05\x06)"),
    Kind(message("kind-word-97"), _OLE, _wide("WordDocument")),
    Kind(message("kind-spreadsheet"), _OLE, _wide("Workbook") + b"|" + _wide("Book")),
    Kind(message("kind-slides"), _OLE, _wide("PowerPoint Document")),
    Kind(message("kind-outlook"), _OLE, _wide("__substg1.0_")),
    Kind(message("kind-other-document"), _OLE, _wide("Quill") + b"|" + _wide("HwpSummaryInformation")),
    Kind(message("kind-word-97"), _OLE),
    Kind(message("kind-rtf"), rb"\s*\{\\rtf\d?"),
    Kind(message("kind-djvu"), rb"AT&TFORM"),
    Kind(message("kind-kindle"), rb".{60}(?:BOOKMOBI|TEXtREAd)|TPZ0|\xeaDRMION\xee"),
    Kind(message("kind-chm"), rb"ITSF\x03\0"),
    Kind(message("kind-zim"), rb"ZIM\x04"),
    Kind(message("kind-warc"), rb"WARC/\d\.\d\r?\n"),
    Kind(message("kind-postscript"), rb"%!PS|\xc5\xd0\xd3\xc6"),
    Kind(
        message("kind-picture"),
        rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|II\*\0|MM\0\*|BM.{4}\0{4}|\0\0[\1\2]\0",
    ),
    Kind(message("kind-picture"), rb"P[1-6]\s+\d+\s+\d+\s|\n[\0-\5]\x01[\1\2\4\x08]|.{128}DICM|/\* XPM \*/"),
    Kind(message("kind-picture"), rb"8BPS\0|\0{3}\x0cjP  |\0{3}\x0cJXL |\xff\x0a|gimp xcf|farbfeld"),
    Kind(message("kind-picture"), _MEDIA + rb"(?:avi[fs]|hei[cfsx]|hev[cx]|mif1|msf1|crx )"),
    Kind(
        message("kind-audio"),
        rb"ID3[\2-\4]|\xff[\xe2-\xfb][^\xff\0]|fLaC|RIFF.{4}WAVE|MThd\0|#!AMR|FORM.{4}AIF[FC]|ADIF",
    ),
    Kind(message("kind-audio"), _MEDIA + rb"M4[ABP] "),
    Kind(message("kind-audio"), rb"OggS\0", rb"\x01vorbis|OpusHead|Speex   |\x7fFLAC"),
    Kind(message("kind-video"), _MEDIA + rb"|.{4}(?:moov|mdat|wide)|OggS\0|\x1aE\xdf\xa3|RIFF.{4}AVI |FLV\x01"),
    Kind(
        message("kind-video"),
        rb"[FCZ]WS[\1-\x40]|\0\0\x01[\xba\xb3]|\x30\x26\xb2\x75\x8e\x66\xcf\x11|G.{187}G.{187}G|\.RMF",
    ),
    Kind(message("kind-font"), rb"wOF[F2]|OTTO\0|\0\x01\0\0\0.{7}|ttcf\0|true\0"),
    Kind(message("kind-7z"), rb"7z\xbc\xaf\x27\x1c"),
    Kind(message("kind-rar"), rb"Rar!\x1a\x07"),
    Kind(message("kind-xz"), rb"\xfd7zXZ\0|\]\0\0[\x10-\x80]\0"),
    Kind(message("kind-bzip2"), rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)"),
    Kind(message("kind-zstd"), rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
    Kind(message("kind-gzip"), rb"\x1f\x8b"),
    Kind(message("kind-tar"), rb".{257}ustar"),
    Kind(
        message("kind-archive"),
        rb"\x1f[\x9d\xa0]|\x04\x22\x4d\x18|LZIP|MSCF\0|!<arch>\n|xar!|\xed\xab\xee\xdb|.{2}-lh[0-7]-",
    ),
    Kind(message("kind-archive"), rb"07070[127][0-7]{6}|\xc7\x71.{4}"),
    Kind(message("kind-app"), rb"Cr24[\2\3]\0"),
    Kind(message("kind-disk"), rb"(?:.{32769}|.{37649})CD001|KDMV|QFI\xfb|conectix|<<< Oracle VM|vhdxfile"),
    Kind(message("kind-encrypted"), rb"Salted__|\x8c[\x0d\x2e]\x04|\x85[\1-\4].\x03|age-encryption\.org/"),
    Kind(message("kind-desktop"), rb"\0\0\0\x01Bud1|\0\x05\x16\x07\0\x02\0\0"),
    Kind(message("kind-bookmarks"), rb"mozLz40\0"),
    Kind(
        message("kind-other-document"),
        rb"\xffWPC|\x31\xbe\0\0\0\xab|HWP Document File|ITOLITLS|(?:CAJ|HN)\0|\?_\x03\0"
        rb"|\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d",
    ),
    Kind(message("kind-pst"), rb"!BDN"),
    Kind(message("kind-catalogue"), rb"\xde\x12\x04\x95|\x95\x04\x12\xde"),
    Kind(
        message("kind-database"),
        rb"ARROW1\0|FEA1|ORC|Obj\x01|\x89HDF\r\n|\x93NUMPY|.{8}DUCK|\x80[\2-\5]\x95.{8}"
        rb"|\0\x01\0\0Standard (?:Jet|ACE) DB",
    ),
    Kind(message("kind-sqlite"), rb"SQLite format 3\0"),
    Kind(message("kind-parquet"), rb"PAR1"),
    Kind(message("kind-webarchive"), rb"bplist0\d", rb"WebMainResource"),
    Kind(message("kind-plist"), rb"bplist0\d"),
    Kind(message("kind-shortcut"), rb"L\0\0\0\x01\x14\x02\0"),
    Kind(
        message("kind-program"),
        rb"\x7fELF|..\r\n[\0-\3]\0{3}.{8}\xe3|MZ.{0,64}?\0|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|\xfe\xed\xfa[\xce\xcf]|\0asm",
    ),
    Kind(message("kind-torrent"), rb"d\d{1,3}:(?:announce|created|info|comment)"),
    Kind(message("kind-zeros"), rb"\0{64,}\Z|\0+\Z"),
    Kind(message("kind-utf16"), rb"(?:[\t\n\r -~]\0){16}|(?:\0[\t\n\r -~]){16}"),
)
"""Files that are no text; `PDF` and `RTF` may be without bytes that show it."""

_XML = (
    rb"(?:<\?xml[^>]{0,400}\?>|<!--.{0,2000}?-->|<!DOCTYPE[^>\[]{0,400}(?:\[[^\]]{0,2000}\])?>|<\?[^>]{0,400}\?>|\s)*+"
)
_HEADERS = rb"(?:[A-Za-z][A-Za-z-]{1,40}:[^\n]*\n(?:[ \t][^\n]*\n)*+)"

_COLUMN = rb"\"?[\w.\x80-\xff-]{1,40}(?: [\w.\x80-\xff-]{1,40}){0,3}\"?"

TEXT = (
    Kind(message("kind-lfs"), rb"version https://git-lfs\.github\.com/spec/"),
    Kind(message("kind-annex"), rb"(?:\S{0,400}/)?annex/objects/\S"),
    Kind(
        message("kind-bookmarks"),
        rb"\s*<!DOCTYPE NETSCAPE-Bookmark-file-1|.{0,500}?<title>(?:Pocket|Instapaper:) Export</title>",
    ),
    Kind(message("kind-singlefilez"), rb"\s*<", rb"PK\x05\x06.{18}"),
    Kind(message("kind-wordpress"), _XML + rb"<rss\b", rb"wordpress\.org/export/"),
    Kind(message("kind-feed"), _XML + rb"<(?:rss|feed|rdf:RDF)\b"),
    Kind(message("kind-sitemap"), _XML + rb"<(?:\w+:)?(?:urlset|sitemapindex)\b"),
    Kind(message("kind-opml"), _XML + rb"<opml\b"),
    Kind(message("kind-fb2"), _XML + rb"<FictionBook\b"),
    Kind(message("kind-svg"), _XML + rb"<(?:svg:)?svg\b"),
    Kind(message("kind-shortcut"), _XML + rb"<plist\b[^>]*>\s*<dict>\s*<key>URL</key>"),
    Kind(message("kind-webarchive"), _XML + rb"<plist\b", rb"<key>WebMainResource</key>"),
    Kind(message("kind-plist"), _XML + rb"<plist\b"),
    Kind(message("kind-opendocument"), _XML + rb"<office:document\b"),
    Kind(message("kind-evernote"), _XML + rb"<en-export\b"),
    Kind(message("kind-mediawiki"), _XML + rb"<mediawiki\b"),
    Kind(message("kind-docbook"), _XML + rb"<(?:article|book|chapter|section)\b", rb"docbook\.org|DocBook"),
    Kind(message("kind-jats"), _XML + rb"<article\b", rb"//DTD JATS|//NLM//|<front>|jats\.nlm\.nih"),
    Kind(message("kind-tei"), _XML + rb"<(?:\w+:)?(?:TEI|TEI\.2|teiCorpus|teiHeader)[\s>]"),
    Kind(
        message("kind-dita"),
        _XML + rb"<(?:dita|topic|concept|task|reference|troubleshooting|glossentry|map|bookmap)\b",
        rb"DTD DITA|ditaarch|dita(?:base)?\.(?:dtd|xsd|rng)|urn:oasis:names:tc:dita"
        rb"|<(?:conbody|taskbody|refbody|topicref|shortdesc)\b",
    ),
    Kind(message("kind-map"), _XML + rb"<(?:kml|gpx|osm)\b"),
    Kind(message("kind-xml"), rb"\s*<\?xml\b"),
    Kind(
        message("kind-xml"),
        _XML + rb"<(?:dtbook|nitf|newsItem|newsMessage|NewsML|alto|mets|mods|ead|osis|xliff|tmx"
        rb"|score-partwise|xsl:stylesheet|xs:schema)\b",
    ),
    Kind(message("kind-notebook"), rb"\s*\{", rb"\"nbformat\"\s*:"),
    Kind(message("kind-arc"), rb"filedesc://\S{0,400} [^\n]{10,200}\n"),
    Kind(message("kind-har"), rb"\s*\{\s*\"log\"\s*:\s*\{", rb"\"(?:creator|entries|browser|pages)\"\s*:"),
    Kind(message("kind-map"), rb"\s*\{", rb"\"type\"\s*:\s*\"(?:FeatureCollection|Topology)\""),
    Kind(message("kind-bookmarks"), rb"\s*\{\s*\"(?:checksum|roots|guid)\"", rb"\"roots\"\s*:\s*\{|\"root________\""),
    Kind(message("kind-linked-data"), rb"\s*[\[{]\s*(?:\{\s*)?\"@(?:context|graph|type|id)\"\s*:"),
    Kind(message("kind-keep"), rb"\s*\{", rb"\"userEditedTimestampUsec\"\s*:"),
    Kind(message("kind-settings"), rb"\s*\{\s*\"\$schema\"\s*:"),
    Kind(message("kind-cdx"), rb"[ -~] ?CDX(?: \S)+|\s*\[\s*\[\s*\"urlkey\"|\S+\)\S* \d{14} \{\""),
    Kind(message("kind-multi-wacz"), rb"\s*\{", rb"\"profile\"\s*:\s*\"multi-wacz-package\""),
    Kind(message("kind-mbox"), rb"From \S+ [^\n]{4,80}\d{4}[^\n]{0,12}\n" + _HEADERS),
    Kind(
        message("kind-mail"),
        rb"(?=(?:[^\n]*\n){0,60}?(?:Subject|MIME-Version|Message-ID|Received|X-Mailer):)" + _HEADERS + rb"{2,}",
        rb"(?im)^(?:From|Received|Return-Path|Delivered-To|Message-ID):",
    ),
    Kind(message("kind-shortcut"), rb"\s*\[(?:InternetShortcut|Desktop Entry)\]"),
    Kind(message("kind-encrypted"), rb"\s*-----BEGIN PGP MESSAGE-----|U2FsdGVkX1|-----BEGIN AGE ENCRYPTED"),
    Kind(message("kind-key"), rb"\s*-----BEGIN [A-Z0-9 ]{3,60}-----"),
    Kind(message("kind-calendar"), rb"\s*BEGIN:(?:VCALENDAR|VCARD)\b"),
    Kind(
        message("kind-subtitles"),
        rb"WEBVTT\b|\s*\d+\n\d\d:\d\d:\d\d[,.]\d{3} --> |\s*\[Script Info\]\n|\[\d\d:\d\d[.:]\d\d\]",
    ),
    Kind(message("kind-playlist"), rb"#EXTM3U|\[playlist\]\n"),
    Kind(
        message("kind-bibliography"),
        rb"(?:\s|%[^\n]*\n)*+@[A-Za-z]{3,20}\s*\{\s*[^\s,{}]+,\s*\w+\s*=|\s*TY  - |\s*PMID- ?\d|%0 [A-Z]",
    ),
    Kind(
        message("kind-diff"),
        rb"(?:(?:commit|From|Author:|Date:|Subject:|index|Only in)\b[^\n]*\n|(?: {4}[^\n]*)?\n){0,12}?"
        rb"(?:diff --git |--- \S[^\n]*\n\+\+\+ \S|Index: \S+\n=)",
    ),
    Kind(
        message("kind-log"),
        rb"\S+ \S+ \S+ \[\d\d/\w{3}/\d{4}:"
        rb"|(?:\[?\d{4}-\d\d-\d\d[T ][\d:.,]+Z?\]? [^\n]*\n){5}",
    ),
    Kind(message("kind-catalogue"), rb"(?:\s|#[^\n]*\n)*+msgid \"[^\n]*\n(?:\"[^\n]*\n)*msgstr "),
    Kind(message("kind-linked-data"), rb"\s*@(?:prefix|base) |(?:<[^<>\s]+> ){2}[<\"_][^\n]* \.\n"),
    Kind(message("kind-clippings"), rb"\S[^\n]{0,300}\n- [^\n]{4,300}\n", rb"\n==========\n"),
    Kind(message("kind-typst"), rb"(?:\s|//[^\n]*\n)*+#(?:set|show|import|let) \S"),
    Kind(message("kind-textile"), rb"\s*h[1-6](?:\([^\n)]*\))?\. \S"),
    Kind(
        message("kind-script"),
        rb"(?i)(?:\s|--[^\n]*\n|/\*.{0,500}?\*/;?)*+(?:create (?:table|database)|insert into|pragma )\b",
    ),
    Kind(
        message("kind-latex"),
        rb"(?:\s*%[^\n]*\n|\s|\\[a-z@]+[^\n]*\n){0,40}?\s*\\(?:documentclass|documentstyle|begin\{)",
    ),
    Kind(
        message("kind-org"),
        rb"(?i)(?:#[^+][^\n]*\n|\s)*+#\+(?:title|author|date|options|startup|begin_\w+|setupfile)\b",
    ),
    Kind(
        message("kind-asciidoc"),
        rb"(?:\s|//[^\n]*\n|:[\w-]+:[^\n]*\n)*+={1,2} \S[^\n]*\n(?:[^\n]*\n){0,4}?:[\w!-]+:",
    ),
    Kind(
        message("kind-rst"),
        rb"(?:\s|\.\. [^\n]*\n(?:[ \t]+[^\n]*\n)*+)*+(?:([=\-~`#*^\"+])\1{2,}\n)?"
        rb"[^\n#]{3,200}\n([=~`#*^\"+])\2{2,}[ \t]*\n",
        rb"(?m)^\.\. [\w-]+::|^:\w[\w -]*:|``[^`\n]+``|`[^`\n]+ <[^>\n]+>`_",
    ),
    Kind(message("kind-manual"), rb"(?:[.']\\\"[^\n]*\n|\s)*+\.(?:TH|Dd) "),
    Kind(
        message("kind-script"),
        rb"#!\s*/|<\?php|#include\b|package \w+;|\s*(?:\"use strict\"|'use strict')|[!+;(]+\s*function\b",
    ),
    Kind(
        message("kind-script"),
        rb"(?:\s|/\*.{0,5000}?\*/|//[^\n]*\n)*+(?:(?:var|let"
        rb"|const) [\w$]+ ?=|function\b[^\n]*\{|import .* from ['\"])",
    ),
    Kind(
        message("kind-style"),
        rb"(?:\s|/\*.{0,5000}?\*/)*+(?:@(?:charset|import|media"
        rb"|font-face)\b|[\w.#*:\[\]=\", >-]{1,300}\{\s*[\w-]+\s*:)",
    ),
    Kind(
        message("kind-wiki"),
        rb"\s*+(?:\{\{|\[\[|==|[^\n]{0,200}''')",
        rb"(?m)^(={2,4}) ?[^=\n]{1,200}?\1\s*$|\[\[(?:Category|File|Image):",
    ),
    Kind(message("kind-table"), rb"(?:[^\n\t]{0,80}\t){1,60}[^\n\t]{0,200}\n(?:[^\n\t]*\t){1,60}[^\n\t]*(?:\n|\Z)"),
    Kind(message("kind-table"), rb"(?:%b[,;]){1,60}%b\n(?:(?:\"[^\"]*\"|[^\",;\n]*)[,;])" % (_COLUMN, _COLUMN)),
    Kind(
        message("kind-markdown"),
        rb"(?:\s|<!--.{0,2000}?-->)*+#{1,6} \S|[^\n]{3,200}\n(?:={3,}"
        rb"|-{3,})[ \t]*\n|\s*(?:[-*+]|\d+\.) \[[^\]\n]+\]\(",
    ),
)
"""Text in forms that are not read."""

ENDINGS = {
    **dict.fromkeys(("js", "mjs", "ts", "tsx", "jsx", "py", "rb", "pl", "sh", "php", "c", "h", "cpp", "go"), "script"),
    **dict.fromkeys(("java", "rs", "lua", "r", "sql", "bat", "ps1", "el", "vim", "map", "swift", "kt"), "script"),
    **dict.fromkeys(("css", "scss", "sass", "less"), "style"),
    **dict.fromkeys(("csv", "tsv", "tab"), "table"),
    **dict.fromkeys(("yml", "yaml", "toml", "ini", "cfg", "conf", "properties", "lock", "env"), "settings"),
    **dict.fromkeys(("rst", "rest"), "rst"),
    **dict.fromkeys(("adoc", "asciidoc", "asc"), "asciidoc"),
    **dict.fromkeys(("tex", "ltx", "bib"), "latex"),
    **dict.fromkeys(("md", "markdown", "mdx", "mkd"), "markdown"),
    "org": "org",
    "eml": "mail",
    "mbox": "mbox",
    "wiki": "wiki",
    "xml": "xml",
}
"""Kinds of text by the end of a name, where the content shows none."""

_BY_NAME = {
    "script": message("kind-script"),
    "style": message("kind-style"),
    "table": message("kind-table"),
    "settings": message("kind-settings"),
    "rst": message("kind-rst"),
    "asciidoc": message("kind-asciidoc"),
    "latex": message("kind-latex"),
    "markdown": message("kind-markdown"),
    "org": message("kind-org"),
    "mail": message("kind-mail"),
    "mbox": message("kind-mbox"),
    "wiki": message("kind-wiki"),
    "xml": message("kind-xml"),
}


_PART = re.compile(r"(?:^|/)(?:metadata_\d+_to_\d+|bookmarks/[^/]+/info)\.json$")
"""Name of a file in an export of Omnivore or Readeck that was unpacked."""


def binary(data: bytes) -> Message | None:
    """Return the message about a file that is no text, by its bytes, None if they are of no such kind."""
    if data.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18")):
        from convert.sources.warc import packing

        if packing.begins_packed(data[:_HEAD]):
            return message("kind-warc")
    return _first(BINARY, data, _names(io.BytesIO(data)) if data.startswith(b"PK") else ())


def text(data: bytes, path: str = "") -> Message | None:
    """Return the message about a text, by its bytes and the end of its name; None if neither shows a kind."""
    from convert.sources.exports import start

    data = data.removeprefix(b"\xef\xbb\xbf")
    if _PART.search(path) and data[:1] in (b"[", b"{"):
        return message("kind-export-part")
    if start.detect(data[:_HEAD], frozenset()):
        return message("kind-export")
    shown = _first(TEXT, data.replace(b"\r\n", b"\n"))
    named = _BY_NAME.get(ENDINGS.get(path.rpartition(".")[2].lower(), "")) if "." in path else None
    if named == _BY_NAME["xml"] and not data.lstrip().startswith(b"<"):
        named = None
    return named or shown if shown is None or shown == _BY_NAME["markdown"] else shown


def of_zip(root: str) -> Message | None:
    """Return the message about a zip archive that is a document of another program, None if it is an archive."""
    try:
        with open(root, "rb") as file:
            start, names = file.read(_HEAD), _names(file)
            said = _first(BINARY, start, names) if names else None
    except OSError:
        return None
    return None if said in (message("kind-zip"), message("kind-export")) else said


def _names(file: BinaryIO) -> tuple[bytes, ...]:
    """Return the names in a zip archive, () if their list is lost."""
    try:
        with opened(file) as archive:
            return tuple(name.encode("utf-8", "replace") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ()


def _first(rows: tuple[Kind, ...], data: bytes, names: tuple[bytes, ...] = ()) -> Message | None:
    """Return the message of the first row that fits; `names` are those in a zip archive, which count alone there.

    The bytes of an archive show the names inside of documents in it as well.
    """
    head = data[:_HEAD]
    around = head + data[max(_HEAD, len(data) - _TAIL) :]
    for row in rows:
        if re.match(row.mark, head, re.S):
            if names and row.inside:
                if any(re.match(row.inside, name) for name in names):
                    return row.said
            elif not row.inside or re.search(row.inside, around, re.S):
                return row.said
    return None
