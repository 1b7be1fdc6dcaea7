"""A query such as `?n14072129` on one of the mirror's own links."""

from convert.late import late_pattern
from convert.messages import Message, message
from convert.model import NavLink
from convert.rules.rule import Context, Rule

BEACON = late_pattern(r"\?(?:[A-Za-z]{0,3}|t=)\d+$")


def check(link: NavLink, context: Context) -> Message | None:
    beacon = BEACON.search(link.target) if "?" in link.target else None
    return message("navigation-beacon", beacon=beacon[0], label=link.label) if beacon else None


def fix(link: NavLink, context: Context) -> NavLink:
    return NavLink(link.label, link.target.rpartition("?")[0])


RULE = Rule("NAV001", "navigation-beacon", "info", node_types=(NavLink,), check=check, fix=fix)
