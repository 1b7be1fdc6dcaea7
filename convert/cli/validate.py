"""`convert validate SOURCE…`."""

import click

from convert import pipeline
from convert.cli.common import LEVELS, base_url_option, from_option, progress, sources_argument, status, workers_option
from convert.cli.control import Chosen, control_options
from convert.model import Finding
from convert.pipeline import Settings
from convert.report import REPORTERS


@click.command()
@sources_argument
@from_option
@click.option("--report", type=click.Choice(sorted(REPORTERS)), default="text", help="Form of the report.")
@click.option(
    "--level",
    type=click.Choice(list(LEVELS)),
    default="warning",
    help="Tell findings of this level and above; a JSON report holds all by default.",
)
@base_url_option
@click.option("--fidelity", is_flag=True, help="Look also for what was lost: text, pictures, links, cells, items.")
@click.option("--strict/--no-strict", help="Warnings count as errors.")
@control_options
@workers_option
@click.option("-q", "--quiet", is_flag=True, help="Only the exit status.")
@click.pass_context
def validate(
    context: click.Context,
    sources: tuple[str, ...],
    from_: str | None,
    report: str,
    level: str,
    base_url: str,
    fidelity: bool,
    strict: bool,
    workers: int,
    quiet: bool,
) -> None:
    """Check every article of SOURCE… against the schema and the rules.  Nothing is written."""
    given = context.get_parameter_source("level") is not click.core.ParameterSource.DEFAULT
    threshold = LEVELS[level] if given or report == "text" else LEVELS["info"]
    chosen = Chosen(context)
    reporter = REPORTERS[report](lambda text: click.echo(text, nl=False))

    def tell(finding: Finding) -> None:
        if not quiet and LEVELS[finding.level] <= chosen.threshold(finding.path, threshold):
            reporter.tell(finding)

    with chosen.known(sources, quiet=quiet) as known:
        with progress("checking", None, quiet=quiet) as step:
            settings = Settings(
                base_url=base_url, workers=workers, form=from_ or "", fidelity=fidelity, control=chosen.control
            )
            summary = pipeline.check(sources, settings, tell, step, known)
        if not quiet:
            reporter.end(summary)
    context.exit(status(summary, strict=strict, mended_too=True))
