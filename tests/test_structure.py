"""Structure of the program: no circles of imports, no import hidden from the run, nothing too long to read."""

import ast
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "convert").rglob("*.py"))
LONGEST_FUNCTION = 60
LONGEST_MODULE = 400


def circles(imports: dict[str, set[str]]) -> list[set[str]]:
    """Find the groups of modules that import each other, directly or through others."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            for each in imports[ahead.pop()] - seen:
                seen.add(each)
                ahead.append(each)
        return seen

    all_reached = {each: reached(each) for each in imports}
    found: list[set[str]] = []
    for each, inside in all_reached.items():
        if each in inside and not any(each in group for group in found):
            found.append({other for other in inside if each in all_reached[other]})
    return found


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function of a module with its number of lines."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno
            yield f"{path.relative_to(ROOT).as_posix()}:{node.name}", node.end_lineno - node.lineno + 1


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == [{"b", "c"}]


def test_imports_have_no_circle() -> None:
    graph = grimp.build_graph("convert", cache_dir=None)
    assert len(graph.modules) >= len(MODULES) > 200
    assert circles({each: set(graph.find_modules_directly_imported_by(each)) for each in graph.modules}) == []


@pytest.mark.slow
@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_of_our_own_are_not_hidden_from_the_run(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for each in ast.walk(node):
                assert not (
                    isinstance(each, ast.ImportFrom) and (each.level or (each.module or "").startswith("convert"))
                )
                assert not (
                    isinstance(each, ast.Import) and any(name.name.startswith("convert") for name in each.names)
                )


def test_functions_keep_to_the_length() -> None:
    long = {name for path in MODULES for name, lines in functions(path) if lines > LONGEST_FUNCTION}
    assert not long


def test_modules_keep_to_the_length() -> None:
    long = {
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        if len(path.read_text("utf-8").splitlines()) > LONGEST_MODULE
    }
    assert not long
