"""The table of the student's own comparison: medians over the seeds that judge."""

from functools import cache

import numpy as np

from descent import Adam, GradientDescent, Momentum, RMSprop, bowl, descend, grid, saddle, variant
from grader import Bug

asks = "table"
trials = 1
tolerance = 1e-6
ALPHAS = 10.0 ** (np.arange(-12, 4) / 3)
SEEDS, STEPS = 16, 100


def case(rng):
    """Nothing to draw: the problems follow from the student's name."""
    return {}


def run(table):
    """The values themselves."""
    return table


@cache
def losses(student):
    """Losses after every step, of shape (rules, problems, time, seeds, rates)."""
    rng = variant(student, "6-project")
    condition, angle, size = 10 ** rng.uniform(1, 2), rng.uniform(15, 75), rng.uniform(0.5, 1)
    starts = rng.uniform(-2, 2, size=(2, SEEDS))

    def noisy(place):
        draws = np.random.default_rng(1)

        def gradient(theta):
            noise = draws.normal(size=(2, SEEDS, 1))
            return place.grad(theta) + size * noise

        return gradient

    def walked(kind, place):
        path = descend(noisy(place), starts, kind(**grid(alpha=ALPHAS)), STEPS)
        with np.errstate(all="ignore"):
            found = np.array([place.value(theta) for theta in path.theta])
        return np.where(np.isnan(found), np.inf, found)

    places = (bowl(condition), bowl(condition, rotation=angle), saddle)
    return np.array([[walked(kind, p) for p in places] for kind in (GradientDescent, Momentum, RMSprop, Adam)])


def answer(student):
    """The table, and what wrong protocols make of the same walks."""
    on_the_way = losses(student)
    ends = on_the_way[:, :, -1]

    def table(ends=ends, chosen=slice(0, 8), judged=slice(8, 16), middle=np.median):
        best = middle(ends[:, :, chosen], axis=2).argmin(axis=-1)
        at_best = np.take_along_axis(ends[:, :, judged], best[..., None, None], axis=3)[..., 0]
        return middle(at_best, axis=2)

    return table(), [
        Bug(
            table(judged=slice(0, 8)),
            "judged where it was tuned",
            "The losses are those of the seeds that chose α. The other half should judge.",
            "19-fair-comparison.html#fair-tuning",
        ),
        Bug(
            table(chosen=slice(0, 16), judged=slice(0, 16)),
            "no halves",
            "All the seeds choose α, and all of them judge it. Your `tuned` splits them.",
            "19-fair-comparison.html#fair-tuning",
        ),
        Bug(
            table(chosen=slice(8, 16)),
            "tuned where it is judged",
            "The seeds that judge have chosen α too. That is for the first half.",
            "19-fair-comparison.html#fair-tuning",
        ),
        Bug(
            table(middle=np.mean),
            "mean for median",
            "These are means over the seeds. Take medians.",
            "19-fair-comparison.html#fair-protocol",
        ),
        Bug(
            table(ends=on_the_way.min(axis=2)),
            "lowest loss on the way",
            "The lowest loss on the way is taken. Nobody knows in advance when to stop: take the loss after the last "
            "step.",
            "19-fair-comparison.html#fair-protocol",
        ),
    ]
