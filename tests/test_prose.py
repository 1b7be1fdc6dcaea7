"""The words that scripts/prose.py reports, and the texts in which it looks for them."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from helpers.data import ROOT

MODULE = """class Result:
    \"\"\"Result of a run.\"\"\"

    count: Annotated[int, Meta(description="How many there are.")] = 0
    \"\"\"Whether there are any.\"\"\"

    def refuse(self) -> None:
        raise UsageError(message("What is told twice."))
"""


@pytest.fixture(scope="module")
def prose() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "scripts" / "prose.py"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What came of a conversion.", ["What"]),
        ("\n    Whether links stay.\n", ["Whether"]),
        ("How many articles are in it.", ["How many"]),
        ("Why it was not measured.", ["Why"]),
        ("One rule.", ["One"]),
        ("It was closed.", ["It"]),
        ("Where a link that is not believed leads.", ["Where", "believed"]),
        ("Result of a conversion.", []),
        ("Return what was found.", []),
        ("`What` as the first word of a quotation.", []),
        ("Whole text.", []),
    ],
)
def test_headless_docstring_is_reported(prose: dict[str, Any], text: str, words: list[str]) -> None:
    assert [word for _, word, _ in prose["faults"](text, described=True)] == words


def test_message_may_begin_with_any_word(prose: dict[str, Any]) -> None:
    assert [word for _, word, _ in prose["faults"]("What is told twice.", described=False)] == ["told"]


def test_docstrings_descriptions_and_messages_are_found(prose: dict[str, Any], tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(MODULE, "utf-8")
    assert sorted(prose["texts_of"](module)) == [
        (2, "Result of a run.", True),
        (4, "How many there are.", True),
        (5, "Whether there are any.", True),
        (8, "What is told twice.", False),
    ]
