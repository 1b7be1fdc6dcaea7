"""The table of what a sealed file does not keep, LOSSES: code, level and words of each kind."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from convert.messages import Language, Message, message
from convert.model import Level
from convert.report.base import RuleText


class Loss(NamedTuple):
    """Kind of loss."""

    code: str
    level: Level
    """`warning` if a reader can see, hear or use what is lost; `info` if not, or if something takes its place."""
    about: Message
    """Its name, and the thing in its place."""

    def said(self, detail: str) -> Message:
        """Return the message about one loss; `detail` names it."""
        return message("{about}: {detail}", about=self.about, detail=detail) if detail else self.about


def _loss(number: int, level: Level, about: Message) -> Loss:
    return Loss(f"SEA{number:03}", level, about)


LOSSES: Mapping[str, Loss] = MappingProxyType({
    "script": _loss(1, "info", message("a script is left out; what it would have added is not in the output")),
    "handler": _loss(2, "info", message("an attribute that runs a script is left out")),
    "style": _loss(3, "info", message("a style is replaced by the style of this program")),
    "font": _loss(4, "info", message("a font is left out; the reading program's own takes its place")),
    "sound": _loss(5, "warning", message("sound is left out")),
    "video": _loss(6, "warning", message("a video is left out")),
    "form": _loss(7, "info", message("a control of a form is left out; the words that it shows stay")),
    "frame": _loss(8, "warning", message("the content of a frame is left out, unless the output has it as a page")),
    "object": _loss(9, "warning", message("an embedded object is left out")),
    "canvas": _loss(10, "info", message("an area in which scripts draw is left out")),
    "picture": _loss(11, "warning", message("a picture cannot be shown; words take its place")),
    "drawing": _loss(12, "warning", message("a drawing cannot be shown; its words take its place")),
    "part-of-drawing": _loss(13, "info", message("a part of a drawing that can load, run or move is left out")),
    "layout": _loss(14, "info", message("the fixed layout is left out; the text fits the screen")),
    "overlay": _loss(15, "warning", message("the recording that is read along is left out")),
    "contents": _loss(16, "warning", message("a line of the contents leads to nothing in the file")),
    "page-list": _loss(17, "info", message("the list of printed pages or of landmarks is left out")),
    "cover": _loss(18, "warning", message("the cover picture cannot be shown")),
    "file": _loss(19, "warning", message("a file that no page can show is left out")),
    "missing": _loss(20, "warning", message("the book names a file that is not in it")),
    "metadata": _loss(21, "info", message("a statement about the book is left out")),
    "link": _loss(22, "warning", message("a link leads to nothing in the file, and is plain text")),
    "reload": _loss(23, "info", message("an instruction that loads another page is left out")),
})  # fmt: skip


def rules(language: Language, levels: Mapping[str, Level] = MappingProxyType({})) -> Mapping[str, RuleText]:
    """Return the kinds of losses as rules for reports, with those of readers and of the audit."""
    from convert.audit.pages import rules as of_audit
    from convert.rules import RULES

    own = {
        each.code: RuleText(each.code, name, levels.get(each.code, each.level), page_of(name, language))
        for name, each in LOSSES.items()
    }
    of_readers = {
        code: RuleText(code, rule.name, levels.get(code, rule.level), rule.page_in(language))
        for code, rule in RULES.items()
    }
    return MappingProxyType({**of_readers, **own, **of_audit(language, levels)})


def page_of(name: str, language: Language) -> str:
    """Return the page of a kind of loss in a language."""
    loss = LOSSES[name]
    words = loss.about.text_in(language)
    if language == "zh":
        return f"{loss.code} {name}\n\n## 查什么\n\n{words}。\n"
    return f"{loss.code} {name}\n\n## What it finds\n\n{words[:1].upper()}{words[1:]}.\n"
