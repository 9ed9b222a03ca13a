"""The assignments: masters that pass their own checks, checks that know a mistake when they see one."""

import contextlib
import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from grader import checks
from grader.grading import checked
from grader.versions import student_version
from test_pages import ROOT

MASTERS = sorted((ROOT / "coursework" / "source").glob("*/*.ipynb"))
CHECKS = sorted((ROOT / "coursework" / "checks").glob("*.py"))
STUDENTS = ("ada", "bo", "cy")
SOLUTION = re.compile(r"^[^\n]*### BEGIN SOLUTION\n(.*?)^[^\n]*### END SOLUTION$", re.MULTILINE | re.DOTALL)

every_master = pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
every_check = pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.stem)


def load(path: Path) -> checks.Check:
    return checks.load(path.read_text(encoding="utf-8"), path.stem)


def found(check: checks.Check, theirs: dict[str, Any], seed: int = 0) -> checks.Finding:
    """What the check finds in a notebook with these names: the driver runs in it, its answers are scored."""
    trials = checks.cases(check, seed)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(checks.driver(check, trials, "told "), theirs)
    student, told = json.loads(printed.getvalue().strip().removeprefix("told "))
    assert student == theirs["STUDENT"]
    return checks.score(check, trials, told, student)


@cache
def labels(page: str) -> set[str]:
    """The labels in a chapter's source."""
    path = ROOT / "chapters" / page
    if path.with_suffix(".md").exists():
        text = path.with_suffix(".md").read_text(encoding="utf-8")
    else:
        cells = nbformat.read(path.with_suffix(".ipynb"), 4).cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return set(re.findall(r"^\(([\w-]+)\)=$", text, re.MULTILINE))


@every_check
def test_the_right_answer_gets_all_points(path: Path) -> None:
    check = load(path)
    for seed, student in enumerate(STUDENTS):
        right, _ = check.answer(student)
        finding = found(check, {check.asks: right, "STUDENT": student}, seed)
        assert finding.share == 1, (finding.says, finding.shows)


@every_check
def test_every_mistake_is_called_by_its_name(path: Path) -> None:
    check = load(path)
    for seed, student in enumerate(STUDENTS):
        for bug in check.answer(student)[1]:
            finding = found(check, {check.asks: bug.wrong, "STUDENT": student}, seed)
            assert (finding.bug, finding.says, finding.chapter) == (bug.name, bug.says, bug.chapter), finding
            assert bug.worth <= finding.share < 1


@every_check
def test_a_mistake_is_explained_where_its_link_leads(path: Path) -> None:
    _, bugs = load(path).answer("ada")
    assert bugs
    for bug in bugs:
        page, _, label = bug.chapter.partition(".html#")
        assert label in labels(page), f"{bug.name}: {bug.chapter}"
        assert len(bug.says) > 20


def test_every_check_belongs_to_one_graded_cell() -> None:
    asked = [name for path in MASTERS for name in checked(nbformat.read(path, 4))]
    assert sorted(asked) == [path.stem for path in CHECKS]


def solved(cell: Any) -> str:
    """A cell's source as a student would leave it who found the master's solution."""
    return re.sub(r"^.*### (BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.MULTILINE)


@every_master
def test_the_masters_own_solutions_pass_the_public_checks(path: Path) -> None:
    namespace: dict[str, Any] = {}
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "code":
            with contextlib.redirect_stdout(io.StringIO()):
                exec(solved(cell), namespace)


@every_master
def test_the_masters_own_solutions_pass_the_hidden_checks(path: Path) -> None:
    """As in grading, a hidden check stands in a public one's place: no other cell may need what that one defines."""
    notebook = nbformat.read(path, 4)
    graded = checked(notebook)
    namespace: dict[str, Any] = {}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in graded:
            finding = found(load(ROOT / "coursework" / "checks" / f"{name}.py"), namespace)
            assert finding.share == 1, (name, finding.says, finding.shows)
        elif cell.cell_type == "code":
            with contextlib.redirect_stdout(io.StringIO()):
                exec(solved(cell), namespace)


@every_master
def test_the_students_version_has_no_solution_in_it(path: Path) -> None:
    solutions = [text.strip() for cell in nbformat.read(path, 4).cells for text in SOLUTION.findall(cell.source)]
    students = nbformat.reads(student_version(path), 4)
    left = "\n".join(cell.source for cell in students.cells)
    assert solutions
    assert not [text for text in [*solutions, "### BEGIN SOLUTION", "### END SOLUTION"] if text in left]
    assert not [cell for cell in students.cells if cell.get("outputs")]


def test_a_check_leaves_the_students_names_alone() -> None:
    check = load(ROOT / "coursework" / "checks" / "adam.py")
    notebook = {"STUDENT": "ada", "adam": check.answer("ada")[0], "run": "their own"}
    assert found(check, notebook).share == 1
    assert set(notebook) == {"STUDENT", "adam", "run", "__builtins__"} and notebook["run"] == "their own"


def test_a_path_that_is_too_long_keeps_what_its_right_steps_earn() -> None:
    source = "asks, right, bugs, trials = 'x', [1, 2, 3, 4], [], 1\n\ndef case(rng): return {}\n\ndef run(x): return x"
    check = checks.load(source, "x")
    shares = [
        checks.score(check, [{}], [path], "ada").share
        for path in ([1, 2, 3, 4, 5], [1, 2], [1, 9, 3, 4, 5], [[1], [2]])
    ]
    assert shares == [0.5, 0.25, 0.125, 0]
    assert np.isclose(checks.score(check, [{}], [[1, 2, 3, 4]], "ada").share, 1)
