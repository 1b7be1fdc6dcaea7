"""Tables whose first row looks like a head, and is not marked as one."""

from convert.messages import Message, message
from convert.model import Table
from convert.model.tables import has_unmarked_head, with_head
from convert.rules.rule import Context, Rule


def check(node: Table, context: Context) -> Message | None:
    return message("unmarked-head") if has_unmarked_head(node) else None


def fix(node: Table, context: Context) -> Table:
    return with_head(node)


RULE = Rule("HTM013", "unmarked-head", "info", node_types=(Table,), check=check, fix=fix)
