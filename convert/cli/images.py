"""`convert images list|check|merge|prune|import`: the store of pictures."""

import click

from convert.cli import feeding, keeping
from convert.cli.help import Command, spoken
from convert.messages import message, translate


class Images(Command, click.Group):
    """Group of the commands about a store."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands."""
        Command.format_options(self, ctx, formatter)
        with formatter.section(translate("Commands", spoken(ctx))):
            formatter.write_dl(
                [
                    (name, command.about.text_in(spoken(ctx)))
                    for name, command in self.commands.items()
                    if isinstance(command, Command)
                ]
            )


@click.group(
    cls=Images,
    about=message("Look after a store of pictures: list it, check it, merge, prune and fill it."),
    examples=(
        ("convert images import news --store pictures", message("Store the pictures that lie beside the articles.")),
        ("convert images list --store pictures", message("Show what is stored, and what is missing and why.")),
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="COMMAND …",
)
def images() -> None:
    """Look after a store of pictures."""


for each in (keeping.list_, keeping.check, keeping.merge, feeding.prune, feeding.import_):
    images.add_command(each)
