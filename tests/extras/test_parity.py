"""The rules against PyTorch, optax and Keras, and the authors' own code, step by step.

Needs the libraries of the extra `full` and torch; a missing one is a failure, not a skip.
"""

import csv
import io

import numpy as np
import optax
import pytest
import record
import torch
import torch_optimizer
from libraries import CASES, both_walks, claimed

from descent import DIVERGED, SGDW, Adadelta, AdaMax, AdamW, Nadam, Nesterov
from feeding import fed
from strategies import FORMS, RULES, SURFACES, names

TOLERANCE = 1e-10
pytestmark = pytest.mark.filterwarnings("ignore:This overload of add_:UserWarning")  # qhoptim wrote for an older torch

each_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@each_case
@pytest.mark.parametrize("surface", SURFACES, ids=names(SURFACES))
def test_every_step_is_the_librarys(case, surface):
    ours, theirs = both_walks(case, surface)
    assert surface.value(ours[-1]) < DIVERGED * max(1, surface.value(ours[0])), "compared on a diverged walk"
    assert theirs.dtype == np.float64
    # Equal relative to the distance moved, but for the rounding of the sum that makes the point.
    rounding = 4 * np.finfo(float).eps * np.abs(ours).max()
    moved = np.abs(np.diff(ours, axis=0)).max(axis=1, keepdims=True)
    apart = np.abs(np.diff(theirs, axis=0) - np.diff(ours, axis=0))
    assert np.all(apart <= TOLERANCE * moved + rounding)


def test_every_rule_and_every_form_is_compared():
    compared = {case.rule for case in CASES}
    # As in their papers these stand in no library; their forms there are compared.
    assert set(RULES) - compared == {Nesterov, Adadelta, AdaMax, AdamW, Nadam}
    assert set(FORMS) <= compared


def test_each_library_is_compared_with_the_form_that_the_book_says_it_has():
    for library, rule, form in claimed():
        assert any(case.library == library and case.rule is form for case in CASES), f"{rule.__name__} of {library}"


def test_optax_adadelta_without_a_rate_goes_uphill():
    theirs = optax.adadelta()
    update, _ = theirs.update(np.ones(1), theirs.init(np.zeros(1)), np.zeros(1))
    ours, _ = Adadelta(beta=0.9).update(np.zeros(1), np.ones(1), Adadelta().init(np.zeros(1)), 1)
    np.testing.assert_allclose(update, -ours, rtol=1e-12)


def test_torch_optimizers_sgdw_takes_a_constant_away_and_no_share_of_theta():
    p = torch.nn.Parameter(torch.tensor([2.0, -2.0]))
    theirs = torch_optimizer.SGDW([p], lr=0.1, weight_decay=0.5)
    p.grad = torch.zeros(2)
    theirs.step()
    np.testing.assert_allclose(p.detach(), [1.95, -2.05])  # −2 is pushed away from zero
    ours = fed(SGDW(0.1, beta=0, weight_decay=0.1 * 0.5), [2.0, -2.0], np.zeros((1, 2)))
    np.testing.assert_allclose(ours[-1], [1.9, -1.9])


def test_the_recorded_table_is_what_the_libraries_do_now():
    text = record.TABLE.read_text(encoding="utf-8")
    recorded = list(csv.DictReader(io.StringIO(text)))
    found = record.rows()
    for was, now in zip(recorded, found, strict=True):
        assert float(was.pop("difference")) < TOLERANCE and float(now.pop("difference")) < TOLERANCE
        assert was == now, "the libraries have changed: make parity, then read what changed"
