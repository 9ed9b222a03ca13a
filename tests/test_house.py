"""The house has floors: a room imports from its own floor or from below, and rules need NumPy alone."""

import ast
import importlib
from pathlib import Path

import pytest

import descent
from descent import Rule, Surface

CODE = Path(__file__).parents[1] / "code"
FLOORS = {
    "arguments": 0,
    "trace": 0,
    "rules": 1,
    "conventions": 1,
    "schedules": 1,
    "surfaces": 1,
    "models": 1,
    "network": 1,
    "datasets": 1,
    "coursework": 1,
    "sources": 2,
    "path": 2,
    "figures": 3,
    "render": 3,
    "sliders": 4,
    "lab": 4,
    "book": 5,
}
FILES = [path for path in CODE.rglob("*.py") if path != CODE / "descent" / "__init__.py"]


def imports(path: Path) -> set[str]:
    """The modules that a file names in its imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}


def room(module: str) -> str:
    """descent.rules.adam is in the room "rules"."""
    return module.split(".")[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CODE)))
def test_a_room_imports_from_its_own_floor_or_below(path: Path) -> None:
    here = FLOORS[room(".".join(path.relative_to(CODE).with_suffix("").parts))]
    assert not [name for name in imports(path) if name.startswith("descent.") and FLOORS[room(name)] > here]


@pytest.mark.parametrize("path", sorted((CODE / "descent" / "rules").glob("*.py")), ids=lambda path: path.name)
def test_a_rule_needs_numpy_alone(path: Path) -> None:
    assert {name.split(".")[0] for name in imports(path)} <= {
        "numpy",
        "descent",
        "collections",
        "dataclasses",
        "numbers",
        "typing",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CODE)))
def test_every_rule_and_surface_is_public(path: Path) -> None:
    module = ".".join(path.relative_to(CODE).with_suffix("").parts).removesuffix(".__init__")
    if room(module) in ("rules", "surfaces"):
        for name, thing in vars(importlib.import_module(module)).items():
            if isinstance(thing, Surface) or (isinstance(thing, type) and issubclass(thing, Rule)):
                assert getattr(descent, name, None) is thing, (
                    f"{name} of {path.name} is missing in __all__, or the file is"
                )


def test_the_folder_code_does_not_hide_the_standard_librarys_module() -> None:
    assert not (CODE / "__init__.py").exists()
