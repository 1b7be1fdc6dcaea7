"""`convert explain CODE`: the page of a rule."""

import difflib
import os

import click

from convert.cli.language import language_option
from convert.errors import UsageError
from convert.fixes import in_source
from convert.messages import Language, language_from_locale, message
from convert.rules import RULES
from convert.rules.rule import Rule


@click.command()
@click.argument("code", required=False)
@click.option("--all", "all_", is_flag=True, help="Every rule's page.")
@language_option
def explain(code: str | None, all_: bool, language: Language | None) -> None:
    """Tell what a finding's CODE means and what to do; of a family such as LNK, or without a code, list the rules."""
    language = language or language_from_locale(os.environ)
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
    near = difflib.get_close_matches(wanted, RULES) or difflib.get_close_matches(
        code.lower(), [rule.name for rule in RULES.values()]
    )
    hint = message("did you mean {word}?", word=near[0]) if near else message("`convert explain` lists all")
    raise UsageError("there is no rule {word}; {hint}", word=code, hint=hint)


def _page(rule: Rule, language: Language) -> str:
    """The page of a rule, and whether `--fix` mends what it finds."""
    return "\n\n".join(filter(None, (rule.page_in(language), in_source(rule.code, language))))
