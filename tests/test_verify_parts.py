"""`convert verify` takes the manifest of an output in parts, which may be changed or forged."""

import re
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts")
    assert run("list", SEEDS, "-o", folder / "list.jsonl").returncode == 0
    done = run("--to", "jsonl", folder / "list.jsonl", "-o", folder / "out", "--runner", "serial")
    assert done.returncode == 0, done.stderr
    return folder / "out" / "manifest.json"


def test_changed_part_is_named(parts: Path) -> None:
    part = next(parts.parent.glob("parts/*.jsonl"))
    before = part.read_bytes()
    part.write_bytes(before.replace(b"a", b"b", 1))
    try:
        done = run("verify", parts)
    finally:
        part.write_bytes(before)
    assert done.returncode == 3
    assert f"{part}: another content, of the same size" in done.stdout.decode()


@pytest.mark.parametrize(
    ("old", "new"), [(rb'"articles":\d+', b'"articles":7'), (rb'"path":"parts/', b'"path":"../parts/')]
)
@pytest.mark.parametrize("command", [["verify"], ["sign", "--key", "none"]])
def test_changed_manifest_is_damaged(parts: Path, tmp_path: Path, old: bytes, new: bytes, command: list[str]) -> None:
    changed = tmp_path / "manifest.json"
    changed.write_bytes(re.sub(old, new, parts.read_bytes(), count=1))
    if command[0] == "sign":
        pytest.importorskip("cryptography")
        key = tmp_path / "own.key"
        assert run("sign", "--new-key", key, env={"CONVERT_KEY_PASSWORD": "secret"}).returncode == 0
        command = ["sign", "--key", str(key)]
    done = run(*command, changed, env={"CONVERT_KEY_PASSWORD": "secret"})
    assert done.returncode == 4
    assert "is damaged: its content does not match its own hash" in done.stderr.decode()
    assert not list(tmp_path.glob("*.minisig"))
