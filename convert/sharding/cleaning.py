"""Files in an output in parts that no longer serve: of killed workers, of other jobs, of finished ones."""

from collections.abc import Iterator

import msgspec

from convert.sharding.finishing import LISTS, MANIFEST, read
from convert.sharding.receipts import FINDINGS, PARTS, RECEIPTS, WORK, Receipt
from convert.storage import Storage, Stored

_FOLDERS = (FINDINGS, LISTS, PARTS, RECEIPTS, WORK)
_decoder = msgspec.json.Decoder(Receipt)


def left(storage: Storage) -> Iterator[Stored]:
    """Yield the files that no longer serve.

    With a manifest they are those that it does not name, and receipts of other jobs.  Without one, which is the case as
    long as a job is not finished, they are those that no receipt names; what a job needs to go on stays.
    """
    manifest = read(storage.read(MANIFEST)) if storage.stat(MANIFEST) else None
    key = manifest.key if manifest else ""
    named = {file.path for file in manifest.outputs} if manifest else set()
    others = []
    for stored in storage.list(RECEIPTS):
        receipt = _receipt(storage, stored.name)
        if receipt is None or (key and receipt.key != key):
            others.append(stored)
        elif not key:
            named |= {file.path for file in (receipt.part, receipt.findings) if file}
    for folder in _FOLDERS:
        if folder == RECEIPTS:
            yield from others
        elif key or folder not in (WORK, LISTS):
            yield from (stored for stored in storage.list(folder) if stored.name not in named)


def _receipt(storage: Storage, name: str) -> Receipt | None:
    try:
        return _decoder.decode(storage.read(name))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
