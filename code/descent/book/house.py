"""The house: which room of the package is on which floor, and a figure of it that is read from the code."""

import ast
from importlib import import_module
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

PACKAGE = Path(__file__).parents[1]

# From the ground up: what a floor is for, and its rooms. A room imports from its own floor or from below.
FLOORS = (
    ("what everything stands on", ("arguments", "trace")),
    (
        "what is written down once",
        ("rules", "conventions", "schedules", "surfaces", "models", "network", "datasets", "coursework"),
    ),
    ("what walks", ("sources", "path")),
    ("what is put on paper", ("render", "figures")),
    ("what moves", ("sliders", "lab")),
    ("what makes pages", ("book",)),
)
FLOOR_OF = {room: floor for floor, (_, rooms) in enumerate(FLOORS) for room in rooms}


def files(room: str) -> list[Path]:
    """The Python files of a room, which is one file or a folder."""
    return sorted((PACKAGE / room).rglob("*.py")) or [PACKAGE / f"{room}.py"]


def imports(path: Path) -> set[str]:
    """The modules that a file names in its imports, and what it takes from them."""
    found = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in found if isinstance(node, ast.Import) for alias in node.names}
    return plain | {
        f"{node.module}.{alias.name}" for node in found if isinstance(node, ast.ImportFrom) for alias in node.names
    }


def used(path: Path) -> set[str]:
    """The rooms that a file imports from: descent.rules.adam is in the room "rules"."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("descent.")}


def uses(room: str) -> list[str]:
    """The other rooms that a room imports from, from the ground up."""
    every = set().union(*map(used, files(room)))
    return [other for other in FLOOR_OF if other in every - {room}]


class Floors(SphinxDirective):
    """The floors with their rooms, the top one first: ``{floors}``, and as its content the caption."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The figure, a list in a list: it is its own alternative text."""
        floors = nodes.bullet_list()
        for number, (what, rooms) in reversed(list(enumerate(FLOORS))):
            floors += nodes.list_item("", nodes.paragraph("", f"{number}: {what}"), self.drawn(rooms))
        caption = nodes.caption("", "", *self.parse_inline(" ".join(self.content))[0])
        return [nodes.figure("", floors, caption, classes=["floors"])]

    def drawn(self, rooms: tuple[str, ...]) -> nodes.bullet_list:
        """One floor: each room with what it says of itself, and what it uses."""
        floor = nodes.bullet_list()
        for room in rooms:
            for path in files(room):
                self.env.note_dependency(str(path))
            says = (import_module(f"descent.{room}").__doc__ or "").partition("\n\n")[0]
            others = ", ".join(uses(room)) or "no other room"
            floor += nodes.list_item(
                "",
                nodes.paragraph("", "", nodes.strong("", room)),
                nodes.paragraph("", says),
                nodes.paragraph("", f"uses {others}", classes=["uses"]),
            )
        return floor


def connect(app: Sphinx) -> None:
    """Hook into the build."""
    app.add_directive("floors", Floors)
    app.add_css_file("house.css")
