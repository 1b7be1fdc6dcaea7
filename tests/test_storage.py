"""Storages: a folder, and object storage on loopback that is as it should be, ignores conditions, or fails."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from urllib.parse import quote

import pytest
from helpers.object_storage import SECRET, Service, answering, error, moto, part, rclone

import convert.storage
from convert.errors import ConvertError, MissingExtraError, SourceError, StoreError, UsageError
from convert.late import late
from convert.storage import Storage, Stored, is_address, split, storage_at
from convert.store.errors import failure

NAMES = ("a-b/x.md", "a.b/é", "a/x%20y", "a/q z", "a/纸 一.md", "a/+&=.md", "b", "𝄞", "\uffee")
"""Names in no order, which services and disks sort differently."""
PLACES = ("folder", "moto", "rclone")


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with moto() as running:
        yield running


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return a service that ignores conditions."""
    with rclone(tmp_path_factory.mktemp("rclone")) as running:
        yield running


def use(monkeypatch: pytest.MonkeyPatch, running: Service) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=PLACES)
def storage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Storage:
    """Return an empty storage of each kind."""
    if request.param == "folder":
        return storage_at(str(tmp_path / "storage"))
    use(monkeypatch, request.getfixturevalue("service" if request.param == "moto" else "plain"))
    return storage_at(f"s3://bucket/{tmp_path.name}/")


def test_storage_put_and_listed_gives_the_same_bytes_in_the_order_of_the_names(storage: Storage) -> None:
    assert list(storage.list()) == []
    for name in NAMES:
        storage.put(name, name.encode())
    assert [each.name for each in storage.list()] == sorted(NAMES)
    assert [each.size for each in storage.list()] == [len(each.encode()) for each in sorted(NAMES)]
    assert [each.name for each in storage.list("a")] == sorted(each for each in NAMES if each.startswith("a/"))
    assert list(storage.list("no")) == []
    for each in storage.list():
        assert storage.read(each.name) == each.name.encode()
        assert storage.stat(each.name) == each
    storage.delete("b")
    storage.delete("b")
    assert storage.stat("b") is None
    assert "b" not in [each.name for each in storage.list()]


def test_storage_read_gives_the_range_that_is_there(storage: Storage) -> None:
    storage.put("one", b"0123456789")
    storage.put("none", b"")
    storage.put("one", b"0123456789")
    assert storage.read("one", 3, 4) == b"3456"
    assert storage.read("one", 8, 4) == b"89"
    assert storage.read("one", 8) == b"89"
    assert storage.read("one", 10, 4) == storage.read("one", 2, 0) == storage.read("none") == b""


def test_storage_file_of_many_parts_comes_back_whole(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = pytest.importorskip("convert.storage.objects")
    monkeypatch.setattr(objects, "LARGE", 1 << 20)
    monkeypatch.setattr(objects, "CHUNK", 5 << 20)
    data = os.urandom(11 << 20)
    (tmp_path / "large").write_bytes(data)
    storage.put_file("deep/large", str(tmp_path / "large"))
    storage.put("other", data)
    for name in ("deep/large", "other"):
        found = storage.stat(name)
        assert found == Stored(name, len(data), found.tag if found else "")
        storage.fetch(name, str(tmp_path / "new" / "copy"), found.tag)
        assert (tmp_path / "new" / "copy").read_bytes() == data
    assert os.listdir(tmp_path / "new") == ["copy"]


def test_storage_without_the_file_says_its_name_and_leaves_nothing(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no/such"):
        storage.fetch("no/such", str(tmp_path / "copy"))
    with pytest.raises(SourceError, match="no/such"):
        storage.read("no/such")
    assert storage.stat("no/such") is None
    assert not (tmp_path / "copy").exists()
    for name in ("", "../x", "/x", "a//b", "a/./b"):
        with pytest.raises(ValueError, match="not a name inside"):
            storage.read(name)


@pytest.mark.parametrize("place", ["moto", "rclone"])
def test_object_that_changed_since_it_was_listed_is_refused(
    place: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(monkeypatch, request.getfixturevalue("service" if place == "moto" else "plain"))
    storage = storage_at("s3://bucket/changing")
    storage.put("one", b"before")
    listed = next(storage.list())
    storage.fetch("one", str(tmp_path / "copy"), listed.tag)
    storage.put("one", b"after!")
    with pytest.raises(SourceError, match=r"s3://bucket/changing/one.*changed since it was listed"):
        storage.fetch("one", str(tmp_path / "other"), listed.tag)
    assert (tmp_path / "copy").read_bytes() == b"before"
    assert not (tmp_path / "other").exists()


def test_object_that_only_marks_a_folder_is_not_listed(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, service)
    for name in ("marked/", "marked/in/", "marked/in/a.md", "marked/in-a", "marked/lone/", "marked/empty"):
        service.ask("PUT", f"/bucket/{name}", b"" if name.endswith(("/", "empty")) else b"text")
    assert [each.name for each in storage_at("s3://bucket/marked").list()] == ["empty", "in-a", "in/a.md"]


@pytest.mark.slow
def test_objects_of_many_pages_are_all_listed(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, service)
    names = [f"{number:04}" for number in range(1003)]
    for name in names:
        service.ask("PUT", f"/bucket/many/{name}")
    assert [each.name for each in storage_at("s3://bucket/many").list()] == names


@pytest.mark.parametrize("place", ["moto", "rclone"])
def test_upload_that_was_never_finished_is_found_and_removed(
    place: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: Service = request.getfixturevalue("service" if place == "moto" else "plain")
    use(monkeypatch, running)
    storage = storage_at("s3://bucket/left over")
    names = ["a", "deep/纸 一+&=%.bin", *(f"n{number:04}" for number in range(3))]
    if place == "moto":
        for name in (*names, "../other"):
            running.ask("POST", "/bucket/" + quote(f"left over/{name}".replace("left over/../", "")) + "?uploads=")
    found = list(storage.unfinished())
    assert sorted(each.rpartition(" ")[0] for each in found) == (sorted(names) if place == "moto" else [])
    for each in found:
        storage.abort(each)
        storage.abort(each)
    assert list(storage.unfinished()) == []
    assert list(storage.list()) == []


def test_signature_is_that_of_the_example_in_the_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS, Authenticating Requests: Using Query Parameters: the last of its examples, for GET test.txt."""
    uploads_module = pytest.importorskip("convert.storage.uploads")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    monkeypatch.setattr(uploads_module, "_TIMEOUT", 86400)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return cls(2013, 5, 24, tzinfo=tz)

    monkeypatch.setattr(uploads_module, "datetime", Clock)
    signed = "https://examplebucket.s3.amazonaws.com/x?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
    uploads = uploads_module.Uploads(signed, "x")
    address = uploads._signed("GET", "/test.txt", {})
    assert address.endswith("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")


@pytest.mark.parametrize(
    "address", ["s3://user:canary@bucket/x", "s3://bucket/x?token=canary", "gs://bucket/x#canary", "az://canary@b"]
)
def test_address_with_a_secret_is_refused_without_it(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        storage_at(address)
    assert "canary" not in str(caught.value)
    assert "canary" not in caught.value.text_in("zh")


@pytest.mark.parametrize("address", ["s3://", "s3:///x", "s3://b/../x", "s3://b//x", "s3://b/x\ny", "az://a b/"])
def test_address_without_a_bucket_or_with_an_unsafe_part_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match=r"give (s3|az)://BUCKET/NAME"):
        storage_at(address)


def test_address_is_told_from_a_path_and_split() -> None:
    assert all(map(is_address, ("s3://b", "S3://b/x", "gs://b", "az://b")))
    assert not any(map(is_address, ("s3:/b", "news/s3://b", "https://a.example/", "")))
    assert split("s3://b/x/y.tar") == ("s3://b/x/", "y.tar")
    assert split("s3://b/x/y/") == ("s3://b/x/", "y")
    assert split("s3://b") == split("s3://b/") == ("s3://b/", "")


def test_address_without_credentials_or_the_extra_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("obstore")
    for name in [each for each in os.environ if each.startswith(("AWS_", "AZURE_", "GOOGLE_", "GCE_"))]:
        monkeypatch.delenv(name)
    for scheme, variable in (("s3", "AWS_ACCESS_KEY_ID"), ("gs", "GOOGLE_APPLICATION_"), ("az", "AZURE_STORAGE_ACC")):
        with pytest.raises(UsageError, match=variable):
            storage_at(f"{scheme}://bucket/")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", SECRET)
    with pytest.raises(UsageError, match="AZURE_") as caught:
        storage_at("az://bucket/")
    assert SECRET not in str(caught.value)
    monkeypatch.delitem(sys.modules, "convert.storage.objects", raising=False)
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.setattr(convert.storage, "KINDS", {"s3": late("convert.storage.objects:ObjectStorage")})
    with pytest.raises(MissingExtraError, match=r"archive-convert\[storage\]"):
        storage_at("s3://bucket/")


FAULTS = {
    "no-bucket": (error("404 Not Found", "NoSuchBucket"), "no such bucket"),
    "credentials": (error("403 Forbidden", "SignatureDoesNotMatch"), "does not accept the credentials"),
    "forbidden": (error("403 Forbidden", "AccessDenied"), "refuses access"),
    "region": (error("301 Moved Permanently", "PermanentRedirect"), "another region"),
    "failing": (error("500 Internal Server Error", "InternalError"), "the service has failed"),
    "busy": (error("503 Slow Down", "SlowDown"), "too busy"),
    "nonsense": (b"nonsense\r\n\r\n", "cannot be reached"),
    "cut": (part(b"abc", 1000), "answer that is not understood|cannot be reached"),
    "slow": (None, "too slowly"),
}
"""Answers of services, and the reason that is given."""


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the engine give up soon."""
    objects = pytest.importorskip("convert.storage.objects")
    monkeypatch.setattr(objects, "_RETRIES", {**objects._RETRIES, "max_retries": 1})
    monkeypatch.setenv("AWS_TIMEOUT", "1s")


@pytest.mark.parametrize("kind", FAULTS)
def test_service_with_a_fault_gets_an_error_with_the_address_and_no_secret(
    kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer, reason = FAULTS[kind]
    hurry(monkeypatch)
    with answering(answer) as running:
        use(monkeypatch, running)
        monkeypatch.setenv("AWS_TIMEOUT", "1s")
        storage = storage_at("s3://bucket/place/")
        with pytest.raises(SourceError, match=reason) as caught:
            storage.fetch("one", str(tmp_path / "copy"))
        said: list[ConvertError] = [caught.value]
        if kind != "cut":
            with pytest.raises(StoreError, match=reason) as other:
                storage.put("one", b"data")
            said.append(other.value)
    assert not list(tmp_path.iterdir())
    for each in said:
        assert "s3://bucket/place/one" in str(each)
        assert SECRET not in str(each) + each.text_in("zh")
        assert each.__cause__ is None
        assert each.__suppress_context__


@pytest.mark.parametrize(
    ("address", "variables"),
    [
        ("gs://bucket/x/", {"GOOGLE_SKIP_SIGNATURE": "true", "GOOGLE_BASE_URL": "URL", "GOOGLE_ALLOW_HTTP": "true"}),
        (
            "az://container/x/",
            {
                "AZURE_STORAGE_ACCOUNT_NAME": "account",
                "AZURE_SKIP_SIGNATURE": "true",
                "AZURE_STORAGE_ENDPOINT": "URL",
                "AZURE_ALLOW_HTTP": "true",
            },
        ),
    ],
)
def test_other_services_are_asked_with_their_own_variables(
    address: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hurry(monkeypatch)
    with answering(part(b"whole", 5), error("403 Forbidden", "AuthorizationFailure")) as running:
        for name, value in variables.items():
            monkeypatch.setenv(name, value.replace("URL", f"http://127.0.0.1:{running.port}"))
        storage = storage_at(address)
        storage.fetch("one", str(tmp_path / "copy"))
        assert (tmp_path / "copy").read_bytes() == b"whole"
        with pytest.raises(SourceError, match=f"{address}two': the service refuses access"):
            storage.read("two")
        assert list(storage.unfinished()) == []


def test_wrong_credentials_are_said_so(plain: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, plain)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-of-another")
    storage = storage_at("s3://bucket/")
    for call in (lambda: list(storage.list()), lambda: storage.read("a"), lambda: storage.put("a", b"")):
        with pytest.raises(ConvertError, match="does not accept the credentials") as caught:
            call()
        assert "canary" not in str(caught.value)


@pytest.mark.parametrize("folder", ["at-x/s3/bucket", "to-x/here/news"])
def test_copy_that_cannot_be_written_names_the_folder_for_temporary_files(folder: str) -> None:
    error = failure(f"/tmp/cvrun-0123abcd/{folder}/a.md", OSError(errno.ENOSPC, "full"))
    assert "folder for temporary files" in str(error)
    assert "cvrun" not in str(error)


def test_service_that_is_down_or_has_another_scheme_gets_an_error_with_the_next_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hurry(monkeypatch)
    with answering(b"") as running:
        pass
    use(monkeypatch, running)
    with pytest.raises(SourceError, match="cannot be reached; check the network"):
        list(storage_at("s3://bucket/").list())
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    with pytest.raises(SourceError, match="AWS_ALLOW_HTTP=true"):
        list(storage_at("s3://bucket/").list())
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://user:{SECRET}@127.0.0.1:{running.port}")
    with pytest.raises(ConvertError) as caught:
        list(storage_at("s3://bucket/").list())
    assert SECRET not in str(caught.value)


def test_service_that_fails_once_is_asked_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hurry(monkeypatch)
    failing, whole = error("500 Internal Server Error", "InternalError"), part(b"whole", 5)
    with answering(failing, whole) as running:
        use(monkeypatch, running)
        storage_at("s3://bucket/").fetch("one", str(tmp_path / "copy"))
    assert (tmp_path / "copy").read_bytes() == b"whole"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_waiting_for_a_service_is_interrupted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("obstore")
    code = (
        "from convert.storage import storage_at\n"
        "try:\n    print('asking', flush=True); storage_at('s3://bucket/').read('one')\n"
        "except KeyboardInterrupt:\n    print('interrupted')\n"
    )
    with answering(None) as running:
        environment = {**os.environ, **running.environment}
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout
            assert process.stdout.readline() == b"asking\n"
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            started = time.monotonic()
            assert process.stdout.read() == b"interrupted\n"
            assert process.wait() == 0
            assert time.monotonic() - started < 10  # the engine would wait for three minutes
