"""Where a document lies in its mirror: the same from wherever its folder is named, whatever surrounds it."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from helpers.data import SEEDS
from helpers.growth import grows_with_it
from helpers.program import folder_for_scripts, git, run
from helpers.soak import examples, some
from hypothesis import given, strategies as st

from convert import api, readers
from convert.building.survey import survey
from convert.bundle.article_list import ArticleList
from convert.checking.archive import check
from convert.document import read_document
from convert.readers.options import DETECTED
from convert.settings import Settings
from convert.sources import Reader, Ref, walk
from convert.sources.git import changed_since, environment, unstaged
from convert.sources.remote import _remotes, files_url, web_address

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")

PAGES = ("nf9000001/n90000002.md", "nf9000001/n90000003.md", "nf9000003/n90000020.md")
PAGES_OF_CHANNEL = ("n90000002.md", "n90000003.md")
REMOTE = "https://github.com/OWNER/epoch-news.git"
HOME = "https://github.com/OWNER/epoch-news/blob/HEAD/"
PLACE = re.compile(r"pages/(?P<channel>[^/]+)/[^/]+\Z")


def make_mirror(folder: Path) -> Path:
    """Make a mirror of three pages in two channels; only the second page of the first has no tracking picture."""
    for page in PAGES:
        (folder / "pages" / page).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SEEDS / "pages" / page, folder / "pages" / page)
    (folder / "notes").mkdir()
    shutil.copy(SEEDS / "pages" / "nf9000001" / "n90000004.md", folder / "notes")
    return folder


def clone(folder: Path) -> Path:
    """Make a mirror in a git checkout with a remote."""
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    make_mirror(folder)
    git(folder, "init", "-q", "-b", "master")
    git(folder, "remote", "add", "origin", REMOTE)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "all")
    return folder


def detached(folder: Path) -> Path:
    clone(folder)
    git(folder, "checkout", "-q", "--detach")
    return folder


def on_a_branch(folder: Path) -> Path:
    clone(folder)
    git(folder, "checkout", "-q", "-b", "work/today")
    return folder


def worktree(folder: Path) -> Path:
    clone(folder.parent / "repository")
    git(folder.parent / "repository", "worktree", "add", "-q", str(folder), "-b", "other")
    return folder


def submodule(folder: Path) -> Path:
    clone(folder.parent.parent / "elsewhere")
    folder.parent.mkdir(exist_ok=True)
    git(folder.parent, "init", "-q")
    git(folder.parent, "-c", "protocol.file.allow=always", "submodule", "add", "-q", "../elsewhere", folder.name)
    git(folder, "remote", "set-url", "origin", REMOTE)
    return folder


def without_remote(folder: Path) -> Path:
    clone(folder)
    git(folder, "remote", "remove", "origin")
    return folder


CHECKOUTS = {make.__name__: make for make in (clone, detached, on_a_branch, worktree, submodule)}
MIRRORS: dict[str, Callable[[Path], Path]] = {**CHECKOUTS, "no checkout": make_mirror, "no remote": without_remote}


def facts(*roots: str | Path) -> dict[str, tuple[str, str, str]]:
    """Return section, id and address in the mirror of each article of the roots, by the name of its file."""
    found = {}
    with Reader() as reader:
        for ref in walk([str(root) for root in roots]):
            if isinstance(ref, Ref) and not ref.path.endswith("other.md"):
                cleaned = read_document(ref, reader, "", DETECTED)
                if cleaned.article is not None:
                    article = cleaned.article
                    found[ref.path.rpartition("/")[2]] = (article.section, article.id, cleaned.home)
    return found


# Folder in which the program runs, and the name by which it is given the mirror `copies/mirror` or a part of it.
NAMINGS = [
    ("copies/mirror", "."),
    ("copies/mirror", "../mirror/"),
    ("copies/mirror", "pages"),
    ("copies/mirror", "pages/nf9000001"),
    ("copies/mirror", "pages/nf9000001/"),
    ("copies/mirror", "./pages/../pages//nf9000001/."),
    ("copies/mirror", "pages/nf9000001/n90000002.md"),
    ("copies/mirror", "./pages/nf9000001/../nf9000003/n90000020.md"),
    ("copies/mirror", "notes/n90000004.md"),
    ("copies/mirror/notes", "n90000004.md"),
    ("copies/mirror/pages", "."),
    ("copies/mirror/pages", "nf9000001"),
    ("copies/mirror/pages", ".."),
    ("copies/mirror/pages/nf9000001", "."),
    ("copies/mirror/pages/nf9000001", "../nf9000001"),
    ("copies/mirror/pages/nf9000001", "n90000003.md"),
    ("copies/mirror/pages/nf9000001", "./n90000002.md"),
    ("copies/mirror/pages/nf9000001", "../nf9000003/n90000020.md"),
    ("copies/mirror/pages/nf9000001", "../../pages"),
    ("copies", "mirror"),
    ("copies", "mirror/pages/nf9000001"),
    ("copies", "mirror/pages/nf9000003/n90000020.md"),
    (".", "copies/mirror"),
    (".", "copies/mirror/pages/nf9000001"),
    (".", "{}/copies/mirror/pages/nf9000001"),
    ("/", "{}/copies/mirror/pages"),
    ("/", "{}/copies/mirror/pages/nf9000001/n90000003.md"),
    (".", "links/mirror"),
    (".", "links/mirror/pages/nf9000001"),
    (".", "links/channel"),
    (".", "links/channel/n90000003.md"),
    (".", "links/n90000003.md"),
    ("links/channel", "."),
    ("links/channel", "n90000002.md"),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with `copies/` for a mirror, and `links/` with links into that."""
    (tmp_path / "copies").mkdir()
    links = tmp_path / "links"
    links.mkdir()
    (links / "mirror").symlink_to("../copies/mirror")
    (links / "channel").symlink_to("../copies/mirror/pages/nf9000001")
    (links / "n90000003.md").symlink_to("../copies/mirror/pages/nf9000001/n90000003.md")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("kind", MIRRORS)
def test_a_folder_is_what_it_is_wherever_it_is_named_from(
    kind: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = MIRRORS[kind](home / "copies" / "mirror")
    monkeypatch.chdir(mirror)
    whole = facts(".")
    assert {name: section for name, (section, _, _) in whole.items()} == {
        "n90000002.md": "nf9000001",
        "n90000003.md": "nf9000001",
        "n90000020.md": "nf9000003",
        "n90000004.md": "nf9000001",
    }
    for folder, named in NAMINGS:
        monkeypatch.chdir(home / folder)
        found = facts(named.format(home))
        assert found, (folder, named)
        assert found == {name: whole[name] for name in found}, (folder, named)
    monkeypatch.chdir(mirror / "pages")
    assert facts("nf9000001", home / "links/mirror/pages/nf9000003", "../notes") == whole


@needs_git
@pytest.mark.parametrize("kind", CHECKOUTS)
def test_a_checkout_has_the_address_of_its_remote_on_any_branch(kind: str, home: Path) -> None:
    mirror = CHECKOUTS[kind](home / "copies" / "mirror")
    assert {address for _, _, address in facts(mirror / "pages").values()} == {f"{HOME}pages/{page}" for page in PAGES}


STEPS = (".", "", "../nf9000001", "../../pages/nf9000001", "../nf9000003/../nf9000001")


@pytest.mark.slow
@examples(30)
@given(st.lists(st.sampled_from(STEPS), max_size=4), st.booleans(), st.booleans())
def test_any_path_to_a_folder_is_that_folder(steps: list[str], slash: bool, linked: bool) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        mirror = make_mirror(Path(folder) / "mirror")
        (Path(folder) / "link").symlink_to("mirror/pages/nf9000001")
        whole = facts(mirror)
        start = f"{folder}/link" if linked else f"{mirror}/pages/nf9000001"
        found = facts("/".join((start, *steps)) + "/" * slash)
    assert found == {name: whole[name] for name in PAGES_OF_CHANNEL}


def test_pages_inside_a_link_belong_to_the_mirror_with_the_link(tmp_path: Path) -> None:
    store = make_mirror(tmp_path / "store")
    (store / "pages").rename(store / "volume")
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "pages").symlink_to(store / "volume")
    found = facts(tmp_path / "mirror" / "pages" / "nf9000001")
    assert {section for section, _, _ in found.values()} == {"nf9000001"}


def test_pages_of_no_mirror_keep_the_channel_of_their_tracking_picture(tmp_path: Path) -> None:
    mirror = make_mirror(tmp_path / "mirror")
    lone = shutil.copytree(mirror / "pages" / "nf9000001", tmp_path / "somewhere")
    assert {name: section for name, (section, _, _) in facts(lone).items()} == {
        "n90000002.md": "nf9000001",
        "n90000003.md": "",
    }


@pytest.mark.slow
def test_an_archive_of_a_mirror_or_of_a_channel_is_like_the_mirror(tmp_path: Path) -> None:
    mirror = make_mirror(tmp_path / "mirror")
    whole = facts(mirror / "pages")
    for form in ("zip", "gztar"):
        for root, inside in ((tmp_path, "mirror"), (mirror, "pages"), (mirror / "pages", ".")):
            found = facts(shutil.make_archive(str(tmp_path / "all"), form, root, inside))
            assert {name: found[name] for name in whole} == whole, (form, inside)
        one = facts(shutil.make_archive(str(tmp_path / "one"), form, mirror / "pages", "nf9000001"))
        assert one == {name: whole[name] for name in one}
        assert one


@pytest.mark.slow
def test_several_sources_are_read_once_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_mirror(tmp_path / "a" / "mirror")
    make_mirror(tmp_path / "b" / "mirror")
    monkeypatch.chdir(tmp_path / "a" / "mirror" / "pages")
    (tmp_path / "link").symlink_to("a/mirror")
    page = "nf9000001/n90000002.md"
    for roots in (["."], [".", "nf9000001"], [".", f"../pages/{page}", page], [".", tmp_path / "link" / "pages", "."]):
        seen = survey([str(root) for root in roots])
        assert len(seen.refs) == seen.summary.documents == 3, roots
        assert check([str(root) for root in roots], Settings(), lambda finding: None).documents == 3
    other = [str(tmp_path / name / "mirror" / "pages") for name in "ab"]
    assert set(survey(other).refs) == {f"{root}/{page}" for root in ("pages", "mirror/pages") for page in PAGES}
    alone = [str(tmp_path / name / "mirror" / "pages" / page) for name in "ab"]
    assert sorted(survey(alone).refs) == ["n90000002.md", "nf9000001/n90000002.md"]


def test_index_pages_name_channels_from_wherever_they_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = make_mirror(tmp_path / "mirror")
    (mirror / "indexes" / "nf9000001").mkdir(parents=True)
    (mirror / "indexes" / "nf9000001" / "README.md").write_text("### 造纸\n", "utf-8")
    for folder, roots in (
        ("mirror", ["."]),
        ("mirror", ["pages", "indexes"]),
        ("mirror/pages", [".", "../indexes"]),
        ("mirror/indexes", ["../pages", "."]),
        ("mirror/indexes/nf9000001", ["../../pages", "."]),
        ("mirror/indexes/nf9000001", ["../../pages/nf9000001", "README.md"]),
    ):
        monkeypatch.chdir(tmp_path / folder)
        assert survey(roots).index.channels == {"nf9000001": "造纸"}, (folder, roots)


LONE = [
    (".", "pages"),
    (".", "pages/nf9000001"),
    (".", "pages/nsc9000001"),
    (".", "pages/nf9000003/n90000020.md"),
    ("pages", "."),
    ("pages/nf9000002", "."),
    ("pages/z_paper_vqp", "90001003.md"),
    ("..", "link"),
]


@pytest.mark.parametrize(("folder", "named"), LONE)
def test_a_part_of_a_mirror_has_the_titles_and_the_order_of_the_whole(
    folder: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = shutil.copytree(SEEDS, tmp_path / "mirror")
    (mirror / "indexes" / "zh.names.csv").write_text("z_paper_vqp,M纸的种类\n", "utf-8")
    (tmp_path / "link").symlink_to("mirror/pages/nf9000001")
    whole = survey([str(mirror)]).index
    places = {(entry.section, entry.id): whole.place(entry) for entry in whole.entries}
    monkeypatch.chdir(mirror / folder)
    part = survey([named]).index
    assert part.entries
    for entry in part.entries:
        assert part.channels.get(entry.section) == whole.channels.get(entry.section)
        assert part.place(entry) == places[entry.section, entry.id]


def test_lists_beside_a_channel_are_read_inside_the_mirror_only(tmp_path: Path) -> None:
    mirror = make_mirror(tmp_path / "mirror")
    (tmp_path / "README.md").write_text("[别处](indexes/nf9000001.md)\n", "utf-8")
    (mirror / "README.md").symlink_to("../README.md")
    (mirror / "indexes").mkdir()
    (mirror / "indexes" / "nf9000001.md").write_text("### 造纸\n", "utf-8")
    (mirror / "indexes" / "nf9000003.md").mkdir()
    (mirror / "indexes" / "names.csv").symlink_to("names.csv")
    assert survey([str(mirror / "pages")]).index.channels == {"nf9000001": "造纸"}
    exclude = ArticleList("--exclude", "list", ((1, "indexes/nf9000001.md"),))
    assert survey([str(mirror / "pages")], Settings(exclude=exclude)).index.channels == {}


def test_a_channel_alone_is_chosen_and_titled_by_its_name(tmp_path: Path) -> None:
    mirror = make_mirror(tmp_path / "mirror")
    (mirror / "indexes").mkdir()
    names = mirror / "indexes" / "names.csv"
    out = tmp_path / "out"
    for name in ("造纸", "印刷"):  # the second replaces the first in an update
        names.write_text(f"nf9000001,{name}\n", "utf-8")
        api.convert(mirror / "pages" / "nf9000001", out, "html", split="channel", channels=[name], update=True)
        assert f"<title>{name}</title>" in (out / "nf9000001.html").read_text("utf-8")


def test_split_and_channel_work_in_a_channels_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror = make_mirror(tmp_path / "mirror")
    monkeypatch.chdir(mirror / "pages" / "nf9000001")
    for number, root in enumerate(map(str, (mirror / "pages", mirror / "pages" / "nf9000001", ".", "n90000003.md"))):
        out = tmp_path / f"out{number}"
        api.convert(root, out, "epub", split="channel", channels=["nf9000001"])
        assert [file.name for file in out.glob("*.epub")] == ["nf9000001.epub"]


@pytest.mark.slow
@pytest.mark.parametrize("named", ["pages/nf9000001", "pages/nf9000001/n90000002.md"])
def test_fix_takes_the_trackers_out_of_a_folder_named_by_itself(named: str, tmp_path: Path) -> None:
    mirror = make_mirror(tmp_path / "mirror")
    page = mirror / "pages" / PAGES[0]
    assert "gfw-breaker.win" in page.read_text("utf-8")
    run("validate", "--fix", named, cwd=mirror)
    assert "gfw-breaker.win" not in page.read_text("utf-8")


@pytest.mark.slow
def test_fix_takes_the_trackers_out_of_a_channel_that_was_copied(tmp_path: Path) -> None:
    mirror = make_mirror(tmp_path / "mirror")
    for number, (folder, named) in enumerate((("nf9000001", "."), (".", "nf9000001"), (".", "."))):
        copy = tmp_path / f"copy{number}"
        page = shutil.copytree(mirror / "pages" / "nf9000001", copy / "nf9000001") / "n90000002.md"
        run("validate", "--fix", named, cwd=copy / folder)
        assert "gfw-breaker.win" not in page.read_text("utf-8"), named


# --- --base-url ------------------------------------------------------------------------------------------------------

WEB = "https://git.example.org/a/b/blob/main/"


@pytest.mark.parametrize(
    ("folder", "named", "base"),
    [
        ("mirror", ".", WEB),
        ("mirror", "pages", WEB + "pages/"),
        ("mirror", "pages", WEB),  # in settings at the mirror's root
        ("mirror", "pages/nf9000001", WEB + "pages/nf9000001/"),
        ("mirror", "pages/nf9000001", WEB),
        ("mirror/pages/nf9000001", ".", WEB),
        ("mirror", "pages/nf9000001/n90000002.md", WEB),
        ("mirror/pages/nf9000001", "n90000002.md", WEB),
    ],
)
def test_base_url_is_that_of_the_source_or_of_the_mirror(
    folder: str, named: str, base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_mirror(tmp_path / "mirror")
    monkeypatch.chdir(tmp_path / folder)
    with Reader() as reader:
        homes = {
            ref.path.rpartition("/")[2]: read_document(ref, reader, base, DETECTED).home
            for ref in walk([named])
            if isinstance(ref, Ref)
        }
    assert homes["n90000002.md"] == f"{WEB}pages/nf9000001/n90000002.md"


@pytest.mark.slow
def test_base_url_with_a_password_is_refused(tmp_path: Path) -> None:
    page = make_mirror(tmp_path / "mirror") / "pages" / PAGES[0]
    done = run("--to", "json", "--base-url", "https://user:secret@github.com/a/b/blob/main/", page)
    assert done.returncode == 2
    assert b"user name and password" in done.stderr
    assert b"secret" not in done.stdout + done.stderr


# --- the remote ------------------------------------------------------------------------------------------------------

REPOSITORY = "https://github.com/OWNER/epoch-news"
REMOTES = {
    "https://github.com/OWNER/epoch-news": REPOSITORY,
    "https://github.com/OWNER/epoch-news/": REPOSITORY,
    "https://github.com/OWNER/epoch-news.git": REPOSITORY,
    "http://github.com/OWNER/epoch-news.git/": REPOSITORY,
    "git://github.com/OWNER/epoch-news.git": REPOSITORY,
    "git@github.com:OWNER/epoch-news.git": REPOSITORY,
    "git@github.com:/OWNER/epoch-news": REPOSITORY,
    "github.com:OWNER/epoch-news": REPOSITORY,
    "someone@github.com:OWNER/epoch-news.git": REPOSITORY,
    "ssh://git@github.com/OWNER/epoch-news.git": REPOSITORY,
    "ssh://git@github.com:22/OWNER/epoch-news.git": REPOSITORY,
    "ssh://git@ssh.github.com:443/OWNER/epoch-news.git": REPOSITORY,
    "git+ssh://github.com/OWNER/epoch-news": REPOSITORY,
    "HTTPS://github.com/OWNER/epoch-news": REPOSITORY,
    "git@gitea.example.org:OWNER/epoch-news": "https://gitea.example.org/OWNER/epoch-news",
    "git@github-work:OWNER/epoch-news": "",  # a host of the user's own ~/.ssh/config
    "gh:OWNER/epoch-news": "",  # which the user's own insteadOf spells out
    "https://gitea/OWNER/epoch-news": "https://gitea/OWNER/epoch-news",
    "https://github.com:443/OWNER/epoch-news": "https://github.com:443/OWNER/epoch-news",
    "ssh://git@altssh.gitlab.com:443/a/b/c.git": "https://gitlab.com/a/b/c",
    "https://x:y@github.com/OWNER/epoch-news": REPOSITORY,
    "https://ghp_token@github.com/OWNER/epoch-news": REPOSITORY,
    "https://x-access-token:ghs_token@github.com/OWNER/epoch-news.git": REPOSITORY,
    "https://user:p@ss@github.com/OWNER/epoch-news": REPOSITORY,
    "https://github.com/OWNER/epoch-news?private_token=secret": REPOSITORY,
    "https://github.com/OWNER/epoch-news.git#secret": REPOSITORY,
    "https://user:p/ss@github.com/OWNER/epoch-news": "",
    "https://github.com/": "",
    "https://github.com": "",
    "": "",
    "/srv/git/epoch-news.git": "",
    "../epoch-news": "",
    "file:///srv/git/epoch-news.git": "",
    "C:/mirrors/epoch-news": "",
    "C:\\mirrors\\epoch-news": "",
    "https://github.com/OWNER/../x": "",
    "ext::sh -c whoami": "",
}


@pytest.mark.parametrize(("remote", "expected"), REMOTES.items())
def test_the_address_of_a_remote_is_that_of_its_page(remote: str, expected: str) -> None:
    assert web_address(remote) == expected


secrets = st.text(st.sampled_from("aZ9!$&*:@/?#%[]\\ 纸.-_~"), min_size=1, max_size=12).map("Qx".__add__)


@examples(200)
@given(secrets, secrets, st.booleans(), st.sampled_from(["https", "http", "ssh", "git+ssh"]))
def test_no_password_of_a_remote_is_in_its_address(user: str, word: str, quoted: bool, scheme: str) -> None:
    if quoted:
        user, word = quote(user, safe=""), quote(word, safe="")
    for remote in (f"{scheme}://{user}:{word}@github.com/OWNER/epoch-news", f"{scheme}://{word}@github.com/OWNER/x"):
        assert "Qx" not in web_address(remote)
        assert not quoted or web_address(remote).startswith("https://github.com/OWNER/")


CONFIGS = [
    '[remote "origin"]\n\turl = {}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n',
    '[remote "origin"] url={}\n',
    '[Remote "origin"]\r\n\tURL = "{}"\r\n',
    '[remote "origin"]\nurl = {} ; a comment\n',
    '[remote "origin"]\nurl = {}   # a comment\n[branch "main"]\nremote = upstream\n',
    '# [remote "origin"]\n; url = x\n[remote "origin"]\n\turl = \\\n  {}\n',
    '[remote "origin"]\n\turl = https://example.org/old\n\turl = {}\n[core]\n\turl = x\n',
    '[remote "other"]\n\turl = https://example.org/x\n[remote "origin"]\n\turl = {}\n[remote "o.p"]\nurl = y\n',
    '\ufeff[core]\n[remote "origin"]\n\turl = {}',
    '[remote "upstream"]\n\turl = {}\n',  # the only remote
]


@pytest.mark.parametrize("config", CONFIGS)
def test_any_way_of_writing_the_configuration_is_read(config: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(config.format(REMOTE), "utf-8", newline="")
    assert files_url(str(tmp_path)) == HOME


@needs_git
@examples(30)
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20), max_size=4))
def test_the_configuration_is_read_as_git_reads_it(urls: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config"
        for number, url in enumerate(urls):
            subprocess.run(["git", "config", "--file", file, f"remote.r{number}.url", url], check=True)
        found = _remotes(file.read_bytes().decode()) if urls else {}
        assert found == {f"r{number}": url for number, url in enumerate(urls)}


def test_several_remotes_without_origin_tell_no_address(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text('[remote "a"]\nurl = git@a.org:x\n[remote "b"]\nurl = git@b.org:x\n')
    assert files_url(str(tmp_path)) == ""


def test_any_other_repository_tells_no_address(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git" / "config").write_text(f'[remote "origin"]\nurl = {REMOTE}\n')
    mirror = make_mirror(tmp_path / "examples")
    assert not any(HOME in address for _, _, address in facts(mirror).values())


def test_the_address_needs_no_git_and_no_owner(home: Path) -> None:
    mirror = clone(home / "copies" / "mirror")
    outputs = [
        run("--to", "json", mirror / "pages" / PAGES[1], env=env).stdout
        for env in ({}, {"PATH": ""}, {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    ]
    assert f"{REPOSITORY}".encode() in outputs[0]
    assert outputs[0] == outputs[1] == outputs[2]


# --- hooks -----------------------------------------------------------------------------------------------------------

OF_A_HOOK = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_CEILING_DIRECTORIES", "GIT_PREFIX", "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_REPLACE_REF_BASE", "GIT_CONFIG", "GIT_ATTR_SOURCE", "GIT_EXTERNAL_DIFF",
    "GIT_TRACE", "GIT_REFLOG_ACTION",
)  # fmt: skip
"""Variables that point git at another repository; the test adds those that this git lists itself."""


def of_a_hook() -> Iterator[str]:
    local = subprocess.run(["git", "rev-parse", "--local-env-vars"], capture_output=True, check=True)
    yield from dict.fromkeys((*OF_A_HOOK, *local.stdout.decode().split()))


@needs_git
@pytest.mark.slow
def test_no_variable_of_a_hook_changes_what_is_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror, other = clone(home / "copies" / "mirror"), clone(home / "other")
    (mirror / "pages" / "nf9000001" / "new.md").write_text("### 纸\n", "utf-8")
    monkeypatch.chdir(mirror)
    expected = changed_since(["pages"], "HEAD"), facts(".")
    assert {Path(path).name for path in expected[0]} == {"new.md"}
    values = (str(other / ".git"), ".git", "/nowhere")
    for name in of_a_hook():
        for value in values:
            monkeypatch.setenv(name, value)
            assert (changed_since(["pages"], "HEAD"), facts(".")) == expected, (name, value)
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.bare=true' 'remote.origin.url=https://example.org/x'")
    assert (changed_since(["pages"], "HEAD"), facts(".")) == expected


def test_of_gits_variables_only_those_of_the_installation_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"GIT_CONFIG_GLOBAL": "/etc/a", "GIT_EXEC_PATH": "/usr/lib/git"}
    given = {"GIT_DIR": "x", "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "true"}
    given |= {"GIT_CONFIG_KEY_1": "Safe.Directory", "GIT_CONFIG_VALUE_1": "/srv/mirror"}
    for name, value in {**kept, **given}.items():
        monkeypatch.setenv(name, value)
    trusted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "/srv/mirror"}
    mine = {name: value for name, value in environment().items() if name.startswith("GIT_")}
    assert mine == {**kept, **trusted, "GIT_OPTIONAL_LOCKS": "0"}


@needs_git
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "commit"),
    [("worktree", ("-qm", "x")), ("clone", ("-qam", "x")), ("submodule", ("-qm", "x", "--", "pages"))],
)
def test_a_hook_checks_only_what_is_committed(kind: str, commit: tuple[str, ...], home: Path) -> None:
    mirror = CHECKOUTS[kind](home / "copies" / "mirror")
    bad = mirror / "pages" / "nf9000001" / "bad.md"
    bad.write_text("### \n" + (mirror / "pages" / PAGES[0]).read_text("utf-8").partition("\n")[2], "utf-8")
    git(mirror, "add", ".")
    git(mirror, "commit", "-qm", "an old page that is broken")
    where = subprocess.run(
        ["git", "-C", mirror, "rev-parse", "--path-format=absolute", "--git-path", "hooks"],
        capture_output=True, check=True,
    ).stdout.decode().strip()  # fmt: skip
    hook = Path(where) / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec {folder_for_scripts()}/convert validate --changed-since HEAD pages\n", "utf-8")
    hook.chmod(0o755)
    good = mirror / "pages" / PAGES[2]
    good.write_text(good.read_text("utf-8") + "\n", "utf-8")
    git(mirror, "add", ".")
    git(mirror, "commit", *commit)
    bad.write_text(bad.read_text("utf-8") + "\n", "utf-8")
    git(mirror, "add", ".")
    with pytest.raises(subprocess.CalledProcessError):
        git(mirror, "commit", *commit)


@needs_git
def test_changes_inside_submodules_and_other_checkouts_are_found(tmp_path: Path) -> None:
    above = tmp_path / "above"
    mirror = submodule(above / "mirror")
    git(above, "commit", "-qm", "all")
    assert changed_since([str(above)], "HEAD") == set()
    (mirror / "pages" / PAGES[0]).write_text("### 纸\n", "utf-8")
    (mirror / "pages" / "nf9000001" / "new.md").write_text("### 纸\n", "utf-8")
    changed = {str(mirror / "pages" / name) for name in (PAGES[0], "nf9000001/new.md")}
    assert changed_since([str(above)], "HEAD") == changed
    git(mirror, "add", ".")
    git(mirror, "commit", "-qm", "two")
    assert changed_since([str(above)], "HEAD") == changed
    git(above, "add", ".")
    assert changed_since([str(above)], "HEAD") == changed
    git(above, "commit", "-qm", "two")
    assert changed_since([str(above)], "HEAD") == set()
    inner = clone(above / "inner")
    names = {path for path in inner.rglob("*.md") if path.is_file()}
    assert changed_since([str(above)], "HEAD") == {str(path) for path in names}
    assert changed_since([str(inner)], "HEAD") == set()


@needs_git
@pytest.mark.slow
def test_another_branch_makes_nothing_again(home: Path, tmp_path: Path) -> None:
    mirror, out = clone(home / "copies" / "mirror"), tmp_path / "out"
    build = ("--to", "html", "--split", "channel", "--update", mirror, "-o", out)
    assert run(*build).returncode == 0
    before = {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in out.iterdir() if file.is_file()}
    for change in (
        ("checkout", "-q", "-b", "work"),
        ("checkout", "-q", "--detach"),
        ("remote", "set-url", "origin", "https://token@github.com/OWNER/epoch-news"),
    ):
        git(mirror, *change)
        done = run(*build)
        assert b"3 file(s) left as they are" in done.stderr, (change, done.stderr)
        after = {file.name: (file.stat().st_mtime_ns, file.read_bytes()) for file in out.iterdir() if file.is_file()}
        assert {name: data for name, (_, data) in after.items()} == {name: data for name, (_, data) in before.items()}
        assert all(after[name] == before[name] for name in before if name.endswith(".html"))
    assert not any(b"token" in data for _, data in after.values())


@pytest.mark.slow
def test_standard_input_is_fixed_like_the_file_that_it_names(tmp_path: Path) -> None:
    mirror = make_mirror(tmp_path / "mirror")
    page = mirror / "pages" / PAGES[0]
    fixed = [
        run("validate", "--fix", "--stdin-filename", name, "-", cwd=mirror / folder, stdin=page.read_bytes()).stdout
        for folder, name in ((".", f"pages/{PAGES[0]}"), ("pages/nf9000001", "n90000002.md"), (".", str(page)))
    ]
    run("validate", "--fix", page)
    assert fixed == [page.read_bytes()] * 3
    assert b"gfw-breaker.win" not in fixed[0]


@needs_git
def test_changes_of_checkouts_inside_a_folder_are_found(tmp_path: Path) -> None:
    one, two = clone(tmp_path / "all" / "one"), clone(tmp_path / "all" / "two")
    changed = {str(mirror / "pages" / PAGES[0]) for mirror in (one, two)}
    for path in changed:
        Path(path).write_text("### 纸\n", "utf-8")
    link = tmp_path / "link.md"
    link.symlink_to(one / "pages" / PAGES[0])
    for root, expected in (
        (tmp_path / "all", changed),
        (one / "pages", {str(one / "pages" / PAGES[0])}),
        (one / "pages" / PAGES[1], {str(one / "pages" / PAGES[0])}),
    ):
        assert changed_since([str(root)], "HEAD") == unstaged([str(root)]) == expected
    assert unstaged([str(link)]) == {str(one / "pages" / PAGES[0])}
    above = tmp_path / "above"
    mirror = submodule(above / "mirror")
    (mirror / "pages" / PAGES[0]).write_text("### 纸\n", "utf-8")
    assert str(mirror / "pages" / PAGES[0]) in unstaged([str(above)])


UNKNOWN_PAGE = "### 纸\n\n#### [目录](list.md) | [书](books.md)\n\n{body}\n\n来源：https://paper.example/a\n"
REPEATED = (" ", "原文", "来源：", "分享：\n", "| ", "&nbsp;", "【二零二一", "[a](b) | ", "https://x.example/blob/z.md\n",
            "<hr/>\n", "<a href='x'><img src='y.md.png'/></a> <br/>\n", "*_>-|", "<b>",
            "<div>分享\n", "<div>\n</div>\n", "> ", "[[a]](b) ", "<a href=x>", "# [a](b)\n",
            "链接：https://x.example/a\n")  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("words", some(REPEATED, 5))
def test_time_for_a_page_of_an_unknown_dialect_grows_with_it(words: str) -> None:
    def page(size: int) -> bytes:
        return UNKNOWN_PAGE.format(body=words * size).encode()

    assert grows_with_it(lambda data: readers.peek(data, "a.md"), page, 2_000)
