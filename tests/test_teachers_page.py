"""What the teachers' page and the README promise exists: every command parses, every assignment is offered."""

import re
import shlex
from pathlib import Path

import pytest

from grader.__main__ import parser
from grader.course import PUBLIC

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "chapters" / "assign.md"]
TEXTS = [page.read_text(encoding="utf-8") for page in PAGES]
COMMANDS = sorted({line for text in TEXTS for line in re.findall(r"^python -m grader (.+?)(?: +#.*)?$", text, re.M)})


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_teachers_page_is_one(command: str) -> None:
    assert callable(parser().parse_args(shlex.split(command)).do)


def test_the_page_shows_every_command() -> None:
    there = re.findall(r"^    (\w+) ", parser().format_help(), re.M)
    assert sorted({command.split()[0] for command in COMMANDS}) == sorted(set(there) - {"COMMAND"})


@pytest.mark.parametrize("master", sorted(PUBLIC.glob("source/*/*.ipynb")), ids=lambda path: path.stem)
def test_every_assignment_is_offered_for_download(master: Path) -> None:
    assert f"coursework/release/{master.name}>" in TEXTS[1]
