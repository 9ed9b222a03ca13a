"""Formulas are set at build time: KaTeX runs in the Node.js of the environment, and the pages need no script."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinxcontrib import katex

from descent.book.node import NODE, PACKAGES

KATEX = PACKAGES / "katex" / "dist"


def use_node(app: Sphinx, config: Config) -> None:
    """Set formulas at build time, with the Node.js of the environment."""
    config.katex_prerender = True
    config.katex_css_path = "katex/katex.min.css"
    katex.KaTeXServer.start_server_process = start_katex
    katex.NODEJS_BINARY = NODE


def start_katex(rundir: Path, timeout: float) -> tuple[subprocess.Popen, socket.socket]:
    """KaTeX's server and a Unix socket to it, which is there before anyone listens: knock until someone does.

    (At a port, the extension's other way, every formula waits 80 ms for a delayed acknowledgement.)
    """
    door = rundir / "katex.sock"
    command = katex.KaTeXServer.build_command(socket=door)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=rundir)
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        try:
            line = socket.socket(socket.AF_UNIX)
            line.connect(str(door))
            return process, line
        except (FileNotFoundError, ConnectionRefusedError):
            line.close()
            time.sleep(0.001)
    raise katex.KaTeXServer.timeout_error(timeout)


def copy_katex(app: Sphinx) -> None:
    """Put KaTeX's style sheet and its woff2 fonts beside the pages."""
    if not KATEX.is_dir():
        raise FileNotFoundError(f"{KATEX} is missing: run `npm ci` in requirements/ (or `make book`)")
    target = Path(app.outdir) / "_static" / "katex"
    older = shutil.ignore_patterns("*.ttf", "*.woff")
    shutil.copytree(KATEX / "fonts", target / "fonts", ignore=older, dirs_exist_ok=True)
    shutil.copyfile(KATEX / "katex.min.css", target / "katex.min.css")


def connect(app: Sphinx) -> None:
    """Hook into the build."""
    app.connect("config-inited", use_node)
    app.connect("builder-inited", copy_katex)
