"""The reference in the back of the book: every public name is there, and says something."""

import importlib
import pkgutil
import re
from types import ModuleType

import pytest

import descent
from descent import Rule
from descent.book.reference import public
from test_pages import read

PAGE = "chapters/reference.html"
MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(descent.__path__, "descent.")
    if not module.name.startswith("descent.book")
]
OFFERS = [module for module in MODULES if hasattr(module, "__all__")]
NAMES = {address: getattr(module, name) for module in OFFERS for name, address in public(module).items()}


def test_what_a_reader_can_import_is_what_the_rooms_offer() -> None:
    found = {f"descent.{name}" for name, thing in vars(descent).items() if not isinstance(thing, ModuleType)}
    assert {name for name in found if not name.startswith("descent._")} == {n for n in NAMES if n.count(".") == 1}


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_in_the_reference(name: str) -> None:
    entry = read(PAGE).find("dt", id=name)
    assert entry, "the page has no {room} of this module"
    said = entry.find_next_sibling("dd").get_text()
    assert said.strip()
    assert not re.search(r"`|e-0\d|: Any\b", said + entry.get_text())


@pytest.mark.parametrize(
    "name",
    [n for n, thing in NAMES.items() if isinstance(thing, type) and issubclass(thing, Rule) and thing is not Rule],
)
def test_a_rule_has_its_formulas_and_its_code(name: str) -> None:
    said = read(PAGE).find("dt", id=name).find_next_sibling("dd")
    assert len(said.select(".math .katex")) == 1
    assert "def update(self, theta, g, state, t):" in said.select_one("details pre").text
