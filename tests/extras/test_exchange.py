"""nbgrader's exchange, as a JupyterHub uses it: what students submit there is found by the grader."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader import grading
from grader.course import init

BIN = Path(sys.executable).parent
ASSIGNMENT = "5-adam"


def test_an_assignment_goes_out_by_the_exchange_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "exchange").mkdir()
    (tmp_path / "exchange").chmod(0o777)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "nbgrader_config.py").write_text(
        f'c = get_config()\nc.CourseDirectory.course_id = "descent"\nc.Exchange.root = {str(tmp_path / "exchange")!r}\n'
    )
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path / "etc"))
    (tmp_path / "student").mkdir()
    course = init(tmp_path / "course")
    grading.release(course, ASSIGNMENT)

    def nbgrader(*arguments: str, at: str) -> None:
        subprocess.run([BIN / "nbgrader", *arguments, ASSIGNMENT], cwd=tmp_path / at, check=True, env=os.environ)

    nbgrader("release_assignment", at="course")
    nbgrader("fetch_assignment", at="student")
    nbgrader("submit", at="student")
    nbgrader("collect", at="course")
    (student,) = course.students(ASSIGNMENT)
    (record,) = grading.grade(course, ASSIGNMENT, tell=lambda line: None)
    assert record.student == student
    assert not record.broken
    assert {finding["share"] for finding in record.findings.values()} == {0}  # nothing was written into it
