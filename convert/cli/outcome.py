"""Notes at the end of a conversion, and its figures in a sentence."""

from convert.building.build import Result
from convert.cli.screen import echo
from convert.messages import Language, Message, message
from convert.report.base import Summary
from convert.report.words import clauses, count_of
from convert.text import printable


def show_notes(result: Result, language: Language, *, quiet: bool) -> None:
    """Print what may hide a mistake: a damaged manifest, lines that match nothing; unless `quiet`, also other notes."""
    if reason := result.summary.damage:
        damage = message(
            "the manifest {path} was damaged: {reason}; everything was made anew",
            path=repr(result.manifest),
            reason=reason,
        )
        echo(f"convert: {damage.text_in(language)}", err=True)
    for unmatched in result.summary.unmatched:
        echo(f"convert: {unmatched.text_in(language)}", err=True)
    if (foreign := result.summary.foreign) and not quiet:
        stay = message(
            "{count} file(s) of an earlier build with other options stay in {path}, and the new manifest does not list "
            "them; remove them, or give each build a folder of its own",
            count=foreign,
            path=result.output,
        )
        echo(f"convert: {stay.text_in(language)}", err=True)
    for each in () if quiet else result.summary.since:
        echo(f"convert: {each.text_in(language)}", err=True)
    for note in () if quiet else result.summary.notes:
        echo(f"convert: {printable(note)}", err=True)


def figures(summary: Summary, path: Message | str, seconds: float, language: Language) -> str:
    """Return the figures of a conversion in a sentence."""
    parts = [
        message(
            "{articles:,} article(s) → {path} in {seconds:.1f} s", articles=summary.articles, path=path, seconds=seconds
        )
    ]
    if summary.pictures or summary.missing:
        parts.append(message("{shown:,} picture(s) shown", shown=summary.pictures))
    if summary.missing:
        parts.append(message("{missing:,} missing", missing=summary.missing))
    if summary.unchanged:
        parts.append(message("{count} file(s) left as they are", count=summary.unchanged))
    if summary.left_out:
        parts.append(message("{count} left out with errors", count=summary.left_out))
    if summary.excluded:
        parts.append(message("{count} excluded", count=summary.excluded))
    if summary.not_articles:
        parts.append(message("{count} other file(s)", count=summary.not_articles))
    if trackers := summary.codes["IMG001"]:
        parts.append(message("{count} tracking image(s) removed", count=trackers))
    if warnings := summary.levels["warning"]:
        parts.append(count_of("warning", warnings))
    return clauses(parts, language)
