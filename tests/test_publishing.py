"""The script of docs/publishing.md: it uploads what changed, and forgets nothing if uploading fails."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from helpers.data import ROOT, SEEDS
from helpers.program import folder_for_scripts

PAGE = ROOT / "docs" / "publishing.md"
CONVERT = '#!/bin/sh\nexec convert "$@"\n'
RSYNC = '#!/bin/sh\nprintf "%s\\n" "$@" > arguments.txt\ncat > uploaded.txt\n[ ! -e offline ]\n'


@pytest.fixture
def server(tmp_path: Path) -> Path:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in {"archive-convert": CONVERT, "rsync": RSYNC, "git": "#!/bin/sh\n"}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (script,) = re.findall(r"^```sh\n(#!/bin/sh\n.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    (programs / "publish-books").write_text(script)
    shutil.copytree(SEEDS, tmp_path / "mirror")
    return tmp_path


def publish(server: Path) -> tuple[int, set[str]]:
    """Run the script, and return its status and the names that it passes to rsync."""
    path = os.pathsep.join([str(server / "bin"), folder_for_scripts(), os.environ.get("PATH", os.defpath)])
    environment = {"PATH": path, "LC_ALL": "C.UTF-8", "GIT_CEILING_DIRECTORIES": str(server.parent)}
    (server / "uploaded.txt").unlink(missing_ok=True)
    done = subprocess.run(["sh", "bin/publish-books"], cwd=server, env=environment, capture_output=True, check=False)
    assert done.stderr == b""
    return done.returncode, {*(server / "uploaded.txt").read_text("utf-8").splitlines()}


@pytest.mark.slow
def test_script_uploads_what_changed_and_forgets_nothing(server: Path) -> None:
    status, uploaded = publish(server)
    books = {path.name for path in (server / "books").iterdir() if not path.name.startswith(".")}
    assert (status, uploaded) == (0, books)
    assert publish(server) == (0, set())
    (server / "offline").touch()
    page = next((server / "mirror/pages").rglob("n90000014.md"))
    page.write_text(page.read_text("utf-8").replace("\n", "（修订）\n", 1), "utf-8")
    status, uploaded = publish(server)
    assert status == 1
    assert {name[:9] for name in uploaded} == {"convert-m", "nf9000003"}
    shutil.rmtree(server / "mirror/pages/nf9000002")
    (server / "offline").unlink()
    status, more = publish(server)
    assert status == 0
    assert uploaded < more, "what could not be uploaded the night before is uploaded now"
    assert {name for name in more if not (server / "books" / name).exists()} == {
        name for name in books if name.startswith("nf9000002")
    }
    assert publish(server) == (0, set())
    assert "--delete-missing-args" in (server / "arguments.txt").read_text()
