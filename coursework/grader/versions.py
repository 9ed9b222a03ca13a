"""What the book offers for download: the public assignments as students get them, and the package they import.

python -m grader.versions FOLDER
"""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from traitlets.config import Config

from grader.course import NBGRADER, PUBLIC

ROOT = PUBLIC.parent


def student_version(master: Path) -> str:
    """The notebook without solutions and outputs, as nbgrader makes it, but with no gradebook."""
    exporter = NotebookExporter(config=Config(NBGRADER))
    exporter._preprocessors = []
    for step in (LockCells, ClearSolutions, ClearOutput, ClearHiddenTests, ClearMarkScheme, ComputeChecksums):
        exporter.register_preprocessor(step, enabled=True)
    return exporter.from_notebook_node(nbformat.read(master, 4))[0]


def write_all(folder: Path) -> None:
    """All student versions, and the package as a wheel that pip installs without the network's help."""
    folder.mkdir(parents=True, exist_ok=True)
    for master in sorted(PUBLIC.glob("source/*/*.ipynb")):
        (folder / master.name).write_text(student_version(master), encoding="utf-8")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    # A fixed date, so that the same sources give the same bytes.
    subprocess.run(
        build, cwd=ROOT, check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1577836800"}
    )


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
