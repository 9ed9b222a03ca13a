"""How fast a class is graded: ours, sandbox included, against plain nbgrader on the same submissions, in one run.

    python tests/extras/grading.py [SUBMISSIONS]

Plain nbgrader runs the public checks, since the hidden ones are ours; each notebook's other cells are the same work.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from grader import books, grading
from grader.course import Course, init

ASSIGNMENT = "5-adam"


def hand_in(course: Course, students: int) -> None:
    """The master's own solution, as so many students."""
    for k in range(students):
        notebook = nbformat.read(course.master(ASSIGNMENT), 4)
        for cell in notebook.cells:
            cell.source = cell.source.replace('STUDENT = "ada"', f'STUDENT = "student {k}"')
        path = course.submission(ASSIGNMENT, f"student-{k:02}")
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


def seconds(*command: str | Path, at: Path) -> float:
    """How long a command takes; its own words are not shown."""
    start = time.perf_counter()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run(command, cwd=at, check=True, capture_output=True, env={**os.environ, "PATH": path})
    return time.perf_counter() - start


def main(students: int) -> None:
    """Print seconds per submission and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        ours = init(Path(folder, "ours"))
        grading.release(ours, ASSIGNMENT)
        hand_in(ours, students)
        plain = shutil.copytree(ours.root, Path(folder, "plain"))
        (plain / "nbgrader_config.py").unlink()
        quick = seconds(sys.executable, "-m", "grader", "grade", ASSIGNMENT, at=ours.root) / students
        scores = [entry.score for entry in books.standings(ours, ASSIGNMENT)]
        slow = seconds(Path(sys.executable).parent / "nbgrader", "autograde", ASSIGNMENT, at=plain) / students
    print(f"{students} submissions of {ASSIGNMENT}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"ours, in the sandbox     {quick:5.2f} s a submission; scores {min(scores):g} to {max(scores):g}")
    print(f"plain nbgrader autograde {slow:5.2f} s a submission")
    print(f"times faster             {slow / quick:5.2f}     aim ≥ 1.5 on two cores")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
