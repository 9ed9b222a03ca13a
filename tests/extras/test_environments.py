"""The menu "Run" keeps its promises: on Binder, on Colab and on a reader's own machine a chapter runs to its end.

Each environment is made anew, with what these places have. Binder's follows repo2docker, which says what it would
do; Docker itself isn't needed. Colab's has Colab's versions and a stand-in for the module google.colab.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from descent.book.notebooks import WHEEL, first_cell
from descent.book.outputs import WIDGET
from test_pages import ROOT

PUBLISHED = ROOT / "_build" / "html" / "notebooks"
CHAPTER = "06-momentum.ipynb"  # it has a Lab and Sliders

GOOGLE_COLAB = """
class _widgets:
    _installed_url = None

def enable_custom_widget_manager():
    _widgets._installed_url = "https://example.org/manager.js"
"""


class Machine:
    """A new environment in a folder, with packages, and what one does there."""

    def __init__(self, folder: Path, *packages: str, python: str = sys.executable):
        self.home, self.environment = folder, folder / "environment"
        self.uv("venv", "--seed", "--python", python, str(self.environment))
        if packages:
            self.uv("pip", "install", "--python", str(self.environment), *packages)

    @staticmethod
    def uv(*arguments: str) -> None:
        uv = shutil.which("uv", path=Path(sys.executable).parent)
        assert uv
        subprocess.run([uv, "--quiet", *arguments], check=True)

    def run(self, *command: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        path = f"{self.environment / 'bin'}:{os.environ['PATH']}"
        variables = inherited | {"PATH": path, "IPYTHONDIR": str(self.home / "ipython")} | variables
        return subprocess.run(command, cwd=cwd or self.home, env=variables, capture_output=True, text=True)

    def packages(self) -> set[str]:
        return set(self.run("pip", "list", "--format=freeze", "--disable-pip-version-check").stdout.split())

    def execute(self, notebook: Any, folder: Path | None = None) -> Any:
        """The notebook after a run of all its cells, also of those after one that fails."""
        file = (folder or self.home) / "chapter.ipynb"
        nbformat.write(notebook, file)
        done = self.run("jupyter", "execute", "--inplace", "--allow-errors", "--timeout=300", str(file))
        assert done.returncode == 0, done.stderr
        return nbformat.read(file, 4)


def printed(notebook: Any) -> list[str]:
    """What each cell prints."""

    def text(output: Any) -> str:
        return output.get("text") or output.get("data", {}).get("text/plain", "")

    return ["".join(map(text, cell.outputs)) for cell in notebook.cells if cell.cell_type == "code"]


def published() -> Any:
    return nbformat.read(PUBLISHED / CHAPTER, 4)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on loopback."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.filterwarnings("ignore:pythonjsonlogger.jsonlogger has been moved:DeprecationWarning")
def test_on_binder_a_chapter_runs(tmp_path: Path) -> None:
    import repo2docker.buildpacks
    from repo2docker.app import Repo2Docker
    from repo2docker.utils import chdir

    repository = tmp_path / "repository"
    made = shutil.ignore_patterns(".git", ".venv", "_build", "release", "node_modules", ".*_cache", "__pycache__")
    shutil.copytree(ROOT, repository, ignore=made)
    with chdir(repository):
        packs = (pack("any image") for pack in Repo2Docker().buildpacks)
        pack = next(pack for pack in packs if pack.detect())
        assert isinstance(pack, repo2docker.buildpacks.PythonBuildPack)
        scripts = [script for _, script in [*pack.get_preassemble_scripts(), *pack.get_assemble_scripts()]]
        scripts += [f"./{script}" for script in pack.get_post_build_scripts()]
    assert len(scripts) == 2
    # What Binder begins with comes from conda there and from PyPI here: Jupyter in all its parts.
    environment = Path(repo2docker.buildpacks.__file__).parent / "conda" / f"environment.py-{pack.python_version}.yml"
    begins_with = re.findall(r"^- ((?:jupyter|ipywidgets|notebook)\S*)", environment.read_text(), re.MULTILINE)
    machine = Machine(tmp_path, *(package.replace("jupyterhub-singleuser", "jupyterhub") for package in begins_with))
    for script in scripts:
        done = machine.run("bash", "-c", script, cwd=repository, KERNEL_PYTHON_PREFIX=str(machine.environment))
        assert done.returncode == 0, done.stderr
    assert machine.run("pip", "check").returncode == 0
    extensions = machine.run("jupyter", "labextension", "list").stderr
    for extension in ("jupyterlab-myst", "anywidget", "@jupyter-widgets/jupyterlab-manager"):
        assert re.search(rf"{extension} .*enabled", extensions), extensions
    chapter = nbformat.read(ROOT / "chapters" / CHAPTER, 4)
    assert printed(machine.execute(chapter, repository / "chapters")) == printed(chapter)


def test_on_colab_the_first_cell_installs_what_is_missing_and_the_chapter_runs(tmp_path: Path) -> None:
    # NumPy 2.0.2 is built for no newer Python than Colab's; the book needs 3.11.
    machine = Machine(tmp_path, "-r", str(ROOT / "tests" / "extras" / "colab.txt"), python=">=3.11,<3.13")
    site = Path(machine.run("python", "-c", "import site; print(site.getsitepackages()[0])").stdout.strip())
    (site / "google" / "colab").mkdir(parents=True)
    (site / "google" / "colab" / "output.py").write_text(GOOGLE_COLAB)
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "colab.py").write_text("import google.colab.output")

    chapter, before = published(), machine.packages()
    with served(PUBLISHED) as address:
        chapter.cells[0].source = first_cell(address)
        chapter.cells.append(new_code_cell("import google.colab; google.colab.output._widgets._installed_url"))
        after = machine.execute(chapter)
    assert printed(after)[1:-1] == printed(published())[1:]
    assert printed(after)[-1] == "'https://example.org/manager.js'", "nobody asked Colab to show anywidget's figures"
    assert {package.partition("==")[0] for package in machine.packages() - before} == {"descent-book", "latex2mathml"}
    assert before <= machine.packages()
    shown = [output for cell in after.cells for output in cell.get("outputs", []) if WIDGET in output.get("data", {})]
    assert len(shown) > 2


def test_elsewhere_a_copy_says_what_is_missing_and_runs_once_that_is_done(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "ipykernel", "nbclient")
    copy = published()
    (error,) = machine.execute(copy).cells[0].outputs
    assert error.ename == "ImportError"
    traceback = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error.traceback))
    assert len(re.findall("^(Cell In|File )", traceback, re.MULTILINE)) == 1, traceback
    assert f"Download {WHEEL}" in error.evalue
    (command,) = re.findall(r"^ +(%pip .*)$", error.evalue, re.MULTILINE)
    shutil.copy(PUBLISHED / WHEEL, tmp_path)
    asked = published()
    asked.cells.insert(0, new_code_cell(command))
    assert printed(machine.execute(asked))[1:] == printed(copy)
