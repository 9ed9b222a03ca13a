"""The house has floors: a room imports from its own floor or from below, and rules need NumPy alone."""

import importlib
import sys
from pathlib import Path

import pytest

import descent
from descent import Rule, Surface
from descent.book.house import FLOOR_OF, files, imports, used, uses

CODE = Path(__file__).parents[1] / "code"
FILES = [path for path in CODE.rglob("*.py") if path != CODE / "descent" / "__init__.py"]


def room(path: Path) -> str:
    """code/descent/rules/adam.py is in the room "rules"."""
    return path.relative_to(CODE / "descent").with_suffix("").parts[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CODE)))
def test_a_room_imports_from_its_own_floor_or_below(path: Path) -> None:
    assert not [other for other in used(path) if FLOOR_OF[other] > FLOOR_OF[room(path)]]


def test_every_file_is_in_a_room() -> None:
    assert sorted(path for each in FLOOR_OF for path in files(each)) == sorted(FILES)


def test_what_a_room_uses_is_read_from_its_imports() -> None:
    assert uses("sliders") == ["figures"]
    assert uses("path") == ["arguments", "rules", "schedules", "sources"]


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


DEFINED = [path for path in FILES if room(path) in ("rules", "surfaces")]


@pytest.mark.parametrize("path", DEFINED, ids=lambda path: str(path.relative_to(CODE)))
def test_every_rule_and_surface_is_public(path: Path) -> None:
    module = ".".join(path.relative_to(CODE).with_suffix("").parts).removesuffix(".__init__")
    for name, thing in vars(importlib.import_module(module)).items():
        if isinstance(thing, Surface) or (isinstance(thing, type) and issubclass(thing, Rule)):
            assert getattr(descent, name, None) is thing, f"{name} of {path.name} is missing in __all__, or the file is"


def test_no_room_hides_another() -> None:
    for each in FLOOR_OF:
        name = f"descent.{each}"
        assert getattr(descent, each, sys.modules.get(name)) is sys.modules.get(name)


def test_the_folder_code_does_not_hide_the_standard_librarys_module() -> None:
    assert not (CODE / "__init__.py").exists()
