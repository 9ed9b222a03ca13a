"""A course: a folder with masters, checks and settings, and everything that is made from them."""

import datetime
import hashlib
import json
import math
import os
import re
import secrets
import shutil
import tomllib
import unicodedata
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from traitlets.config import Config

from grader.sandbox import Limits

PUBLIC = Path(__file__).parents[1]  # masters and checks that anybody can read
SETTINGS = "course.toml"
KINDS: dict[str, tuple[type, str]] = {"name": (str, "a text"), "book": (str, "a text")} | dict.fromkeys(
    ("late", "limits", "deadlines"), (dict, "a table")
)
LARGEST = 20 * 2**20  # bytes of a notebook that is looked at

# What is the same for every course, as nbgrader names it.
NBGRADER = {
    "ClearSolutions": {"code_stub": {"python": "# Your code here\nraise NotImplementedError()"}},
    "HTMLExporter": {"sanitize_html": True},  # a student's output is not run in the formgrader's page
}


class CourseError(Exception):
    """What a teacher should read as one sentence, without a traceback."""


@dataclass(frozen=True)
class Late:
    """The policy for late work: what is taken off, as a share of the points.

    ``per_day`` for each day begun after the deadline and ``grace`` minutes, at most ``most`` in all.
    """

    grace: float = 15.0
    per_day: float = 0.1
    most: float = 0.5

    def share(self, seconds: float) -> float:
        """The share of the points that is lost by handing in so many seconds after the deadline."""
        late = seconds - 60 * self.grace
        return min(self.most, self.per_day * -(-late // 86400)) if late > 0 else 0.0


class Course:
    """The folder of a course, and its settings.

    source/ checks/     the masters, the hidden checks
    release/            the student versions
    submitted/          what was collected, a folder per student
    autograded/         the notebooks as they ran
    graded/             what was found, a file per submission: what is finished is not done again
    feedback/           a page per student
    roster.csv          if it is there: "id,name", whom a submission is collected from and their STUDENT
    gradebook.db        nbgrader's gradebook: scores, manual grades, comments
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root).resolve()
        file = self.root / SETTINGS
        if not file.exists():
            raise CourseError(f"{self.root} is not a course: it has no {SETTINGS}. `init` makes one")
        try:
            settings = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise CourseError(f"{file} cannot be read: {error}") from None
        for name, value in settings.items():
            if name not in KINDS:
                raise CourseError(f"{file}: unknown setting {name}")
            kind, says = KINDS[name]
            if not isinstance(value, kind):
                raise CourseError(f"{file}: {name} must be {says}, got {value!r}")
        self.name: str = settings.get("name", self.root.name)
        self.book: str = settings.get("book", "")
        self.late = _filled(Late, settings.get("late", {}), file)
        self.limits = _filled(Limits, settings.get("limits", {}), file)
        self.deadlines: dict[str, datetime.datetime] = settings.get("deadlines", {})
        for name, moment in self.deadlines.items():
            if not isinstance(moment, datetime.datetime) or moment.tzinfo is None:
                raise CourseError(f"{file}: deadlines.{name} must be a moment with its zone, 2027-01-31T23:59:00+01:00")
        self.secret = (self.root / "secret").read_text() if (self.root / "secret").exists() else ""

    @property
    def assignments(self) -> list[str]:
        """Their names, in order."""
        return sorted(path.parent.name for path in self.root.glob("source/*/*.ipynb"))

    def master(self, assignment: str) -> Path:
        """The master notebook. Raises CourseError, naming the assignments there are."""
        path = self.root / "source" / assignment / f"{assignment}.ipynb"
        if not path.exists():
            raise CourseError(f"assignment must be one of {', '.join(self.assignments)}, got {assignment!r}")
        return path

    def check_files(self, names: list[str]) -> dict[str, str]:
        """The text of each check. Raises CourseError for one that is missing."""
        files = {name: self.root / "checks" / f"{name}.py" for name in names}
        missing = [str(file) for file in files.values() if not file.exists()]
        if missing:
            raise CourseError(f"missing: {', '.join(missing)}")
        return {name: file.read_text(encoding="utf-8") for name, file in files.items()}

    def submission(self, assignment: str, student: str) -> Path:
        """The notebook that a student handed in."""
        return self.root / "submitted" / student / assignment / f"{assignment}.ipynb"

    def ran(self, assignment: str, student: str) -> Path:
        """The notebook as it ran."""
        return self.root / "autograded" / student / assignment / f"{assignment}.ipynb"

    def students(self, assignment: str) -> list[str]:
        """Everybody who handed something in."""
        return sorted(path.parent.name for path in self.root.glob(f"submitted/*/{assignment}"))

    def known_as(self, student: str) -> str:
        """What the student's notebook should have in STUDENT, by the roster; "" if there is none."""
        return self._names.get(student, "")

    @cached_property
    def _names(self) -> dict[str, str]:
        from grader.sheets import Sheet  # which imports CourseError from here

        file = self.root / "roster.csv"
        return {safe(who): name for _, (who, name) in Sheet.read(file).rows("id", "name")} if file.exists() else {}

    def link(self, chapter: str) -> str:
        """The address of "11-adam.html#adam-rule" in the published book, "" if no address is set."""
        return f"{self.book.rstrip('/')}/chapters/{chapter}" if self.book else ""

    def whose(self) -> str:
        """One line: which masters and checks are used, and whether students can read them."""
        own = sorted(self.root.glob("source/*/*.ipynb")) + sorted(self.root.glob("checks/*.py"))
        same = [path for path in own if _same(path, PUBLIC / path.relative_to(self.root))]
        kind = (
            "the public set, which students can read"
            if len(same) == len(own)
            else f"private; {len(same)} of {len(own)} files are those of the public set, which students can read"
        )
        return f"Masters and checks: {self.root} ({kind})"

    def config(self, assignment: str = "", student: str = "*") -> Config:
        """Settings of nbgrader, for its own programs too (nbgrader_config.py asks for them)."""
        config = Config(NBGRADER)
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.db_url = os.environ.get("GRADEBOOK", f"sqlite:///{self.root / 'gradebook.db'}")
        config.CourseDirectory.assignment_id = assignment
        config.CourseDirectory.student_id = student
        return config


NBGRADER_CONFIG = """# For nbgrader's own programs, such as its formgrader in JupyterLab.
from grader.course import Course

c.merge(Course(__file__.rpartition("/")[0]).config())  # noqa: F821
c.Autograde.exporter_class = "grader.grading.Refusal"  # noqa: F821
"""


def init(root: Path | str) -> Course:
    """A new course: a copy of the public masters and checks, settings with every default, a secret for the trials."""
    root = Path(root).resolve()
    if root.exists() and not (root.is_dir() and not any(root.iterdir())):
        raise CourseError(f"{root} is not an empty folder")
    for part in ("source", "checks"):
        shutil.copytree(PUBLIC / part, root / part, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    (root / SETTINGS).write_text(_settings(root.name), encoding="utf-8")
    (root / "secret").write_text(secrets.token_hex(16))
    (root / "nbgrader_config.py").write_text(NBGRADER_CONFIG)
    return Course(root)


def safe(student: str) -> str:
    """A folder's name for any id: itself where it can be one, otherwise like it and never that of another."""
    if re.fullmatch(r"[A-Za-z0-9]([\w.@-]{0,62}\w)?", student, re.ASCII):
        return student
    plain = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode()
    like = re.sub(r"\W+", "_", plain).strip("_")[:40] or "student"
    return f"{like}-{hashlib.sha256(student.encode(errors='surrogatepass')).hexdigest()[:8]}"


def _settings(name: str) -> str:
    parts = [
        f"name = {json.dumps(name, ensure_ascii=False)}",
        'book = ""  # where the book is published, for links in feedback: "https://…"',
    ]
    for table in (Late, Limits):
        lines = [f"{field.name} = {field.default}" for field in fields(table)]
        parts += [
            "",
            *(f"# {line.strip()}" if line.strip() else "#" for line in str(table.__doc__).strip().splitlines()),
        ]
        parts += [f"[{table.__name__.lower()}]", *lines]
    return "\n".join([*parts, "", "[deadlines]", '# "1-descent" = 2027-01-31T23:59:00+01:00', ""])


def _filled(table: type, given: dict[str, Any], file: Path) -> Any:
    kinds = {field.name: field.type for field in fields(table)}
    for name, value in given.items():
        if name not in kinds:
            raise CourseError(f"{file}: {table.__name__.lower()} has {', '.join(kinds)}, got {name!r}")
        allowed, kind = ((int,), "whole number") if kinds[name] is int else ((int, float), "number")
        if type(value) not in allowed or not 0 <= value < math.inf:
            raise CourseError(f"{file}: {table.__name__.lower()}.{name} must be a {kind} in [0, ∞), got {value!r}")
    return table(**given)


def _same(a: Path, b: Path) -> bool:
    return b.exists() and a.read_bytes() == b.read_bytes()
