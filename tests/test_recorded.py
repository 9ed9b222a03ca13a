"""The rules against recorded walks of the libraries, which `make parity` takes from the libraries themselves."""

from pathlib import Path

import numpy as np
import pytest

import descent
from descent.rules.base import values_of, with_values
from feeding import GROUNDS, KEPT, fed

RECORDED = dict(np.load(Path(__file__).parent / "recorded.npz"))
CASES = sorted({name.rpartition(": ")[0] for name in RECORDED if name.endswith(": points")})


def test_every_library_is_recorded():
    assert {case.split(": ")[0] for case in CASES} == {"PyTorch", "Keras", "optax", "qhoptim", "torch-optimizer"}
    assert len(CASES) > 100


@pytest.mark.parametrize("case", CASES)
def test_every_recorded_step_is_the_librarys(case):
    _, _, form, ground = case.split(": ")
    library, _, name = form.rpartition(".")
    kind = getattr(getattr(descent.conventions, library) if library else descent, name)
    rule = with_values(kind(), dict(zip(values_of(kind()), RECORDED[f"{case}: values"].tolist(), strict=True)))
    gradients, theirs = RECORDED[f"gradients {ground}"], RECORDED[f"{case}: points"]
    ours = fed(rule, GROUNDS[int(ground)].start, gradients)
    walked = np.cumsum([0, *np.linalg.norm(np.diff(ours, axis=0), axis=1)])[KEPT]
    rounding = 1e-15 * np.array(KEPT) * np.abs(ours).max()
    assert np.all(np.abs(theirs - ours[KEPT]).max(axis=1) <= 1e-10 * walked + rounding)
