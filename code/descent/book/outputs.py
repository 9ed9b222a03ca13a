"""Runs chapters on a fresh kernel and stores their outputs, without the machine's noise.

    python -m descent.book.outputs chapters/*.ipynb           run and store
    python -m descent.book.outputs --check chapters/*.ipynb   run, store nothing, fail where a byte would change

A second run gives the same bytes: no timings, no widget state, one kernel name, cell ids numbered in order.
"""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def rerun(text: str, folder: Path) -> str:
    """The notebook `text` as it reads after a run in `folder`. A failing cell raises RuntimeError, saying which."""
    notebook = nbformat.reads(text, as_version=4)
    place = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=300,
        resources=place,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise RuntimeError(f"cell [{client.code_cells_executed}]: {error.ename}: {error.evalue}") from None
    return tidied(notebook)


def tidied(notebook: Any) -> str:
    """The notebook as text, keeping only what every machine would store."""
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    notebook.nbformat_minor = 5
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:02}"
        cell.metadata = {key: value for key, value in cell.metadata.items() if key in ("tags", "mystnb", "nbgrader")}
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
            if "metadata" in output:
                output.metadata = {}
    return nbformat.writes(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the number of chapters that differ when only checking, else 0."""
    parser = argparse.ArgumentParser(description="Run chapters and store their outputs.")
    parser.add_argument("--check", action="store_true", help="store nothing; fail where a byte would change")
    parser.add_argument("chapters", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the kernels share the processors already
    changed = 0

    def run(chapter: Path) -> tuple[str, str]:
        before = chapter.read_text(encoding="utf-8")
        try:
            return before, rerun(before, chapter.parent)
        except RuntimeError as error:
            sys.exit(f"{chapter}, {error}")

    with ThreadPoolExecutor(os.cpu_count()) as kernels:  # each chapter has one of its own
        for chapter, (before, after) in zip(options.chapters, kernels.map(run, options.chapters), strict=True):
            changed += after != before
            print(f"{chapter}: {'unchanged' if after == before else 'changed'}", flush=True)
            if not options.check and after != before:
                chapter.write_text(after, encoding="utf-8", newline="\n")
    return changed if options.check else 0


if __name__ == "__main__":
    sys.exit(main())
