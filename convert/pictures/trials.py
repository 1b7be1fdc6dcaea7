"""Sizes of pictures after treatments that are only tried, by several sealed processes at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Self

from convert.pictures.gallery import Profile
from convert.pictures.making import Maker, made_folder
from convert.pictures.model import Missing, Stored
from convert.pictures.profiles import Treatment
from convert.pictures.store import PictureStore


class Trials:
    """Trials of treatments on the pictures of a store; a context manager."""

    def __init__(self, profile: Profile, workers: int) -> None:
        self._store = PictureStore(profile.store, write=False)
        made = profile.made or made_folder(profile.store)
        self._makers = [Maker(self._store, made) for _ in range(workers)]
        self._free: SimpleQueue[Maker] = SimpleQueue()
        for maker in self._makers:
            self._free.put(maker)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="trial")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        for maker in self._makers:
            maker.close()
        self._store.close()

    def measure(self, wanted: Sequence[tuple[str, Treatment]]) -> list[int]:
        """Return the number of bytes of each of some pictures after its treatment, 0 for one that fails."""
        pictures = [self._store.index.picture(sha256) for sha256, _ in wanted]
        return list(self._threads.map(self._size, pictures, [treatment for _, treatment in wanted]))

    def _size(self, picture: Stored | None, treatment: Treatment) -> int:
        if picture is None:
            return 0
        maker = self._free.get()
        try:
            results = maker.results(picture, (treatment,))
        finally:
            self._free.put(maker)
        return 0 if isinstance(results, Missing) else len(results[0].data)
