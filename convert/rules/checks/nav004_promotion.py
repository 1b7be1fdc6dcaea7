"""A line of the mirror's own Markdown inside the article."""

from convert.messages import Message, message
from convert.model import Aside
from convert.rules.rule import Context, Rule, remove


def check(aside: Aside, context: Context) -> Message | None:
    return message("promotion-inside") if aside.kind == "promotion" else None


RULE = Rule("NAV004", "promotion", "info", node_types=(Aside,), check=check, fix=remove)
