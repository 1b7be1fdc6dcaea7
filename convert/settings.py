"""Choices of the user, as the program passes them on."""

from collections.abc import Callable

from msgspec import Struct, field

from convert.bundle.article_list import ArticleList
from convert.bundle.volumes import Gathering
from convert.control import Control
from convert.model import Finding
from convert.writers.options import Options

Tell = Callable[[Finding], None]
"""Function that receives each finding as soon as it is made."""

Step = Callable[[int], None]
"""Function that receives the number of documents finished since its last call."""


class Settings(Struct, frozen=True):
    """Choices of the user for a run."""

    base_url: str = ""
    """The address of the source root in its mirror."""
    workers: int = 0
    """Number of processes; 0 for as many as there are processors, if the work is worth it."""
    gathering: Gathering = Gathering()
    """Choice of articles, of their order and of their division into volumes."""
    options: Options = field(default_factory=Options)
    fidelity: tuple[str, ...] = ()
    """Formats in which a check also looks for lost content."""
    stdin: str = ""
    """Name of the document on standard input in reports; "" for the default."""
    changed_since: str = ""
    """Git revision since which a file must have changed to be checked; "" to check all files."""
    source_format: str = ""
    """Key in READERS of the reader of all documents; "" if the first bytes of each decide."""
    control: Control = field(default_factory=Control)
    """Selection of the findings that a check reports and counts."""
    cache: str = ""
    """Folder of the cache of facts about documents, for the next run; "" for no cache."""
    manifest: str = ""
    """Path of the manifest of the build's inputs and outputs; "" for no manifest."""
    update: bool = False
    """True to skip outputs whose inputs and options did not change since that manifest."""
    exclude: ArticleList | None = None
    """Documents that a build leaves out, as if they were not there; None for none."""
    articles: ArticleList | None = None
    """Articles to which a build is confined; None for all."""
