"""`convert explain CODE`: the page of a rule."""

import difflib

import click

from convert.errors import UsageError
from convert.rules import RULES


@click.command()
@click.argument("code", required=False)
@click.option("--all", "all_", is_flag=True, help="Every rule's page.")
def explain(code: str | None, all_: bool) -> None:
    """Tell what a finding's CODE means and what to do; without one, list all rules."""
    if all_:
        click.echo("\n\n".join(rule.page.strip() for rule in RULES.values()))
        return
    if code is None:
        for rule in RULES.values():
            click.echo(f"{rule.code}  {rule.level:8}{rule.name}")
        return
    wanted = code.upper()
    for rule in RULES.values():
        if wanted == rule.code or code.lower() == rule.name:
            click.echo(rule.page.strip())
            return
    near = difflib.get_close_matches(wanted, RULES) or difflib.get_close_matches(
        code.lower(), [rule.name for rule in RULES.values()]
    )
    hint = f"did you mean {near[0]}?" if near else "`convert explain` lists all"
    raise UsageError(f"there is no rule {code}; {hint}")
