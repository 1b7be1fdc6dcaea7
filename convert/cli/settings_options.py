"""The options that say where settings come from."""

import click

from convert.cli import settings
from convert.cli.help import option, options
from convert.cli.settings import Found
from convert.errors import UsageError
from convert.messages import message

FOUND = "convert.settings"
"""Key of the settings in the context's `meta`."""


def _isolated(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and context.meta.get(FOUND, Found()).path:
        raise UsageError("--isolated reads no settings; leave out --config")
    if value:
        context.meta[FOUND] = Found()


def _config(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None and FOUND in context.meta:
        raise UsageError("--isolated reads no settings; leave out --config")
    if value is not None:
        found = settings.load(value)
        assert found is not None
    else:
        found = context.meta.get(FOUND) or settings.find(".")
    context.meta[FOUND] = found
    context.default_map = {**(context.default_map or {}), **found.defaults(context.command.name or "")}


settings_options = options(
    option(
        "--config",
        group="inputs",
        metavar="FILE",
        is_eager=True,
        expose_value=False,
        callback=_config,
        about=message("Read settings from FILE.  [default: the nearest convert.toml or pyproject.toml]"),
    ),
    option(
        "--isolated",
        group="inputs",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_isolated,
        about=message("Read no settings from convert.toml or pyproject.toml."),
    ),
)
"""The options --config and --isolated."""
