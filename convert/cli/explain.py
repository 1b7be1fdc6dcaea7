"""`convert explain CODE`: the page of a rule."""

import click

from convert.cli.common import debug_option, language_option
from convert.cli.help import Command, option, spoken
from convert.errors import UsageError
from convert.fixes import in_source
from convert.messages import Language, message
from convert.rules import RULES
from convert.rules.rule import Rule
from convert.text import nearest


@click.command(
    cls=Command,
    about=message(
        "Explain what a finding's CODE means and what to do; list the rules of a family such as LNK, or without a code "
        "all of them."
    ),
)
@click.argument("code", required=False)
@option("--all", "all_", group="common", is_flag=True, about=message("Print the page of every rule."))
@language_option
@debug_option
@click.pass_context
def explain(context: click.Context, code: str | None, all_: bool, language: Language | None) -> None:
    """Print the page of a rule, or a list of rules."""
    language = spoken(context)
    if all_:
        click.echo("\n\n".join(_page(rule, language) for rule in RULES.values()))
        return
    code = code or ""
    wanted = code.upper()
    if listed := [rule for rule in RULES.values() if not code or rule.code.rstrip("0123456789") == wanted]:
        width = max(len(rule.name) for rule in listed) + 2
        for rule in listed:
            name = rule.name if language == "en" else f"{rule.name:{width}}{rule.title_in(language)}"
            click.echo(f"{rule.code}  {rule.level:8}{name}")
        return
    for rule in RULES.values():
        if wanted == rule.code or code.lower() == rule.name:
            click.echo(_page(rule, language))
            return
    if wanted.startswith("AUD"):
        if page := _vector(wanted, language):
            click.echo(page)
            return
        raise UsageError("the audit has no code {code}; docs/audit lists all", code=code)
    if wanted.startswith("SEA") and (page := _loss(wanted, language)):
        click.echo(page)
        return
    near = nearest(wanted, RULES) or nearest(code.lower(), [rule.name for rule in RULES.values()])
    hint = message("did you mean {word}?", word=near) if near else message("`convert explain` lists all")
    raise UsageError("there is no rule {word}; {hint}", word=code, hint=hint)


def _vector(code: str, language: Language) -> str:
    """Return the page of a vector of the audit, "" if there is none of this code."""
    from convert.audit.pages import rules  # few ask for one

    return rules(language)[code].page if code in rules(language) else ""


def _loss(code: str, language: Language) -> str:
    """Return the page of what a sealed copy does not keep, "" if there is none of this code."""
    from convert.sealing.losses import LOSSES, page_of  # few ask for one

    return next((page_of(name, language) for name, each in LOSSES.items() if each.code == code), "")


def _page(rule: Rule, language: Language) -> str:
    """Return the page of a rule, and whether `--fix` changes what it finds."""
    return "\n\n".join(filter(None, (rule.page_in(language), in_source(rule.code, language))))
