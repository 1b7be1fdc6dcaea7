"""The storages that are buckets of a service: Amazon S3 and what speaks its protocol, Google Cloud, Azure.

The engine (obstore) repeats a request that fails, within the limits here.  Every object is written in one request, or
in an upload of several parts that shows nothing before it is complete; so nothing depends on conditions, which some
servers ignore.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from queue import SimpleQueue
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeVar

import obstore
from obstore.store import AzureStore, GCSStore, S3Store

from convert.errors import ConvertError, SourceError, UsageError
from convert.storage import Stored
from convert.storage.address import checked, parsed
from convert.storage.faults import changed, fault
from convert.storage.uploads import Upload, Uploads
from convert.store.errors import failing
from convert.store.parts import TempNames, replacing

_T = TypeVar("_T")

CHUNK = 8 << 20
"""Largest number of bytes of one request; at 50 kB/s it ends within `_TIMEOUT`."""
LARGE = 16 << 20
"""Size in bytes of files that are written in parts."""
_MAX_PARTS = 9000
"""Number of parts of an upload; S3 allows 10,000."""
_AT_ONCE = 4
_TIMEOUT = timedelta(seconds=180)
_LIST = 1000
_RETRIES = {
    "max_retries": 5,
    "retry_timeout": timedelta(seconds=120),
    "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=10), "base": 2},
}
_CLIENT = (
    "connect_timeout", "http1_only", "proxy_ca_certificate", "proxy_excludes", "proxy_url", "root_certificate",
    "timeout",
)  # fmt: skip
"""Options of the client that the environment may set, each with the prefix of the service."""


class _Service(NamedTuple):
    """Kind of service."""

    store: Callable[..., Any]
    prefix: str
    """Beginning of the names of its environment variables."""
    credentials: tuple[str, ...]
    """Variables that give credentials, or say where they are.

    Without any of them the engine would ask the metadata service of a cloud for some, which is another connection than
    those that the user asked for.
    """


SERVICES: Mapping[str, _Service] = MappingProxyType(
    {
        "s3": _Service(
            S3Store,
            "AWS_",
            (
                "AWS_ACCESS_KEY_ID",
                "AWS_SKIP_SIGNATURE",
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "AWS_METADATA_ENDPOINT",
            ),
        ),
        "gs": _Service(
            GCSStore,
            "GOOGLE_",
            (
                "GOOGLE_APPLICATION_CREDENTIALS",
                "GOOGLE_SKIP_SIGNATURE",
                "GOOGLE_SERVICE_ACCOUNT",
                "GOOGLE_SERVICE_ACCOUNT_PATH",
                "GOOGLE_SERVICE_ACCOUNT_KEY",
                "GCE_METADATA_HOST",
            ),
        ),
        "az": _Service(
            AzureStore,
            "AZURE_",
            (
                "AZURE_STORAGE_ACCOUNT_KEY",
                "AZURE_SKIP_SIGNATURE",
                "AZURE_STORAGE_ACCESS_KEY",
                "AZURE_STORAGE_SAS_KEY",
                "AZURE_STORAGE_SAS_TOKEN",
                "AZURE_STORAGE_TOKEN",
                "AZURE_CLIENT_SECRET",
                "AZURE_FEDERATED_TOKEN_FILE",
                "AZURE_IDENTITY_ENDPOINT",
                "IDENTITY_ENDPOINT",
            ),
        ),
    }
)
"""Services by the scheme of an address."""


class _NoRangesError(Exception):
    """Answer with a whole object where a part was asked for."""


class ObjectStorage:
    """Bucket, or what is below a prefix of its names."""

    def __init__(self, where: str) -> None:
        scheme, bucket, name = parsed(where)
        self.address = where
        self._base = f"{scheme}://{bucket}/"
        self._above = f"{name}/" if name else ""
        self._store = _opened(SERVICES[scheme], scheme, bucket)

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """Yield the objects below a prefix, sorted by the code points of their names.

        Objects without content that only mark a folder, as web consoles make them, are none.
        """
        above = f"{self._above}{checked(prefix)}/" if prefix else self._above
        pages = self._call(prefix, lambda: iter(obstore.list(self._store, above or None, chunk_size=_LIST)))
        last = ""
        while page := self._call(prefix, lambda: next(pages, None)):
            for each in page:
                name = each["path"][len(self._above) :]
                if not each["size"] and (not name or self.stat(name) is None):
                    continue
                if name < last:
                    raise SourceError(
                        "{path}: the service does not list objects in the order of their names; copy them to a folder, "
                        "and name that",
                        path=repr(self.address),
                    )
                last = name
                yield Stored(name, each["size"], _tag(each))

    def stat(self, name: str) -> Stored | None:
        """Return what is known of an object; None if there is none."""
        key = self._key(name)
        try:
            found = self._call(name, lambda: obstore.head(self._store, key), passing=FileNotFoundError)
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise fault(error, self._named(name), "read") from None
            return None
        return Stored(name, found["size"], _tag(found))

    def read(self, name: str, start: int = 0, size: int | None = None) -> bytes:
        """Return `size` bytes of an object, or all of them, from `start`."""
        return b"".join(self._pieces(name, start, sys.maxsize if size is None else start + size))

    def fetch(self, name: str, path: str, tag: str = "") -> None:
        """Write an object to a local file, in ranges of one version of it.

        Raises:
            SourceError: it cannot be read, or is no longer the one with this tag.
            StoreError: the file cannot be written.
        """
        with failing(path):
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with replacing(path, TempNames().beside(path), flushed=False) as file:
            for piece in self._pieces(name, 0, sys.maxsize, tag):
                file.write(piece)

    def put(self, name: str, data: bytes) -> None:
        """Write an object."""
        key = self._key(name)
        if len(data) <= LARGE:
            self._call(name, lambda: obstore.put(self._store, key, data, use_multipart=False), "write")
        else:
            self._upload(name, data, len(data))

    def put_file(self, name: str, path: str) -> None:
        """Write the content of a local file, a large one in parts."""
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size <= LARGE:
                self.put(name, file.read())
            else:
                self._upload(name, file, size)

    def delete(self, name: str) -> None:
        """Remove an object, if there is one."""
        key = self._key(name)
        try:
            self._call(name, lambda: obstore.delete(self._store, key), "write", FileNotFoundError)
        except FileNotFoundError:
            return

    def unfinished(self) -> Iterator[str]:
        """Yield the uploads below the address, each as a name and an identifier, where the service lists them."""
        if uploads := self._uploads:
            for each in self._call("", lambda: list(uploads.below(self._above))):
                yield f"{each.key[len(self._above) :]} {each.id}"

    def abort(self, upload: str) -> None:
        """Remove the parts of an upload; one that is gone is no error.

        Raises:
            StoreError: the service refuses it.
        """
        name, _, identifier = upload.rpartition(" ")
        if uploads := self._uploads:
            status = self._call(name, lambda: uploads.abort(Upload(self._key(name), identifier)), "write")
            if status not in (0, 200, 204, 404):
                raise fault(RuntimeError(f"status code: {status}"), self._named(name), "write")

    @cached_property
    def _uploads(self) -> Uploads | None:
        """Requests about uploads; None for services that drop them by themselves."""
        if not isinstance(self._store, S3Store) or os.environ.get("AWS_SKIP_SIGNATURE"):
            return None
        name = "any"
        return Uploads(self._call("", lambda: obstore.sign(self._store, "GET", name, _TIMEOUT)), name)

    def _upload(self, name: str, data: Any, size: int) -> None:
        """Write a large object in parts of one upload."""
        key, part = self._key(name), max(CHUNK, -(-size // _MAX_PARTS))

        def put() -> None:
            obstore.put(self._store, key, data, use_multipart=True, chunk_size=part, max_concurrency=_AT_ONCE)

        self._call(name, put, "write")

    def _pieces(self, name: str, start: int, end: int, tag: str = "") -> Iterator[bytes]:
        """Yield an object's bytes from `start` to `end`, all of the version with a tag, or else of one version."""
        while start < end:
            try:
                data, whole, is_now = self._range(name, start, min(CHUNK, end - start))
            except _NoRangesError:
                yield from self._whole(name, start, end, tag)
                return
            if tag not in ("", is_now):
                raise changed(self._named(name))
            tag, start, end = is_now, start + len(data), min(end, whole)
            yield data

    def _range(self, name: str, start: int, size: int) -> tuple[bytes, int, str]:
        """Return bytes of an object, its whole size, and its tag.

        Raises:
            _NoRangesError: the service gives whole objects only.
        """
        key = self._key(name)

        def get() -> tuple[bytes, int, str]:
            found = obstore.get(self._store, key, options={"range": (start, start + size)})
            return bytes(found.bytes()), found.meta["size"], _tag(found.meta)

        try:
            return self._call(name, get, passing=obstore.exceptions.GenericError)
        except obstore.exceptions.GenericError as error:
            if "non-partial" in str(error):
                raise _NoRangesError from None
            known = self.stat(name) if "status code: 416" in str(error) else None
            if known is None or known.size > start:
                raise fault(error, self._named(name), "read") from None
            return b"", known.size, known.tag

    def _whole(self, name: str, start: int, end: int, tag: str) -> Iterator[bytes]:
        """Yield an object's bytes as `_pieces`, from an answer with all of them."""
        key, at = self._key(name), 0
        found = self._call(name, lambda: obstore.get(self._store, key))
        if tag not in ("", _tag(found.meta)):
            raise changed(self._named(name))
        pieces = iter(found.stream(min_chunk_size=CHUNK))
        while at < end and (piece := self._call(name, lambda: next(pieces, None))) is not None:
            yield bytes(piece)[max(start - at, 0) : end - at]
            at += len(piece)

    def _key(self, name: str) -> str:
        return self._above + checked(name)

    def _named(self, name: str) -> str:
        """Return the address of an object, for messages."""
        return f"{self._base}{self._above}{name}"

    def _call(
        self,
        name: str,
        function: Callable[[], _T],
        doing: Literal["read", "write"] = "read",
        passing: type[Exception] | tuple[type[Exception], ...] = (),
    ) -> _T:
        """Return what a function of the engine does; the main thread waits for another one, and so heeds signals.

        Raises:
            SourceError, StoreError: it failed, unless its error is one of those to pass on.
        """
        sys.audit("convert.storage", self._named(name))
        answer, error = _waited(function)
        if error is None:
            return answer  # type: ignore[return-value]  # of the function
        if isinstance(error, (*((passing,) if isinstance(passing, type) else passing), ConvertError)):
            raise error
        raise fault(error, self._named(name), doing) from None


def _waited(function: Callable[[], _T]) -> tuple[_T | None, BaseException | None]:
    """Return what a function returns or raises; the engine, which heeds no signal, is never waited for by itself."""
    answers: SimpleQueue[tuple[_T | None, BaseException | None]] = SimpleQueue()

    def work() -> None:
        try:
            answers.put((function(), None))
        except BaseException as error:  # a panic of the engine is no `Exception`
            answers.put((None, error))

    if threading.current_thread() is threading.main_thread():
        threading.Thread(target=work, daemon=True).start()  # a daemon, so that an interrupted run can end
    else:
        work()
    return answers.get()


def _opened(service: _Service, scheme: str, bucket: str) -> Any:
    """Return the engine's store for a bucket.

    Raises:
        UsageError: the environment has no credentials, or the engine does not take what it has.
    """
    if not any(os.environ.get(each) for each in service.credentials):
        raise UsageError(
            "no credentials for {scheme}:// in the environment; set {variable}, or {public}=true for a bucket that "
            "everybody may read (docs/storage.md has the others)",
            scheme=scheme,
            variable=service.credentials[0],
            public=service.credentials[1],
        )
    given = {each: os.environ.get(service.prefix + each.upper(), "") for each in _CLIENT}
    options: dict[str, Any] = {"timeout": _TIMEOUT, **{key: value for key, value in given.items() if value}}
    options["allow_http"] = os.environ.get(f"{service.prefix}ALLOW_HTTP", "").lower() in ("1", "true")
    try:
        return service.store(bucket, client_options=options, retry_config=_RETRIES)
    except Exception:  # of the engine; its words repeat the values
        raise UsageError(
            "the configuration for {scheme}:// in the environment is not complete or wrong: look at the variables that "
            "begin with {prefix} (docs/storage.md)",
            scheme=scheme,
            prefix=service.prefix,
        ) from None


def _tag(meta: Any) -> str:
    """Return the tag of an object without the quotes that some answers have."""
    return (meta["e_tag"] or "").removeprefix("W/").strip('"')
