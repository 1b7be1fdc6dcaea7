"""The audit of a site with our search: its own scripts are known by their bytes, and nothing else is let through."""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from helpers.data import SEEDS
from helpers.program import run

from convert.audit.audit import Auditor
from convert.search.programs import is_own, programs
from convert.search.shards import articles_script, json_script
from convert.writers.site.pages import POLICY

POLICY_ELEMENT = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
SCRIPT = '<script defer src="../search/search.js"></script>'
PAGE = f"""<!DOCTYPE html><html><head><meta charset="utf-8">{POLICY_ELEMENT}<title>a</title>
<link rel="stylesheet" href="../a.css"></head><body>{SCRIPT}
<form action="../search.html"><input type="search" name="q"></form><img src="../a.png"></body></html>"""
SHARD = json_script("index/0", [*range(200)])
SITE: Mapping[str, bytes] = {
    "text/a.html": PAGE.encode(),
    "text/b.html": PAGE.encode(),
    "a.css": b"p { color: red }",
    **{f"search/{name}": data for name, data in programs().items()},
    "search/index/0.js": SHARD,
    "search/articles/0.js": articles_script("articles/0", 0, [], [b"a", b""]),
}


def lay(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder, which is returned."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def auditor() -> Iterator[Auditor]:
    auditor = Auditor()
    yield auditor
    auditor.close()


def found(auditor: Auditor, path: Path) -> set[tuple[str, str]]:
    """Return name of the file and of the vector of each finding."""
    return {
        (Path(audited.path).name, each.name)
        for audited in auditor.audit(str(path))
        for each in audited.findings
        if each.level != "info"
    }


def test_a_site_with_its_own_scripts_is_sealed_and_says_what_it_loads(auditor: Auditor, tmp_path: Path) -> None:
    before = auditor.loaded
    assert found(auditor, lay(tmp_path, SITE)) == set()
    assert auditor.loaded - before == 5  # style, search.js, engine.js, two shards; the picture is not there
    assert found(auditor, tmp_path / "search" / "engine.js") == set()


SCRIPTS: Mapping[str, bytes] = {
    "a byte more": programs()["search.js"] + b"\n",
    "a byte less": programs()["search.js"][:-1],
    "a byte changed": programs()["search.js"].replace(b"const", b"CONST", 1),
    "a mark before it": b"\xef\xbb\xbf" + programs()["search.js"],
    "a statement after a shard": SHARD + b"fetch('//a.example');",
    "a statement on the line of a shard": SHARD.replace(b");", b",fetch('//a.example'));"),
    "a comment before a shard": b"<!--\n" + SHARD,
    "a mark before a shard": b"\xef\xbb\xbf" + SHARD,
    "the end of a script in a shard": SHARD.replace(b'","', b'","</script>', 1),
    "an escape in a shard": SHARD.replace(b'","', b'","\\u0022+x()+"', 1),
    "a template in a shard": SHARD.replace(b'"', b"`"),
    "another function": SHARD.replace(b"archiveSearch", b"eval", 1),
    "another script": b"new Image().src = '//a.example'",
    "nothing": b"",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_another_script_is_found_where_it_is_and_where_it_is_loaded(
    name: str, auditor: Auditor, tmp_path: Path
) -> None:
    site = lay(tmp_path, {**SITE, "search/search.js": SCRIPTS[name]})
    assert not is_own(SCRIPTS[name])
    expected = {("search.js", "script-file"), ("a.html", "script-src"), ("b.html", "script-src")}
    assert found(auditor, site) == expected
    beside = lay(tmp_path / "beside", {**SITE, "search/index/1.js": SCRIPTS[name]})
    assert found(auditor, beside) == {("1.js", "script-file")}


PAGES: Mapping[str, tuple[str, str, str]] = {
    "no policy": (POLICY_ELEMENT, "", "script-src"),
    "a policy after the script": (POLICY_ELEMENT, f"{SCRIPT}{POLICY_ELEMENT}", "script-src"),
    "a policy in the body": (POLICY_ELEMENT, f"<p>{POLICY_ELEMENT}", "script-src"),
    "a policy that is text": (POLICY_ELEMENT, f"<noscript>{POLICY_ELEMENT}</noscript>", "script-src"),
    "a policy that is only a report": ("Content-Security-Policy", "Content-Security-Policy-Report-Only", "script-src"),
    "a policy of other scripts": ("script-src 'self'", "script-src 'self' 'unsafe-inline'", "script-src"),
    "a policy of another host": ("script-src 'self'", "script-src 'self' a.example", "script-src"),
    "a policy with a wider one before": ("default-src", "script-src *; default-src", "script-src"),
    "a policy without the rest": ("default-src 'none'; ", "", "script-src"),
    "a script elsewhere": ("../search/search.js", "https://a.example/search.js", "script-src"),
    "a script of another host": ("../search/search.js", "//a.example/search.js", "script-src"),
    "a script at the root": ("../search/search.js", "/search/search.js", "script-src"),
    "a script above the site": ("../search/search.js", "../../search/search.js", "script-src"),
    "a script that is not there": ("../search/search.js", "../search/other.js", "script-src"),
    "a script with a query": ("../search/search.js", "../search/search.js?x", "script-src"),
    "a script in capitals": ("../search/search.js", "../search/SEARCH.js", "script-src"),
    "a module": ("<script defer", '<script type="module"', "script-module"),
    "a script in another encoding": ("<script defer", '<script charset="utf-16"', "script-src"),
    "a script with text": ("></script>", ">x()</script>", "script-inline"),
    "a script in a drawing": (SCRIPT, '<svg><script href="../search/search.js"></script></svg>', "script-src"),
    "a script in a frame": (
        SCRIPT, f"<iframe srcdoc='{POLICY_ELEMENT.replace(chr(39), '&#39;')}{SCRIPT}'></iframe>", "script-src",
    ),
    "an inline script": ("<body>", "<body><script>x()</script>", "script-inline"),
    "a handler": ("<script defer", "<script defer onload=x()", "event-handler"),
    "another base": ("<title>", '<base href="https://a.example/"><title>', "base-address"),
    "a picture elsewhere": ("../a.png", "https://a.example/a.png", "img-src"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_does_more_is_found(name: str, auditor: Auditor, tmp_path: Path) -> None:
    old, new, vector = PAGES[name]
    assert old in PAGE
    site = lay(tmp_path, {**SITE, "text/b.html": PAGE.replace(old, new, 1).encode()})
    assert ("b.html", vector) in found(auditor, site)
    assert {file for file, _ in found(auditor, site)} == {"b.html"}


def test_a_form_that_leads_elsewhere_is_listed(auditor: Auditor, tmp_path: Path) -> None:
    site = lay(tmp_path, {**SITE, "text/b.html": PAGE.replace("../search.html", "https://a.example/").encode()})
    names = [each.name for audited in auditor.audit(str(site)) for each in audited.findings]
    assert names == ["form-action"]


def test_a_page_of_somebody_else_may_have_our_search(auditor: Auditor, tmp_path: Path) -> None:
    policy = "DEFAULT-SRC 'none' ; script-src\t'self'; form-action 'self'"
    page = f'<html><meta http-equiv=content-security-policy content="{policy}"><script src=search/search.js></script>'
    assert found(auditor, lay(tmp_path, {**SITE, "other.html": page.encode()})) == set()


def test_a_site_in_an_archive_is_judged_as_in_a_folder(auditor: Auditor, tmp_path: Path) -> None:
    for name, files in (("a.zip", SITE), ("b.zip", {**SITE, "search/search.js": SCRIPTS["a byte more"]})):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for path, data in files.items():
                archive.writestr(path, data)
    before = auditor.loaded
    assert found(auditor, tmp_path / "a.zip") == set()
    assert auditor.loaded - before == 5
    assert {vector for _, vector in found(auditor, tmp_path / "b.zip")} == {"script-src", "script-file"}


@pytest.mark.slow
def test_a_site_of_ours_loads_nothing_but_its_own(tmp_path: Path) -> None:
    for form, name in (("site", "site"), ("zim", "a.zim")):
        assert run("--to", form, "-q", SEEDS, "-o", tmp_path / name).returncode == 0
        done = run("audit", "--strict", tmp_path / name)
        assert done.returncode == 0, done.stdout.decode()
        assert b"; loads 24 file(s), all of them its own\n" in done.stdout
