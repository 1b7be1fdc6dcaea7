"""The pages of the vectors, as reports and `convert explain` show them."""

from collections.abc import Mapping
from types import MappingProxyType

from convert.audit.vector import DATE, LEVELS, SEEN, Vector, vectors
from convert.messages import Language
from convert.model import Level
from convert.report.base import RuleText


def rules(language: Language, levels: Mapping[str, Level] = MappingProxyType({})) -> Mapping[str, RuleText]:
    """Return every vector as a rule for reports."""
    return MappingProxyType(
        {
            each.code: RuleText(each.code, each.name, levels.get(each.code, each.level), page_of(each, language))
            for each in vectors().values()
        }
    )


def page_of(vector: Vector, language: Language) -> str:
    """Return a vector's page in a language."""
    if language == "zh":
        title, finds = f"{vector.code} {vector.name} {vector.zh}", f"{vector.zh}（{LEVELS[vector.code[3]].zh}）。"
        return f"{title}\n\n## 查什么\n\n{finds}"
    seen = SEEN.get(vector.seen, vector.seen)
    level = LEVELS[vector.code[3]].en
    return (
        f"{vector.code} {vector.name}\n\n## What it finds\n\n"
        f"{vector.en[:1].upper()}{vector.en[1:]} ({level}).\n\n"
        f"## What programs do\n\n{seen[:1].upper()}{seen[1:]} ({vector.source}, {DATE}).\n"
    )
