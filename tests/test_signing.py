"""Signatures of manifests: ours are minisign's, minisign's are read, and what is forged does not count."""

import shutil
import subprocess
from base64 import b64decode, b64encode
from datetime import date
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run
from helpers.soak import some

from convert.signing import minisign
from convert.signing.keys import judged, read_keys
from convert.signing.minisign import (
    SecretKey,
    SigningError,
    new_key,
    public_file,
    read_public,
    read_secret,
    read_signature,
    secret_file,
    sign,
)

MANIFEST = "convert-manifest.json"
MOMENT = 1_700_000_000
"""14 November 2023."""
KEY = SecretKey(b"12345678", b"s" * 32)
OTHER = SecretKey(b"87654321", b"t" * 32)
DATA = b'{"a": 1}\n'


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making a key of a password takes 16 MB instead of a gigabyte."""
    monkeypatch.setattr(minisign, "_SENSITIVE", (1 << 19, 1 << 24))


needs_minisign = pytest.mark.skipif(shutil.which("minisign") is None, reason="no minisign here")


def keys(*rows: str, key: SecretKey = KEY) -> str:
    return f'[[key]]\npublic = "{key.public.text()}"\nname = "夜"\n' + "\n".join(rows)


def fault(listed: str, text: str = "", data: bytes = DATA) -> str:
    said = judged(data, read_signature(text or sign(DATA, KEY, MOMENT, MANIFEST)), read_keys(listed))
    return str(said) if said else ""


def test_a_signature_is_the_same_each_time_and_verifies() -> None:
    text = sign(DATA, KEY, MOMENT, MANIFEST)
    assert text == sign(DATA, KEY, MOMENT, MANIFEST)
    assert read_signature(text).comment == f"timestamp:{MOMENT}\tfile:{MANIFEST}\thashed"
    assert fault(public_file(KEY.public)) == fault(KEY.public.text()) == fault(keys()) == ""


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        (public_file(OTHER.public), "none of yours"),
        (keys(key=SecretKey(KEY.number, OTHER.seed)), "of another content"),
        (keys("withdrawn = 2030-01-01"), "was withdrawn on 2030-01-01"),
        (keys("until = 2023-11-13"), "was signed on 2023-11-14, when its key 夜 did not count"),
        (keys("until = 2023-11-14"), ""),
        (keys("since = 2023-11-15"), "did not count"),
        (keys("since = 2023-11-14"), ""),
        (keys(key=OTHER) + keys(), ""),
    ],
)
def test_what_a_list_of_keys_says(listed: str, said: str) -> None:
    assert said in fault(listed)
    assert bool(said) == bool(fault(listed))


def test_nothing_of_a_signature_can_be_changed() -> None:
    text = sign(DATA, KEY, MOMENT, MANIFEST)
    assert "of another content" in fault(keys(), data=DATA + b" ")
    assert "of another content" in fault(keys(), text.replace(str(MOMENT), str(MOMENT + 1)))
    for line in (1, 3):
        lines = text.split("\n")
        whole = bytearray(b64decode(lines[line]))
        for at in range(len(whole)):
            changed = bytearray(whole)
            changed[at] ^= 1
            lines[line] = b64encode(changed).decode()
            try:
                assert fault(keys(), "\n".join(lines))
            except SigningError:
                assert line == 1
                assert at < 2


@pytest.mark.parametrize(
    "comment", ["", "timestamp:", "timestamp:99999999999999", "timestamp:-1", "timestamp:٣", "a\tb"]
)
def test_a_signature_without_a_date_counts_for_keys_without_dates(comment: str) -> None:
    text = sign(DATA, KEY, MOMENT, MANIFEST)
    assert read_signature(text.replace(f"timestamp:{MOMENT}\tfile:{MANIFEST}\thashed", comment)).moment == 0
    assert date.fromtimestamp(0) < date(1980, 1, 1)


@pytest.mark.parametrize("password", ["", "纸和墨"])
def test_a_secret_key_comes_back(password: str) -> None:
    text = secret_file(KEY, password)
    assert read_secret(text, password) == KEY
    for other in ("", "墨和纸") if password else ():
        with pytest.raises(SigningError):
            read_secret(text, other)


def test_new_keys_differ() -> None:
    assert new_key() != new_key()


@pytest.mark.parametrize(
    "text", ["", "a", "a\nb", public_file(KEY.public)[:-5], secret_file(KEY), sign(DATA, KEY, 1, "a"), "\x00" * 56]
)
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(SigningError, match="no public key"):
        read_public(text)


@pytest.mark.parametrize("text", ["", "a", public_file(KEY.public), secret_file(KEY)[:-5]])
def test_what_is_no_secret_key_or_signature(text: str) -> None:
    with pytest.raises(SigningError, match="no secret key"):
        read_secret(text)
    with pytest.raises(SigningError, match="no signature"):
        read_signature(text)


@pytest.mark.parametrize(
    "text", ["[[key]]", "[[key]]\npublic = 7", "[[key]]\npublik = 'a'", keys("since = 'never'"), "[[key]"]
)
def test_what_is_no_list_of_keys(text: str) -> None:
    with pytest.raises(SigningError):
        read_keys(text)


def test_a_key_that_asks_for_a_terabyte_is_refused() -> None:
    head, line = secret_file(KEY, "a").split("\n")[:2]
    data = bytearray(b64decode(line))
    data[38:54] = (1 << 45).to_bytes(8, "little") + (1 << 44).to_bytes(8, "little")
    with pytest.raises(SigningError, match="more memory"):
        read_secret(f"{head}\n{b64encode(data).decode()}\n", "a")


# --- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def build(tmp_path: Path) -> Path:
    assert run("--to", "markdown", SEEDS, "-o", tmp_path / "out", "--manifest", "--quiet").returncode in (0, 3)
    assert run("sign", "--new-key", "nightly.key", cwd=tmp_path).returncode == 0
    return tmp_path


@pytest.mark.slow
def test_sign_and_verify(build: Path) -> None:
    assert (build / "nightly.key").stat().st_mode & 0o777 == 0o600
    verify = ("verify", "--strict", "--key", "nightly.key.pub", f"out/{MANIFEST}")
    assert (done := run(*verify, cwd=build)).returncode == 3
    assert f"it has no signature {MANIFEST}.minisig" in done.stdout.decode()
    assert run("sign", "--key", "nightly.key", f"out/{MANIFEST}", cwd=build).returncode == 0
    assert (done := run(*verify, cwd=build)).returncode == 0, done.stdout.decode()
    assert "1 signature(s) that count, 0 not" in done.stdout.decode()
    (build / "out" / f"{MANIFEST}.minisig").write_text("untrusted")
    assert (done := run(*verify, cwd=build)).returncode == 3
    assert "this is no signature" in done.stdout.decode()


@pytest.mark.slow
@needs_minisign
def test_minisign_verifies_ours_and_we_verify_its(build: Path) -> None:
    path = build / "out" / MANIFEST
    run("sign", "--key", "nightly.key", path, cwd=build)
    command = ("minisign", "-V", "-p", build / "nightly.key.pub", "-m", path)
    assert b"verified" in subprocess.run(command, check=True, capture_output=True).stdout
    subprocess.run(("minisign", "-S", "-s", build / "nightly.key", "-m", path), check=True, capture_output=True)
    assert run("verify", "--key", "nightly.key.pub", path, cwd=build).returncode == 0


@pytest.mark.slow
@needs_minisign
@pytest.mark.parametrize(("options", "entered"), some([(("-W",), ""), ((), "a\na\n")], 2))
def test_we_sign_with_keys_of_minisign(options: tuple[str, ...], entered: str, build: Path) -> None:
    path = build / "out" / MANIFEST
    made = ["minisign", "-G", "-f", *options, "-p", str(build / "theirs.pub"), "-s", str(build / "theirs.key")]
    subprocess.run(made, check=True, capture_output=True, input=entered.encode())
    signed = run("sign", "--key", "theirs.key", path, cwd=build, env={"CONVERT_KEY_PASSWORD": "a"})
    assert signed.returncode == 0, signed.stderr.decode()
    assert run("verify", "--key", "theirs.pub", path, cwd=build).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["sign"], 2, "name your secret key"),
        (["sign", "--key", "k"], 2, "name the manifests"),
        (["sign", "--key", "nowhere", "a.json"], 2, "cannot read 'nowhere'"),
        (["sign", "--new-key", "there"], 4, "name a file that is not there"),
        (["sign", "--new-key", "k", "a.json"], 2, "no manifest with --new-key"),
        (["sign", "--key", "there", "a.json"], 4, "no secret key"),
        (["verify", "--key", "there", "a.json"], 4, "no manifest"),
    ],
)
def test_what_goes_wrong(arguments: list[str], status: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("纸")
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, said in done.stderr.decode()) == (status, True), done.stderr.decode()
