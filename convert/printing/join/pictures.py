"""Pictures of the chunks of a book, each of which it needs only once."""

from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256

from pikepdf import Dictionary, Name, Object, Pdf

Key = tuple[object, ...]


def share(pdf: Pdf) -> None:
    """Make all places that draw a picture with the same bytes draw the same object (ISO 32000-2, section 8.9.5)."""
    places: dict[Key, list[tuple[Object, str]]] = defaultdict(list)
    for names, name, picture in _drawn(pdf):
        places[_rough(picture)].append((names, name))
    for alike in places.values():
        first: dict[Key, Object] = {}
        if len({names[name].objgen for names, name in alike}) > 1:
            for names, name in alike:
                names[name] = first.setdefault(_exact(names[name]), names[name])


def _drawn(pdf: Pdf) -> Iterator[tuple[Object, str, Object]]:
    """Yield each place in resources that names a picture: the dictionary of names, the name, the picture."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Object] = [page.obj for page in pdf.pages]
    while waiting:
        names = waiting.pop().get("/Resources", Dictionary()).get("/XObject")
        if names is None or (names.is_indirect and names.objgen in seen):
            continue
        seen.add(names.objgen)
        for name, each in names.items():
            if each.get("/Subtype") == Name.Image:
                yield names, name, each
            elif each.objgen not in seen:
                seen.add(each.objgen)
                waiting.append(each)


def _rough(picture: Object) -> Key:
    """Return what pictures with the same bytes have in common, and is known without reading them."""
    return tuple(int(picture.get(name, 0)) for name in ("/Length", "/Width", "/Height"))


def _exact(picture: Object) -> Key:
    """Return what only pictures that look the same have in common: their bytes and keys, and those of their masks."""
    mask, keys = picture.get("/SMask"), []
    for name, value in sorted(picture.items()):
        if name not in ("/SMask", "/Mask", "/Metadata") and not (isinstance(value, Object) and value.is_indirect):
            keys.append(f"{name} {value!r}")
    return (sha256(picture.read_raw_bytes()).digest(), *keys, *(_exact(mask) if mask is not None else ()))
