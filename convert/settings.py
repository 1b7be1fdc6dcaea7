"""What the user chose, as the program passes it on."""

from collections.abc import Callable

from msgspec import Struct, field

from convert.bundle.volumes import Gathering
from convert.control import Control
from convert.model import Finding
from convert.writers.options import Options

Tell = Callable[[Finding], None]
"""Takes a finding as soon as it is there."""

Step = Callable[[int], None]
"""Takes how many documents were finished since the last call."""


class Settings(Struct, frozen=True):
    """What the user chose."""

    base_url: str = ""
    """The address of the source root in its mirror."""
    workers: int = 0
    """Processes; 0: as many as there are processors, if the work is worth it."""
    gathering: Gathering = Gathering()
    """Which articles, in how many volumes, in which order."""
    options: Options = field(default_factory=Options)
    fidelity: tuple[str, ...] = ()
    """The formats for which a check also looks for what was lost on the way."""
    stdin: str = ""
    """What a check calls the document on standard input."""
    changed_since: str = ""
    """Only what git says changed since this revision is checked."""
    source_format: str = ""
    """The reader that every document is for; without one the first bytes of each decide."""
    control: Control = field(default_factory=Control)
    """Which findings a check reports and counts."""
    cache: str = ""
    """The folder in which a run keeps what it learned of documents, for the next one; none without a name."""
    manifest: str = ""
    """Manifest of the inputs and outputs of the build; none without a name."""
    update: bool = False
    """Whether what would come out as it is, by that file, is left alone."""
