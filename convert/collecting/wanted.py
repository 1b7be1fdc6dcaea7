"""Addresses of the pictures that the chosen articles need, those of the newest article first."""

from msgspec import Struct

from convert.building.plan import planned
from convert.building.render import DocumentWorker, Task
from convert.building.survey import Survey
from convert.building.tasks import run_alone
from convert.messages import Message
from convert.model import Article, Image, walk
from convert.pictures.guard import RefusedError, parse
from convert.pictures.planning import Need
from convert.settings import Settings, Step

FORMAT = "json"
"""Format of the plan: one that has every copy of an article, whichever of them another format would take."""


class Needs(Struct, frozen=True, gc=False):
    """Pictures that a document needs."""

    addresses: tuple[str, ...] = ()
    site: str = ""
    """Host of the article's own address."""


class NeedsWorker(DocumentWorker):
    """Worker that reads which pictures documents need."""

    def __call__(self, task: Task) -> Needs:
        """Return the pictures that a document needs, none if it cannot be read."""
        article = self.read(task.ref).article
        return needs_of(article) if article else Needs()

    def lost(self, task: Task, why: Message) -> Needs:
        """Return no picture for a document that was given up."""
        return Needs()


def needs_of(article: Article) -> Needs:
    """Return the pictures of a cleaned article that have addresses on the web, in their order, each once.

    The full size of a picture is not among them: outputs show the one that the page shows.
    """
    addresses = dict.fromkeys(
        node.address
        for node in walk([article])
        if isinstance(node, Image) and node.address.startswith(("http://", "https://"))
    )
    try:
        site = parse(article.source.address).host
    except RefusedError:
        site = ""
    return Needs(tuple(addresses), site)


def wanted(seen: Survey, settings: Settings, step: Step = lambda _: None) -> list[Need]:
    """Return the pictures that the chosen articles of a survey need, each once, in the order of their dates.

    The lead picture of an article comes before those of its body.

    Raises:
        UsageError: no article is chosen.
    """
    plan = planned(seen, FORMAT, settings)
    entries = sorted(
        (entry for volume in plan.volumes for entry in volume.entries()),
        key=lambda entry: entry.published,
        reverse=True,
    )
    sites: dict[str, dict[str, None]] = {}
    for needs in run_alone(NeedsWorker, entries, FORMAT, seen, settings):
        for address in needs.addresses:
            sites.setdefault(address, {})[needs.site] = None
        step(1)
    return [Need(address, tuple(filter(None, each))) for address, each in sites.items()]
