"""Grading a class: nbgrader keeps the books, workers run the notebooks, one process writes what they found.

Each submission goes through three steps. Its locked cells are restored (here); it runs and is checked
(`grader.run`, on any core or machine); scores and penalties are written (nbgrader, here). A submission that is
finished leaves a file in graded/; while notebook, checks, limits and its name in the roster stay the same it is not
graded again.
"""

import copy
import html
import json
import logging
import logging.handlers
import os
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)
from nbgrader.utils import is_grade, is_locked, is_solution

from grader import run, sandbox
from grader.books import gradebook, settle
from grader.checks import Finding, tried
from grader.course import LARGEST, Course, CourseError

os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # nbgrader calls alembic
CELLS, TEXT = 1000, 500_000  # a notebook's cells and their letters, without outputs


@dataclass
class Record:
    """What graded/<assignment>/<student>.json keeps of one submission."""

    student: str
    digest: str
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    claims: str = ""
    broken: str = ""
    seconds: float = 0.0


# ------------------------------------------------------------------ student versions


def release(course: Course, assignment: str) -> Path:
    """Make the student version of an assignment; returns its folder."""
    _checks(course, assignment)  # each has to be there
    _convert(GenerateAssignment, course, assignment)
    settle(course, assignment)
    return course.root / "release" / assignment


def checked(notebook: NotebookNode) -> list[str]:
    """The grade_ids of the cells that a check scores, in order: code that is graded and not the student's own."""
    return [cell.metadata.nbgrader.grade_id for cell in notebook.cells if is_checked(cell)]


def is_checked(cell: NotebookNode) -> bool:
    """Whether a check scores the cell."""
    return is_grade(cell) and not is_solution(cell) and cell.cell_type == "code"


# ------------------------------------------------------------------ grading


def grade(
    course: Course,
    assignment: str,
    sandboxed: bool = True,
    scheduler: str = "",
    workers: int | None = None,
    tell: Callable[[str], None] = print,
) -> list[Record]:
    """Grade everybody whose notebook, checks or limits are new; returns the records of the whole class."""
    release(course, assignment)
    checks = _checks(course, assignment)
    for name, text in checks.items():
        try:
            tried(text, name)
        except ValueError as error:
            raise CourseError(str(error)) from error
    students = course.students(assignment)
    if not students:
        raise CourseError(f"nothing was collected for {assignment}: {course.root}/submitted is empty")
    todo = ungraded(course, assignment)
    if len(todo) < len(students):
        tell(f"{len(students) - len(todo)} of {len(students)} are graded already")
    with _executor(scheduler, workers) as executor:
        waiting: dict[Future, tuple[str, list[str]]] = {}
        done = 0
        try:
            for student in todo:
                try:
                    submission, notes = _prepared(course, assignment, student, checks, todo[student], sandboxed)
                except CourseError as error:
                    done += 1
                    record = _broken(course, assignment, student, todo[student], str(error))
                    tell(f"{done}/{len(todo)} {student}: {record.broken}")
                    continue
                waiting[executor.submit(run.grade, submission)] = student, notes
            for future in as_completed(waiting):
                student, notes = waiting[future]
                done += 1
                try:
                    record = _written(course, assignment, student, todo[student], future.result(), notes)
                except (sandbox.NoSandboxError, BrokenExecutor):  # no fault of this submission's
                    raise
                except Exception as error:  # a submission costs only itself
                    reason = str(error) if isinstance(error, CourseError) else f"{type(error).__name__}: {error}"
                    record = _broken(course, assignment, student, todo[student], reason)
                tell(f"{done}/{len(todo)} {student}: {_line(course, assignment, record)}")
        except KeyboardInterrupt:
            for future in waiting:
                future.cancel()
            tell("Stopped. What is graded stays; the same command goes on with the rest.")
            raise
    settle(course, assignment)
    return records(course, assignment)


def records(course: Course, assignment: str) -> list[Record]:
    """What was found so far, by student."""
    found = [recorded(course, assignment, student) for student in course.students(assignment)]
    return [record for record in found if record]


def ungraded(course: Course, assignment: str) -> dict[str, str]:
    """Whose notebook was not graded yet, or not as it and its checks are now; with the digest of what is to be done."""
    checks = _checks(course, assignment)
    digests = {student: _digest(course, assignment, student, checks) for student in course.students(assignment)}
    done_as = {record.student: record.digest for record in records(course, assignment)}
    return {student: digest for student, digest in digests.items() if done_as.get(student) != digest}


def _checks(course: Course, assignment: str) -> dict[str, str]:
    return course.check_files(checked(nbformat.read(course.master(assignment), 4)))


def _prepared(
    course: Course, assignment: str, student: str, checks: dict[str, str], digest: str, sandboxed: bool
) -> tuple[run.Submission, list[str]]:
    """The first step: the notebook with its locked cells as released, and what had to be restored."""
    released = nbformat.read(course.root / "release" / assignment / f"{assignment}.ipynb", 4)
    notebook, notes = restored(_read(course.submission(assignment, student)), released)
    text, known_as = nbformat.writes(notebook), course.known_as(student)
    return run.Submission(student, known_as, text, checks, course.secret, digest, course.limits, sandboxed), notes


def _read(path: Path) -> NotebookNode:
    if not path.exists():
        there = ", ".join(sorted(file.name for file in path.parent.glob("*"))) or "nothing"
        raise CourseError(f"{path.name} was not handed in (there is: {there})")
    if path.stat().st_size > LARGEST:
        raise CourseError(f"{path.name} has {path.stat().st_size / 2**20:.0f} MB; at most {LARGEST // 2**20} are read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of ids that are missing or twice there: nbformat mends them
            notebook = nbformat.reads(path.read_text(encoding="utf-8"), 4)
            nbformat.validate(notebook)
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError, nbformat.ValidationError) as error:
        reason = str(error).splitlines()[0][:150] if str(error) else type(error).__name__
        raise CourseError(f"{path.name} is not a notebook that can be read: {reason}") from None
    if len(notebook.cells) > CELLS or sum(len(cell.source) for cell in notebook.cells) > TEXT:
        raise CourseError(f"{path.name} has {len(notebook.cells)} cells; read are {CELLS}, with {TEXT} letters in all")
    return notebook


def restored(notebook: NotebookNode, released: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The released notebook with a student's sources and cells, and sentences on what had to be put back.

    Of the student's cells only type, source and pictures are taken. All metadata are those released, so that what a
    notebook says of points, locks or languages means nothing; of cells with the same grade_id the last one counts.
    """
    models = {cell.metadata.nbgrader.grade_id: cell for cell in released.cells if "nbgrader" in cell.metadata}
    whole = nbformat.v4.new_notebook(metadata=released.metadata)
    count: Counter[str] = Counter()
    for cell in reversed(notebook.cells):
        entry = cell.metadata.get("nbgrader")
        name = entry.get("grade_id") if isinstance(entry, dict) else None
        model = models.get(name) if isinstance(name, str) and not count[name] else None
        if isinstance(name, str):
            count[name] += 1
        whole.cells.insert(0, _as_released(cell, model))
    at = 0
    locked = [name for name, model in models.items() if is_grade(model) or is_locked(model)]
    missing = [name for name in locked if not count[name]]
    for name, model in models.items():
        if count[name]:
            at = 1 + next(k for k, cell in enumerate(whole.cells) if run.grade_id(cell) == name)
        elif name in missing:
            whole.cells.insert(at, _as_released(model, model))
            at += 1
    for k, cell in enumerate(whole.cells):
        cell.id = f"cell-{k}"
    notes = [f"Cell {name} exists {count[name]} times; the last one counts." for name in models if count[name] > 1]
    return whole, notes + [f"Cell {name} was missing and has been put back." for name in missing]


def _as_released(cell: NotebookNode, model: NotebookNode | None) -> NotebookNode:
    locked = model and is_locked(model)
    source = str(model.source if model and locked else cell.source)
    kind = model.cell_type if model else cell.cell_type
    make = {"code": new_code_cell, "markdown": new_markdown_cell}.get(kind, new_raw_cell)
    new = make(run.writable(source), metadata=copy.deepcopy(model.metadata) if model else {})
    if kind == "markdown" and cell.get("attachments"):
        new.attachments = cell.attachments
    return new


def _written(
    course: Course, assignment: str, student: str, digest: str, graded: run.Graded, notes: list[str]
) -> Record:
    """The last step: scores into notebook and gradebook, then the record, which says that all is done."""
    notebook = nbformat.reads(graded.notebook, 4)
    notes = notes + ([f"It was stopped: {graded.stopped}."] if graded.stopped else [])
    known = course.known_as(student)
    if known and graded.claims not in ("", known):
        notes.append(f"It says STUDENT = {graded.claims!r}; graded are the numbers of {known!r}.")
    for cell in notebook.cells:
        name = run.grade_id(cell)
        if name in graded.findings:
            finding = Finding(**graded.findings[name])
            points = round(finding.share * float(cell.metadata.nbgrader.points), 2)
            cell.outputs = [
                nbformat.v4.new_output("display_data", {"text/html": finding.html(points, course.link)}),
                nbformat.v4.new_output("execute_result", {"text/plain": repr(float(points))}),
            ]
    if notes:
        text = "\n\n".join(html.escape(note) for note in notes)
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text, id="notes"))
    path = course.ran(assignment, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.chmod(0o644)  # nbgrader takes the right to write away
    nbformat.write(notebook, path)
    before = recorded(course, assignment, student)
    with gradebook(course, assignment) as book:
        looked_at = _looked_at(book, assignment, student)
        _convert(Scoring, course, assignment, student)
        if before and before.digest.split()[0] == digest.split()[0]:  # the same notebook: what was read stays read
            _keep(book, assignment, student, looked_at)
    return _save(course, assignment, Record(student, digest, graded.findings, notes, graded.claims, "", graded.seconds))


def _broken(course: Course, assignment: str, student: str, digest: str, reason: str) -> Record:
    """A submission that cannot be read costs only itself: no points, and a page that says why."""
    reason = "".join(letter if letter.isprintable() else " " for letter in run.writable(reason)[:500])
    with gradebook(course, assignment) as book:
        book.update_or_create_student(student)
        submission = book.update_or_create_submission(assignment, student)
        for notebook in submission.notebooks:
            for entry in notebook.grades:
                entry.auto_score, entry.manual_score, entry.needs_manual_grade = 0, None, False
        book.db.commit()
    return _save(course, assignment, Record(student, digest, broken=reason))


def _looked_at(book: Gradebook, assignment: str, student: str) -> list[str]:
    """The cells that a human has graded."""
    try:
        notebooks = book.find_submission(assignment, student).notebooks
    except MissingEntry:
        return []
    grades = [entry for notebook in notebooks for entry in notebook.grades]
    return [entry.name for entry in grades if entry.manual_score is not None and not entry.needs_manual_grade]


def _keep(book: Gradebook, assignment: str, student: str, names: list[str]) -> None:
    book.db.expire_all()
    for notebook in book.find_submission(assignment, student).notebooks:
        for entry in notebook.grades:
            if entry.name in names:
                entry.needs_manual_grade = False
    book.db.commit()


# ------------------------------------------------------------------ nbgrader


class Scoring(Autograde):
    """The second half of nbgrader's autograding, on the notebook that ran: scores from what the checks left."""

    autograde_preprocessors = [  # noqa: RUF012 (nbgrader's trait)
        IgnorePattern,
        LimitOutput,
        SaveAutoGrades,
    ]

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Always: what is finished is known from graded/."""
        return True

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """In autograded/, not the one that was handed in."""
        path = Path(notebook_filename)
        self._sanitizing = False
        self._init_preprocessors()
        super(Autograde, self).convert_single_notebook(
            str(Path(self.coursedir.root, "autograded", path.parts[-3], path.parts[-2], path.name))
        )


class Refusal(NotebookExporter):
    """Stops nbgrader's own autograding, for which the formgrader has a button, before it has done anything.

    It would run students' code with the teacher's rights, and its tests are those that students see.
    """

    def __init__(self, **ignored: Any) -> None:
        raise CourseError("this course is graded by python -m grader grade, which runs students' code in a sandbox")


def _convert(converter: type, course: Course, assignment: str, student: str = "*") -> None:
    config = course.config(assignment, student)
    made = converter(coursedir=CourseDirectory(config=config), config=config)
    made.force = converter is GenerateAssignment
    log = made.log = logging.Logger("nbgrader")
    said = logging.handlers.BufferingHandler(1000)
    log.addHandler(said)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's own, of SQLAlchemy and nbformat
            made.start()
    except (Exception, SystemExit) as error:  # nbgrader raises whatever stopped it, and logs why
        traces = [text for entry in said.buffer if (text := entry.getMessage()).startswith("Traceback")]
        reason = traces[0].strip().splitlines()[-1] if traces else str(error)
        raise CourseError(reason) from error


# ------------------------------------------------------------------ records and workers


def recorded(course: Course, assignment: str, student: str) -> Record | None:
    """What is known of a submission; None if it is not graded."""
    path = course.root / "graded" / assignment / f"{student}.json"
    return Record(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def _save(course: Course, assignment: str, record: Record) -> Record:
    path = course.root / "graded" / assignment / f"{record.student}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(asdict(record), indent=1, ensure_ascii=False), encoding="utf-8")
    draft.replace(path)
    return record


def _digest(course: Course, assignment: str, student: str, checks: dict[str, str]) -> str:
    """Two names: one for the notebook, one for everything else that decides its score."""
    path = course.submission(assignment, student)
    known_as = course.known_as(student)
    rules = run.digest(course.master(assignment).read_bytes(), json.dumps(checks), repr(course.limits), known_as)
    return f"{run.digest(path.read_bytes() if path.exists() else b'')} {rules}"


def _line(course: Course, assignment: str, record: Record) -> str:
    if record.broken:
        return record.broken
    with gradebook(course, assignment) as book:
        submission = book.find_submission(assignment, record.student)
        found = ", ".join(finding["bug"] for finding in record.findings.values() if finding["bug"])
        score = f"{submission.score:g} of {submission.max_score:g}, {record.seconds:.1f} s"
    return "; ".join([score, *([found] if found else []), *record.notes])


@contextmanager
def _executor(scheduler: str, workers: int | None) -> Iterator[Executor]:
    """The cores of this machine, or a Dask cluster."""
    if scheduler:
        from distributed import Client

        with Client(scheduler) as client:
            yield client.get_executor()
        return
    # Each in a session of its own: Ctrl-C stops the class, and not the submissions that are running.
    with ProcessPoolExecutor(workers, get_context("spawn"), getattr(os, "setsid", None)) as pool:
        yield pool
