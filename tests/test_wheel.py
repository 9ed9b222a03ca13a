"""What is installed without a checkout, as on a borrowed machine, is complete."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*arguments: str, **environment: str) -> str:
    environment = {**os.environ, **environment}
    done = subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, text=True, cwd=ROOT, env=environment
    )
    return done.stdout


def test_a_wheel_brings_its_own_table(tmp_path: Path) -> None:
    run("-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path))
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    question = "import descent; print(descent.datasets.DATA, len(descent.load_blood_test()))"
    assert run("-c", question, PYTHONPATH=str(tmp_path / "site")).split() == [
        str(tmp_path / "site" / "descent" / "data"),
        "39",
    ]
