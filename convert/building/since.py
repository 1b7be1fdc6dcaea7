"""Articles of earlier builds, by their manifests, for builds that are additions to those."""

import os
from collections.abc import Iterable

from convert import manifest
from convert.bundle.additions import Additions
from convert.store.digest import digest_file


def read_additions(paths: Iterable[str]) -> Additions | None:
    """Return the articles that earlier builds have, by their manifests in the order of the builds; None without any.

    Only articles of outputs count: what an earlier build read and did not select is new to its readers.

    Raises:
        ManifestError: a file cannot be read, or is no manifest.
    """
    manifests = tuple(paths)
    if not manifests:
        return None
    identity, articles, outputs = [], dict[str, bytes](), list[str]()
    omitted, whole = set[bytes](), set[bytes]()
    for path in manifests:
        built = manifest.read(path)
        identity.append(digest_file(path).sha256)
        digests = {each.path: bytes.fromhex(each.sha256) for each in built.inputs}
        for output in built.outputs:
            articles |= {article: digests[article] for article in output.articles}
            omitted.update(digests[article] for article in output.omitted)
            whole.update(digests[article] for article in output.articles if article not in output.omitted)
        folder = os.path.dirname(path)
        outputs += (os.path.join(folder, *each.path.split("/")) for each in built.outputs)
    return Additions(manifests, tuple(identity), articles, tuple(outputs), frozenset(omitted - whole))


def protected(additions: Additions | None) -> tuple[str, ...]:
    """Return the files that an addition must not overwrite: the manifests, and the outputs of those builds."""
    return (*additions.manifests, *additions.outputs) if additions else ()
