"""The table of what each command may do beside computing, and the abilities of a command line.

docs/abilities.md is made from the table.
"""

import os
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import click

from convert.errors import UsageError
from convert.late import late
from convert.sandbox import abilities
from convert.sandbox.abilities import Abilities
from convert.sandbox.places import NOWHERE, Places
from convert.storage.address import is_address, names_objects
from convert.store.errors import temporary_folder


class Row(NamedTuple):
    """Abilities of a command: arguments and options have the names that its function gives them."""

    reads: tuple[str, ...] = ()
    """Arguments and options that name what documents may make it read."""
    writes: tuple[str, ...] = ()
    """Arguments and options that name what it writes, with our own files beside it."""
    keeps: tuple[str, ...] = ()
    """Options that name what it writes also while it works on a document: pictures of a store."""
    programs: tuple[str, ...] = ()
    network: bool = False
    serves: bool = False
    """True if it listens at the loopback addresses of this machine."""
    clusters: bool = False
    """True if it connects to the scheduler that it names, with `--runner dask`."""
    edits: tuple[tuple[str, str], ...] = ()
    """Switches, each with the argument that names what is written with it."""
    variables: tuple[str, ...] = ()
    """Environment variables that name a file to write."""
    addresses: tuple[str, ...] = ()
    """Arguments and options that may also name an address of object storage, to which it connects then."""
    lists: tuple[str, ...] = ()
    """Arguments that name a list of shards, whose root is read too; the sources may be lists in any case."""


_root_of = late("convert.sharding.listing:root_of")
_SOURCES = ("sources",)
_LISTS = ("dialects", "addresses")
_CHOICE = ("articles", "exclude")
_REPORTS = ("GITHUB_STEP_SUMMARY",)

ABILITIES: Mapping[str, Row] = MappingProxyType(
    {
        "to": Row(
            ("sources", *_LISTS, *_CHOICE, "since_manifest", "stylesheet"),
            ("output", "assets", "ledger", "changes", "cache"),
            keeps=("store",),
            addresses=("sources", "output", "assets"),
            clusters=True,
        ),
        "fetch": Row(("sources", *_LISTS, *_CHOICE), keeps=("store",), network=True, addresses=_SOURCES),
        "validate": Row(
            ("sources", *_LISTS, "baseline"),
            ("reports", "write_baseline", "cache"),
            keeps=("store",),
            programs=("git",),
            edits=(("fix", "sources"),),
            variables=_REPORTS,
            addresses=_SOURCES,
        ),
        "verify": Row(("manifests", "key")),
        "sign": Row(("manifests", "key"), ("manifests", "new_key")),
        "audit": Row(("files",), ("reports",), variables=_REPORTS),
        "seal": Row(("file",), ("output", "ledger", "reports"), variables=_REPORTS),
        "serve": Row(("output",), serves=True),
        "images list": Row(keeps=("store",)),
        "images check": Row(keeps=("store",)),
        "images merge": Row(("others",), ("others",), keeps=("store",)),
        "images prune": Row(("sources", *_LISTS), keeps=("store",), addresses=_SOURCES),
        "images import": Row(("sources", "folders", "table", *_LISTS), keeps=("store",), addresses=_SOURCES),
        "list": Row(("source",), ("output",), addresses=("source",)),
        "run-shard": Row(("listing", "dialects"), ("output",), addresses=("output",), lists=("listing",)),
        "finish": Row(("listing", "dialects"), ("output",), addresses=("output",), lists=("listing",), clusters=True),
        "clean": Row(("output",), ("output",), addresses=("output",)),
        "explain": Row(),
    }
)
"""Abilities by command.  Every command also reads its settings, and writes temporary files."""


def hold_at_start() -> None:
    """Hold this process to what is needed before a command is known: it writes nothing."""
    abilities.hold(Abilities(writes=NOWHERE, kept=NOWHERE, reads=NOWHERE))


def hold(context: click.Context) -> None:
    """Hold this process to what its command is for, if it is held at all, and the command is in the table."""
    row = ABILITIES.get(name_of(context))
    if row is None:
        return
    given, network = context.params, row.network
    for name in {*row.reads, *row.writes, *row.keeps, *row.addresses}:
        if any(map(is_address, _paths(given, (name,)))):
            if name not in row.addresses:
                raise _no_address(context, name)
            network = True
    roots = [*_roots(given, (*row.lists, *(each for each in row.addresses if each in _SOURCES)))]
    network = network or any(map(is_address, roots))
    if abilities.held() is None:
        return
    import tempfile  # longer to load than the rest of this module

    abilities.release()
    try:
        temporary = tempfile.gettempdir()  # tries to write
    except OSError:  # what needs a temporary file says so; without a folder it would try all of them again
        temporary = tempfile.tempdir = temporary_folder()
    writes = [*_files(given, row.writes), *(os.environ.get(each, "") for each in row.variables)]
    for switch, name in row.edits:
        if given.get(switch):
            writes += _files(given, (name,))
    if given.get("assets") and not is_address(given["output"]):
        writes.append(os.path.join(os.path.dirname(str(given["output"])), given["assets"]))
    kept = Places.of(_files(given, row.keeps), temporary)
    whole = Places.of(filter(None, [*writes, *_files(given, row.keeps), temporary]))
    read = [*_files(given, (*row.reads, *row.keeps)), *(each for each in roots if not is_address(each))]
    pages = [os.path.dirname(os.path.abspath(each)) for each in read if os.path.isfile(each)]  # pictures lie beside
    reads = Places.of([*read, *pages])
    peers = _scheduler(given) if row.clusters else frozenset[tuple[str, int]]()
    abilities.hold(Abilities(network, frozenset(row.programs), whole, kept, reads, row.serves, peers))


def _no_address(context: click.Context, name: str) -> UsageError:
    """Return the error for an address in a place where only files of this machine can be."""
    parameter = next(each for each in context.command.params if each.name == name)
    return UsageError(
        "{option} takes no address; name a file or a folder of this machine",
        option=parameter.make_metavar(context) if isinstance(parameter, click.Argument) else parameter.opts[0],
    )


def _roots(given: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    """Yield the roots of the lists of shards that a command line names."""
    yield from filter(None, map(_root_of, filter(names_objects, _files(given, names))))


def _scheduler(given: Mapping[str, Any]) -> frozenset[tuple[str, int]]:
    """Return the scheduler that a command line names, if it has the runner that needs one.

    Raises:
        UsageError: its address is none, or not safe.
    """
    if given.get("runner") != "dask":
        return frozenset()
    from convert.runner.base import Cluster  # few runs need it
    from convert.runner.cluster.address import address_of

    return address_of(given.get("scheduler") or Cluster().scheduler).peers


def name_of(context: click.Context) -> str:
    """Return the name of a command, after those of its groups and without that of the program."""
    names = []
    while context.parent is not None:
        names.append(context.command.name or "")
        context = context.parent
    return " ".join(reversed(names))


def _files(given: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    """Yield the paths of `_paths` on this machine."""
    return (each for each in _paths(given, names) if not is_address(each))


def _paths(given: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    """Yield the paths that some arguments and options name; `-` is standard input or output, and no path."""
    for name in names:
        value = given.get(name)
        for each in value if isinstance(value, tuple | list) else (value,):
            path = each.path if hasattr(each, "form") else each
            if isinstance(path, str | os.PathLike) and os.fspath(path) not in ("", "-"):
                yield os.fspath(path)
