"""The chapters' sources: notebooks stored the way `make outputs` stores them, quizzes that explain every choice."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from descent.book.outputs import KERNEL, WIDGET
from test_pages import CHAPTERS, ROOT

FILES = sorted(path for path in (ROOT / "chapters").iterdir() if path.suffix in (".ipynb", ".md"))
NOTEBOOKS = [path for path in FILES if path.suffix == ".ipynb"]

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)

QUIZ = re.compile(r"^::::\{admonition\}[^\n]*\n:class: quiz\n(.*?)^::::$", re.MULTILINE | re.DOTALL)
CHOICE = re.compile(r"^:::\{dropdown\} (\S[^\n]*)\n(.*?)^:::$", re.MULTILINE | re.DOTALL)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def prose(path: Path) -> list[str]:
    """The file's Markdown, cell by cell."""
    if path.suffix == ".md":
        return [path.read_text(encoding="utf-8")]
    return [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]


def test_the_table_of_contents_names_every_chapter_once() -> None:
    assert sorted(CHAPTERS) == sorted(str(path.relative_to(ROOT).with_suffix("").as_posix()) for path in FILES)


@every_notebook
def test_outputs_are_stored(path: Path) -> None:
    for cell in read(path).cells:
        if cell.cell_type == "code":
            assert isinstance(cell.execution_count, int), f"not run (`make outputs` runs it): {cell.source[:80]}"
            assert not [output for output in cell.outputs if output.output_type == "error"], cell.source[:80]


@every_notebook
def test_cells_ran_once_from_top_to_bottom(path: Path) -> None:
    counts = [cell.execution_count for cell in read(path).cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


@every_notebook
def test_no_widget_is_stored(path: Path) -> None:
    outputs = [output for cell in read(path).cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if WIDGET in output.get("data", {})]
    assert "widgets" not in read(path).metadata


@every_notebook
def test_no_machine_leaves_its_mark(path: Path) -> None:
    notebook = read(path)
    assert notebook.metadata == {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    assert [cell.id for cell in notebook.cells] == [f"cell-{number:02}" for number in range(1, len(notebook.cells) + 1)]


@every_notebook
def test_no_figure_is_left_unfinished(path: Path) -> None:
    texts = [
        out.data.get("text/plain", "") for cell in read(path).cells for out in cell.get("outputs", []) if "data" in out
    ]
    assert not [text for text in texts if text.startswith("<Figure")], "finish it with picture(figure, alt=…)"


@every_notebook
def test_a_chapter_is_at_most_a_megabyte(path: Path) -> None:
    assert path.stat().st_size <= 1_000_000


@every_file
def test_a_quiz_explains_every_choice_and_has_one_right(path: Path) -> None:
    text = "\n\n".join(prose(path))
    quizzes = QUIZ.findall(text)
    assert len(quizzes) == text.count(":class: quiz"), "a quiz is not closed"
    assert not re.search(r"^::::\{admonition\}[^\n]*\n(?!:class: quiz\n)[^:]*:::\{dropdown\}", text, re.MULTILINE), (
        "a quiz without :class: quiz"
    )
    for quiz in quizzes:
        choices = CHOICE.findall(quiz)
        assert len(choices) == quiz.count("{dropdown}") >= 2, f"a choice is not closed, or has no text: {quiz}"
        assert all(explanation.strip() for _, explanation in choices), f"a choice has no explanation: {quiz}"
        right = sum(explanation.startswith("**Right**") for _, explanation in choices)
        assert right == 1, f"exactly one explanation must begin with **Right**, found {right}: {quiz}"
