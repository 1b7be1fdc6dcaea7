"""Rows of tables that show nothing."""

from convert.messages import Message, message
from convert.model import Table
from convert.model.tables import without_empty_rows
from convert.rules.rule import Context, Rule


def check(node: Table, context: Context) -> Message | None:
    rows = len(node.rows) - len(without_empty_rows(node).rows)
    return message("empty-row", count=rows) if rows else None


def fix(node: Table, context: Context) -> Table | None:
    table = without_empty_rows(node)
    return table if table.rows else None


RULE = Rule("HTM012", "empty-row", "info", node_types=(Table,), check=check, fix=fix)
