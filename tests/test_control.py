"""Selection of the findings that are reported and counted: options, settings, comments in documents, baselines."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from helpers.data import ROOT, SEEDS
from helpers.program import run
from hypothesis import given, strategies as st
from msgspec.structs import replace

from convert import readers
from convert.checking.archive import check
from convert.cli import settings
from convert.cli.settings import SettingsError
from convert.codec import article_json
from convert.control import Control, inline, profiles
from convert.control.baseline import Baseline, BaselineError, decode, encode
from convert.control.codes import UnknownCode, codes
from convert.control.levels import levels_by_code
from convert.control.paths import PathSettings
from convert.control.profiles import PROFILES
from convert.document import read_and_clean
from convert.errors import ConvertError
from convert.messages import message
from convert.model import Finding
from convert.readers import READERS
from convert.readers.options import ReadOptions
from convert.report.base import Summary
from convert.rules import RULES
from convert.settings import Settings
from convert.sources import Source

WORDS = st.sampled_from([*RULES, *{code[:3] for code in RULES}, *(rule.name for rule in RULES.values())])
PATHS = st.sampled_from(["a.md", "pages/a.md", "pages/b.md", "old/pages/a.md"])


def of(code: str, path: str = "a.md", line: int = 1, said: str = "m", removed: str = "") -> Finding:
    rule = RULES[code]
    return Finding(code, rule.name, rule.level, message("said", words=said), path, line, 1, rule.fixable, removed)


FINDINGS = st.lists(
    st.builds(
        of,
        st.sampled_from(list(RULES)),
        PATHS,
        st.integers(1, 9),
        st.sampled_from(["m", "n", "纸\n::%25"]),
        st.sampled_from(["", "x"]),
    ),
    max_size=12,
)

# --- select and ignore ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("LKN", "there is no rule 'LKN'; did you mean LNK?"),
        ("lnk01", "there is no rule 'lnk01'; did you mean LNK001?"),
        ("relative-lnk", "there is no rule 'relative-lnk'; did you mean relative-link?"),
        ("zzz", "there is no rule 'zzz'; `convert explain` lists all"),
        ("", "there is no rule ''; `convert explain` lists all"),
    ],
)
def test_a_word_that_names_no_rule_gets_a_suggestion(word: str, expected: str) -> None:
    with pytest.raises(UnknownCode) as error:
        codes([word])
    assert str(error.value) == expected


@given(FINDINGS, st.lists(WORDS), st.lists(WORDS))
def test_the_laws_of_select_and_ignore(findings: list[Finding], select: list[str], ignore: list[str]) -> None:
    everything = Control().filter_findings(findings, "a.md")
    assert everything == findings
    chosen, passed = codes(select), codes(ignore)
    chosen_findings = Control(chosen, passed).filter_findings(findings, "a.md")
    assert chosen_findings == [each for each in findings if each.code in chosen and each.code not in passed]
    assert chosen_findings == Control(chosen, passed).filter_findings(chosen_findings, "a.md")
    assert chosen_findings == Control(None, passed).filter_findings(
        Control(chosen).filter_findings(findings, "a.md"), "a.md"
    )
    assert chosen_findings == Control(chosen).filter_findings(findings, "a.md", passed)
    left = Control(None, chosen).filter_findings(findings, "a.md")
    assert len(left) + len(Control(chosen).filter_findings(findings, "a.md")) == len(findings)


def test_selection_changes_report_and_counts_but_not_cleaning() -> None:
    def checked(control: Control) -> tuple[list[Finding], Summary]:
        found: list[Finding] = []
        return found, check([str(SEEDS)], Settings(workers=1, control=control), found.append)

    all_of_it, before = checked(Control())
    some, after = checked(Control(codes(["NAV", "SRC"]), codes(["NAV001"])))
    assert [each for each in all_of_it if each.code[:3] in ("NAV", "SRC") and each.code != "NAV001"] == some
    assert after.codes == Counter(each.code for each in some)
    assert after.levels == Counter(each.level for each in some)
    assert (after.documents, after.articles, after.not_articles, after.left_out) == (
        before.documents,
        before.articles,
        before.not_articles,
        before.left_out,
    )


# --- paths ----------------------------------------------------------------------------------------------------------

PATTERNS: Mapping[str, tuple[list[str], list[str]]] = {
    "old": (["old", "old/a.md", "pages/old/a.md"], ["older/a.md", "old.md"]),
    "/old": (["old/a.md"], ["pages/old/a.md"]),
    "pages/old/": (["pages/old/a.md", "pages/old/b/c.md"], ["x/pages/old/a.md"]),
    "./pages": (["pages/a.md", "x/pages/a.md"], ["pages2/a.md"]),
    "*.html": (["a.html", "x/a.html"], ["a.htm", "a.html.md"]),
    "pages/*.md": (["pages/a.md"], ["pages/x/a.md", "a.md"]),
    "pages/**/n?.md": (["pages/n1.md", "pages/a/b/n2.md"], ["pages/n12.md"]),
    "a+(b).md": (["a+(b).md", "x/a+(b).md"], ["ab.md", "aab.md"]),
    "[ab].md": (["a.md", "pages/b.md"], ["c.md", "ab.md", "[ab].md"]),
    "[!ab].md": (["c.md"], ["a.md"]),
    "n[0-9].md": (["n1.md"], ["n12.md", "nx.md"]),
    "\\*.md": (["*.md", "x/*.md"], ["a.md"]),
    "\\[a].md": (["[a].md"], ["a.md"]),
    "\\!a.md": (["!a.md"], ["a.md"]),
    "old/**": (["old/a.md", "old/x/a.md"], ["x/old/a.md"]),
    "# old": ([], ["# old", "old"]),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_of_paths(pattern: str) -> None:
    yes, no = PATTERNS[pattern]
    table = PathSettings((pattern,))
    assert [path for path in yes if not table.matches(path)] == []
    assert [path for path in no if table.matches(path)] == []


def test_a_later_pattern_takes_back_what_an_earlier_one_names() -> None:
    table = PathSettings(("*.md", "!keep.md", "old/keep.md"))
    assert [table.matches(path) for path in ("a.md", "keep.md", "x/keep.md", "old/keep.md")] == [
        True,
        False,
        False,
        True,
    ]
    assert not PathSettings(("old/", "!old/keep.md")).matches("keep.md")


def test_tables_of_paths_lie_over_one_another(tmp_path: Path) -> None:
    control = Control(
        codes(["LNK", "IMG"]),
        codes(["LNK001"]),
        (
            PathSettings(("old",), codes(["TXT", "LNK"]), codes(["TXT001"]), "error"),
            PathSettings(("*.html",), None, codes(["LNK"]), "info"),
        ),
        str(tmp_path),
    )
    assert control.selected_codes(str(tmp_path / "a.md")) == codes(["LNK", "IMG"]) - {"LNK001"}
    assert control.selected_codes(str(tmp_path / "old/a.md")) == codes(["TXT", "LNK"]) - {"LNK001", "TXT001"}
    assert control.selected_codes(str(tmp_path / "old/a.html")) == codes(["TXT"]) - {"TXT001"}
    assert [control.level(str(tmp_path / name)) for name in ("a.md", "old/a.md", "old/a.html")] == [
        None,
        "error",
        "info",
    ]


# --- settings -------------------------------------------------------------------------------------------------------


def test_the_published_schema_is_that_of_the_settings() -> None:
    published = article_json.published(settings.SCHEMA_NAME)
    assert settings.make_schema() == published, "run `make schema`"
    jsonschema.Draft202012Validator.check_schema(published)
    assert published["properties"]["from"]["enum"] == sorted(READERS)
    for struct in (published, *published["$defs"].values()):
        assert struct["additionalProperties"] is False
        for key, value in struct["properties"].items():
            assert value["title"], key
            assert value["description"], key
            judge = jsonschema.Draft202012Validator({**value, "$defs": published["$defs"]})
            assert value["examples"], key
            assert [error.message for example in value["examples"] for error in judge.iter_errors(example)] == []


FAULTS: Mapping[str, str] = {
    'selct = ["LNK"]': "selct: there is no such key; did you mean 'select'?",
    'base_url = "https://example.org/"': "base_url: there is no such key; did you mean 'base-url'?",
    '"a b" = 1': "choose one of: addresses, base-url, cache, conversion, dialects, from, ignore, level, ",
    'ignore = "LNK"': 'ignore: "LNK" should be a list, such as ["LNK"]',
    'ignore = ["LNK", 3]': "ignore[1]: 3 should be a string",
    'ignore = [""]': "ignore[0]: must not be empty",
    'select = ["LNK", "IGM"]': "select[1]: there is no rule 'IGM'; did you mean IMG?",
    'level = "warn"': "level: \"warn\" is not known; did you mean 'warning'?",
    "level = 3": "level: 3 is not known; choose one of: error, warning, info",
    'levels = ["LNK"]': "levels: ['LNK'] should be a table",
    'levels.LKN001 = "info"': "levels.LKN001: there is no rule 'LKN001'; did you mean LNK001?",
    'levels.LNK = "warn"': "levels.LNK: \"warn\" is not known; did you mean 'warning'?",
    'levels.LNK = "none"': 'levels.LNK: "none" is not known; choose one of: error, warning, info, off',
    'profile = "miror"': "profile: \"miror\" is not known; did you mean 'mirror'?",
    'strict = "yes"': 'strict: "yes" should be true or false',
    "strict = 2020-01-01": "strict: 2020-01-01 should be true or false",
    'base-url = "example.org"': 'base-url: "example.org" should be an absolute http or https address',
    'from = "markdwn"': "from: \"markdwn\" is not known; did you mean 'markdown'?",
    "from = 3": "from: 3 should be a string",
    "per-path = {}": "per-path: a table should be a list of tables; write [[",
    "select = []": "select: must not be empty; name at least one rule, or leave the key out for all",
    '[[per-path]]\npath = ["a"]\nselect = []': "per-path[0].select: must not be empty; name at least one rule",
    "[[per-path]]\nignore = []": "per-path[0]: the key 'path' is missing",
    "[[per-path]]\npath = []": "per-path[0].path: must not be empty",
    '[[per-path]]\npath = ["a"]\nignore = ["LKN"]': "per-path[0].ignore[0]: there is no rule 'LKN'; did you mean LNK?",
    '[[per-path]]\npath = ["a", "[ab.md"]': 'per-path[0].path[1]: "[ab.md" is no pattern of .gitignore',
    "[[per-path]]\npath = ['a\\']": "is no pattern of .gitignore; write \\[ and",
    '[[per-path]]\npath = ["[z-a]"]': 'per-path[0].path[0]: "[z-a]" is no pattern of .gitignore',
    '[[per-path]]\npath = ["!"]': 'per-path[0].path[0]: "!" is no pattern of .gitignore',
    'a = ["b"\nc': ":2:1: not TOML: unclosed array",
    "a = b": ":1:5: not TOML: invalid value",
}


@pytest.mark.parametrize("text", FAULTS)
@pytest.mark.parametrize("name", ["convert.toml", "pyproject.toml"])
def test_a_fault_in_the_settings_is_one_clear_line(
    text: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project = name == "pyproject.toml" and "not TOML" not in FAULTS[text]
    shown = "[tool.convert]\n" + text.replace("[[", "[[tool.convert.") if project else text
    (tmp_path / name).write_text(shown if project or name == "convert.toml" else f"{text}  # convert", "utf-8")
    with pytest.raises(SettingsError) as error:
        settings.load(name)
    said = str(error.value)
    assert said.startswith(name)
    assert FAULTS[text] in said
    assert "\n" not in said
    assert ("tool.convert." in said) == project
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('base_url = "https://example.org/"', "base_url：没有这个键；是不是想写 'base-url'？"),
        ('ignore = "LNK"', 'ignore："LNK" 应当是列表，例如 ["LNK"]'),
        ("level = 3", "level：没有 3 这个值；请选其中一个：error, warning, info"),
        ('base-url = "example.org"', 'base-url："example.org" 应当是完整的 http 或 https 网址'),
        ("per-path = {}", "per-path：表应当是表的列表；请在每个表上面写 [[per-path]]"),
        ("select = []", "select：不能为空；请至少写一条规则，要全部规则就去掉这个键"),
        ("[[per-path]]\nignore = []", "per-path[0]：缺少键 'path'"),
        ("[[per-path]]\npath = []", "per-path[0].path：不能为空"),
    ],
)
def test_fault_in_settings_has_a_sentence_in_chinese(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("convert.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError) as error:
        settings.load("convert.toml")
    assert error.value.text_in("zh") == f"convert.toml：{said}"


@pytest.mark.parametrize(("name", "above"), [("convert.toml", ""), ("pyproject.toml", "tool.convert.")])
def test_a_table_by_path_with_single_brackets(
    name: str, above: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(f'[{above}per-path]\npath = ["a"]\n', "utf-8")
    with pytest.raises(SettingsError, match=re.escape(f"; write [[{above}per-path]] above each")):
        settings.load(name)


def test_all_faults_are_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("convert.toml").write_text('slect = []\nstrict = 1\nignore = ["LKN"]\n', "utf-8")
    with pytest.raises(SettingsError) as error:
        settings.find(".")
    assert str(error.value) == (
        "convert.toml: slect: there is no such key; did you mean 'select'?\n"
        "convert: convert.toml: strict: 1 should be true or false\n"
        "convert: convert.toml: ignore[0]: there is no rule 'LKN'; did you mean LNK?"
    )


def test_settings_file_is_found_up_to_the_repository_root(tmp_path: Path) -> None:
    (tmp_path / "convert.toml").write_text('level = "info"\n', "utf-8")
    inner = tmp_path / "repository" / "a" / "b"
    inner.mkdir(parents=True)
    assert settings.find(str(inner)).path == "", "outside of a repository only the folder itself counts"
    assert settings.find(str(tmp_path)).path == str(tmp_path / "convert.toml")
    (tmp_path / "repository" / ".git").mkdir()
    assert settings.find(str(inner)).path == "", "nothing above the root of the repository counts"
    project = tmp_path / "repository" / "pyproject.toml"
    project.write_text('[tool.convert]\nlevel = "error"\n', "utf-8")
    (tmp_path / "repository" / "a" / "pyproject.toml").write_text('[project]\nname = "convert"\n', "utf-8")
    assert settings.find(str(inner)).path == str(project)
    assert settings.find(str(inner)).defaults("validate") == {"level": "error"}
    own = project.with_name("convert.toml")
    own.write_text("", "utf-8")
    assert settings.find(str(inner)).path == str(own)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a = '\xff'\n", "convert.toml:1: not UTF-8; save the file as UTF-8"),
        (b"a = " + b"[" * 9999, "convert.toml: not TOML: too many brackets inside one another"),
        (None, "cannot be read: is a directory"),
    ],
)
def test_settings_that_cannot_be_read(
    data: bytes | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if data is None:
        Path("convert.toml").mkdir()
    else:
        Path("convert.toml").write_bytes(data)
    with pytest.raises(SettingsError) as error:
        settings.load("convert.toml")
    assert said in str(error.value)


def test_the_command_line_wins() -> None:
    per_path = settings.PerPath(path=("old",), select=("TXT",), ignore=("SRC",), level="error")
    found = settings.Found("", settings.ConfigFile(select=("LNK",), ignore=("LNK001",), per_path=(per_path,)))
    plain = found.control([], [])
    assert plain.selected_codes("a") == codes(["LNK"]) - {"LNK001"}
    assert (plain.selected_codes("old/a"), plain.level("old/a")) == (codes(["TXT"]), "error")
    assert found.control([], ["LNK002"]).selected_codes("a") == codes(["LNK003", "LNK004", "LNK005"])
    selected = found.control(["LNK001", "SRC"], ["SRC001"], by_path=False)
    assert selected.selected_codes("old/a") == selected.selected_codes("a") == codes(["LNK001", "SRC"]) - {"SRC001"}
    assert selected.level("old/a") is None


# --- levels ---------------------------------------------------------------------------------------------------------

LEVELS = st.sampled_from(["error", "warning", "info", "off"])


@pytest.mark.parametrize(
    ("wanted", "code", "level"),
    [
        ({"LNK": "info"}, "LNK002", "info"),
        ({"lnk001": "error", "LNK": "off"}, "LNK001", "error"),
        ({"LNK": "off", "relative-link": "warning"}, "LNK001", "warning"),
        ({"relative-link": "warning", "LNK001": "error"}, "LNK001", "error"),
        ({"LNK001": "error"}, "LNK002", None),
    ],
)
def test_level_of_a_rule_takes_precedence_over_its_family(wanted: Any, code: str, level: str | None) -> None:
    assert levels_by_code(wanted).get(code) == level


@given(FINDINGS, st.dictionaries(st.sampled_from(list(RULES)), LEVELS))
def test_levels_change_levels_and_nothing_else(findings: list[Finding], levels: Any) -> None:
    control = settings.Found("", settings.ConfigFile(levels=levels)).control([], [])
    assert control.filter_findings(findings, "a.md") == [
        replace(each, level=levels.get(each.code, each.level)) for each in findings if levels.get(each.code) != "off"
    ]


@pytest.mark.slow
def test_levels_decide_what_is_counted_but_not_what_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes((ROOT / "tests" / "rules" / "SRC008" / "bad.md").read_bytes())
    (tmp_path / "convert.toml").write_text('[levels]\nSRC008 = "off"\nIMG001 = "error"\nNAV = "off"\n', "utf-8")
    shutil.copytree(SEEDS / "pages" / "nf9000001", tmp_path / "pages" / "nf9000001")
    done = run("validate", "--report", "json", ".", cwd=tmp_path)
    summary = json.loads(done.stdout)["summary"]
    assert done.returncode == 3
    assert {"SRC008", "NAV001"} & summary["codes"].keys() == set()
    assert summary["levels"]["error"] == summary["codes"]["IMG001"]
    assert run("--to", "json", "bad.md", "-o", "out", cwd=tmp_path).returncode == 4, "nothing to convert"
    selected = json.loads(run("validate", "--report", "json", "--select", "SRC008", "bad.md", cwd=tmp_path).stdout)
    assert [(each["code"], each["level"]) for each in selected["findings"]] == [("SRC008", "error")]


@pytest.mark.parametrize("name", PROFILES)
def test_profile_names_rules_that_exist_and_hides_no_error_and_no_loss(name: str) -> None:
    levels = profiles.load(name).levels
    assert set(levels) <= set(RULES)
    assert "off" not in levels.values()
    assert [code for code in levels if RULES[code].level == "error"] == []
    losses = "ART002 ART003 ART004 ART005 ART006 ART007 ART008 HTM002 HTM009 IMG003 IMG004 IMG006 LNK002 LNK003 TXT006"
    assert set(losses.split()) & set(levels) == set()


@pytest.mark.slow
def test_profile_is_beneath_the_settings_and_those_beneath_the_command_line(tmp_path: Path) -> None:
    page = (ROOT / "tests" / "rules" / "ART010" / "bad.md").read_text("utf-8")
    (tmp_path / "a.md").write_text(page, "utf-8")

    def said(settings: str, *arguments: str) -> list[str]:
        (tmp_path / "convert.toml").write_text(settings, "utf-8")
        lines = run("validate", *arguments, "a.md", cwd=tmp_path).stdout.decode().splitlines()
        return re.findall(r"\d: (\w+) ART010", "\n".join(lines)) + [each for each in lines if each.startswith("only")]

    counted = ["only counted, by their level: 1 ART010 long-heading; --level info shows them"]
    assert said("") == ["warning"]
    assert said("", "--profile", "mirror") == said('profile = "mirror"') == counted
    assert said('profile = "mirror"\n[levels]\nART = "error"\n') == ["error"]
    assert said('profile = "mirror"\nlevel = "info"') == said('profile = "mirror"', "--level", "info") == ["info"]
    assert said('profile = "mirror"', "--isolated") == ["warning"]


# --- comments in documents ------------------------------------------------------------------------------------------

COMMENT = "<!-- convert: ignore LNK002, txt -->"
SAVED = "<!DOCTYPE html><html><head><meta charset='{0}'><title>纸的历史</title><link rel='canonical' href='https://example.org/a'></head><body><article><h1>纸的历史</h1><p>纸放进水里会散开，放进书里能留一千年。墨要慢慢磨，字要慢慢写。</p>{1}<p>纸鸢飞上天，墨香留在纸上。</p></article></body></html>"
MARKDOWN = (
    "---\ntitle: 纸\nsource: https://example.org/a\n---\n\n# 纸\n\n纸放进水里会散开。\n\n{}\n\n放进书里能留一千年。\n"
)
MIRROR = (ROOT / "tests" / "rules" / "SRC006" / "good.md").read_text("utf-8")
DOCUMENTS: Mapping[str, tuple[str, bytes, bytes]] = {
    "mirror": ("mirror", MIRROR.encode(), MIRROR.replace(" <p>\n", f" {COMMENT}\n <p>\n").encode()),
    "mirror, after the last line": ("mirror", MIRROR.encode(), f"{MIRROR}\n\n{COMMENT}\n".encode()),
    "mirror, under the title": (
        "mirror",
        MIRROR.encode(),
        MIRROR.replace("\n\n---", f"\n\n{COMMENT}\n\n---", 1).encode(),
    ),
    "markdown": ("markdown", MARKDOWN.format("").encode(), MARKDOWN.format(COMMENT).encode()),
    **{
        f"html, {encoding}": (
            "html",
            SAVED.format(encoding, "").encode(encoding),
            SAVED.format(encoding, COMMENT).encode(encoding),
        )
        for encoding in ("utf-8", "gb18030", "utf-16")
    },
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_comment_silences_its_document_and_stays_out_of_the_article(name: str, tmp_path: Path) -> None:
    form, without, with_it = DOCUMENTS[name]
    assert inline.may_hold(with_it)
    assert inline.ignores(readers.commented(with_it, ReadOptions(form))) == (codes(["LNK002", "TXT"]), [])
    before, *_ = read_and_clean(Source("", "a", without), how=ReadOptions(form))
    after, findings, *_ = read_and_clean(Source("", "a", with_it), how=ReadOptions(form))
    assert before is not None
    assert after is not None
    assert replace(after, source=before.source) == before
    assert [each for each in findings if each.code == "SRC010"] == []


def test_a_comment_with_a_colon_says_how_it_is_written() -> None:
    ignored, notes = inline.ignores("<p>纸</p><!-- convert: ignore: LNK002 -->")
    assert ignored == frozenset()
    assert [str(note.message) for note in notes] == ["a colon is too many; write <!-- convert: ignore LNK001 -->"]


def test_a_comment_is_no_comment_in_json() -> None:
    article, *_ = read_and_clean(Source("", "a.md", MIRROR.encode()))
    assert article is not None
    data = article_json.encode(replace(article, title="<!-- convert: ignore NOTHING -->"))
    assert inline.may_hold(data)
    assert readers.commented(data) == ""


def test_inline_ignore_hides_only_its_codes_from_report_and_counts(tmp_path: Path) -> None:
    page = (ROOT / "tests" / "rules" / "LNK002" / "bad.md").read_text("utf-8")
    loud, silent = tmp_path / "loud.md", tmp_path / "silent.md"
    loud.write_text(page, "utf-8")
    silent.write_text(page.replace(" <p>\n", " <!-- convert: ignore LNK002, SRC010, LKN -->\n <p>\n", 1), "utf-8")
    found: list[Finding] = []
    summary = check([str(silent)], Settings(), found.append)
    assert {each.code for each in found} & {"LNK002", "SRC010"} == set()
    assert summary.codes == Counter(each.code for each in found)
    check([str(loud)], Settings(), found.append)
    assert "LNK002" in {each.code for each in found}


def test_a_comment_does_not_soften_a_strict_conversion(tmp_path: Path) -> None:
    page = (ROOT / "tests" / "rules" / "LNK002" / "bad.md").read_text("utf-8")
    (tmp_path / "a.md").write_text(page.replace(" <p>\n", " <!-- convert: ignore LNK002 -->\n <p>\n", 1), "utf-8")
    assert run("validate", "--strict", "--isolated", "a.md", cwd=tmp_path).returncode == 0
    done = run("--to", "json", "--strict", "a.md", "-o", "out", cwd=tmp_path)
    assert done.returncode == 3
    assert b"LNK002" in done.stderr
    assert not (tmp_path / "out").exists()


@given(st.lists(st.sampled_from(["<!--", "-->", " convert:", " ignore", " LNK001", ",", "<", ">", "\n", "纸", "zzz"])))
def test_inline_ignores_of_any_text_have_valid_positions(parts: list[str]) -> None:
    text = "".join(parts)
    ignored, notes = inline.ignores(text)
    assert ignored <= {"LNK001"}
    assert all(text.split("\n")[note.place.line - 1][note.place.column - 1] in "<Lzc纸-i" for note in notes)


# --- baselines ------------------------------------------------------------------------------------------------------


@given(FINDINGS, FINDINGS)
def test_the_laws_of_baselines(first: list[Finding], second: list[Finding]) -> None:
    def seen(findings: list[Finding], before: Counter[Any] | None = None) -> tuple[Baseline, list[Finding]]:
        baseline = Baseline(before)
        return baseline, [each for each in findings if not baseline.covers(each)]

    today, new = seen(first)
    assert new == first
    data = b"".join(encode(today.now))
    assert decode(data, "b") == today.now
    assert b"".join(encode(seen(first[::-1])[0].now)) == data
    assert "line" not in data.decode()
    moved, new = seen([replace(each, line=each.line + 7, column=3) for each in first], decode(data, "b"))
    assert (new, moved.count_gone()) == ([], 0)
    later, new = seen(second, today.now)
    assert len(second) - len(new) == len(first) - later.count_gone()
    assert seen(first + second, today.now)[1] == second
    lines = data.decode().splitlines()
    assert len(lines) == len(today.now) + (2 if today.now else 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "levels"),
    [
        (("--level", "error"), {"error"}),
        ((), {"error", "warning"}),
        (("--level", "info"), {"error", "warning", "info"}),
        (("--report", "json"), {"error", "warning", "info"}),
        (("--profile", "mirror", "--ignore", "short-body"), {"error"}),
        (("--config", "by_path.toml"), {"error"}),
    ],
)
def test_baseline_holds_what_would_be_reported(arguments: tuple[str, ...], levels: set[str], tmp_path: Path) -> None:
    for code in ("ART001", "ART010", "IMG001"):
        shutil.copy(ROOT / "tests" / "rules" / code / "bad.md", tmp_path / f"{code}.md")
    (tmp_path / "by_path.toml").write_text('[[per-path]]\npath = ["*.md"]\nlevel = "error"\n', "utf-8")
    written = run("validate", "--write-baseline", "b", *arguments, ".", cwd=tmp_path)
    held = json.loads((tmp_path / "b").read_bytes())["findings"]
    assert {RULES[each["code"]].level for each in held} == levels
    assert f"{sum(each['count'] for each in held)} finding(s) written to b" in written.stderr.decode()
    if "json" not in arguments:
        again = run("validate", "--baseline", "b", *arguments, ".", cwd=tmp_path)
        assert (again.returncode, again.stdout.count(b"\n"), again.stderr) == (0, 1 + ("mirror" in arguments), b"")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "input data was truncated"),
        (b"{", "input data was truncated"),
        (b"x", "JSON is malformed"),
        (b"[]", "expected 'object', got 'array'"),
        (b'{"version": 1, "findings": []}', "another version of this program wrote it"),
        (b'{"version": 2, "findings": [{"code": "LNK001"}]}', "missing required field 'path' - at '$.findings[0]'"),
        (b'{"version": 2, "findings": [], "more": 1}', "unknown field 'more'"),
        (b'{"version": 2, "findings": [{"code": "\xff"}]}', "not UTF-8"),
    ],
)
def test_a_damaged_baseline_is_a_clear_error(data: bytes, reason: str) -> None:
    with pytest.raises(BaselineError) as error:
        decode(data, "b.json")
    said = str(error.value)
    assert said.startswith("cannot read the baseline 'b.json': ")
    assert reason.lower() in said.lower()
    assert said.endswith("; write it again with --write-baseline b.json")
    assert isinstance(error.value, ConvertError)


@pytest.mark.slow
def test_a_baseline_of_an_archive_tells_nothing_about_it(tmp_path: Path) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds")

    def validate(*arguments: str) -> tuple[int, dict[str, Any], str]:
        done = run("validate", "--report", "json", *arguments, "seeds", cwd=tmp_path)
        return done.returncode, json.loads(done.stdout), done.stderr.decode()

    file = tmp_path / "seeds" / "baseline.json"  # inside of what it is about: it is no finding itself
    status, report, said = validate("--write-baseline", "seeds/baseline.json")
    assert (status, report["findings"]) == (0, [])
    first = file.read_bytes()
    assert said.endswith("finding(s) written to seeds/baseline.json\n")
    assert validate("--write-baseline", "seeds/baseline.json")[0] == 0
    assert file.read_bytes() == first
    status, report, said = validate("--baseline", "seeds/baseline.json")
    assert (status, report["findings"], report["summary"]["levels"], said) == (0, [], {}, "")
    (tmp_path / "seeds" / "pages" / "nf9000001" / "n90000002.md").unlink()
    _, report, said = validate("--baseline", "seeds/baseline.json", "--select", "IMG001")
    assert (report["findings"], said) == ([], "1 finding(s) of the baseline are gone; write it again\n")
    done = run("validate", "--baseline", "seeds/baseline.json", "seeds/pages/nf9000002", cwd=tmp_path)
    assert done.stderr == b"", "what was not asked for is not gone"
