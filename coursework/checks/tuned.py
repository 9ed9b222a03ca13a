"""Choose α on one half of the seeds and judge it on the other."""

import numpy as np

from grader import Bug

asks = "tuned"
trials = 10  # in some of them a wrong half makes the right choice


def case(rng):
    """Losses of twelve seeds at seven rates that differ little; some walks have diverged."""
    losses = rng.lognormal(0, 1, size=(12, 7)).round(4)
    losses[rng.random((12, 7)) < 0.05] = np.inf
    return {"losses": losses.tolist()}


def run(tuned, losses):
    """The student's choice and its loss."""
    import numpy as np

    return list(tuned(np.array(losses)))


def variation(chosen=slice(0, 6), judged=slice(6, 12), middle=np.median, says=np.median):
    """The protocol, right by default: the rows that choose and judge, and what each takes."""

    def tuned(losses):
        best = np.argmin(middle(losses[chosen], axis=0))
        return best, says(losses[judged, best])

    return tuned


right = variation()
bugs = [
    Bug(
        variation(judged=slice(0, 6)),
        "judged where it was tuned",
        "α is judged by the seeds that chose it. The lowest of many noisy numbers looks better than it is: judge by "
        "the other half.",
        "19-fair-comparison.html#fair-tuning",
    ),
    Bug(
        variation(chosen=slice(6, 12)),
        "tuned where it is judged",
        "The second half chooses α, and judges it too. It must not take part in the choice: that is for the first "
        "half.",
        "19-fair-comparison.html#fair-tuning",
    ),
    Bug(
        variation(chosen=slice(6, 12), judged=slice(0, 6)),
        "the halves exchanged",
        "The second half chooses and the first one judges. That is as fair, but here the first half chooses.",
        "19-fair-comparison.html#fair-tuning",
        worth=0.75,
    ),
    Bug(
        variation(chosen=slice(0, 12)),
        "tuned on all seeds",
        "All the seeds choose α, those that judge it among them. Choose with the first half alone.",
        "19-fair-comparison.html#fair-tuning",
    ),
    Bug(
        variation(judged=slice(0, 12), chosen=slice(0, 12)),
        "no halves",
        "All the seeds choose α, and all of them judge it. Split them: the first half chooses, the second judges.",
        "19-fair-comparison.html#fair-tuning",
    ),
    Bug(
        variation(judged=slice(0, 12)),
        "judged by all seeds",
        "The seeds that chose α judge it too, beside the others. Only the second half judges.",
        "19-fair-comparison.html#fair-tuning",
    ),
    Bug(
        variation(middle=np.mean, says=np.mean),
        "mean for median",
        "The mean is taken of the losses. One walk that diverged makes it infinite; the median asks what happens to "
        "the seed in the middle.",
        "19-fair-comparison.html#fair-protocol",
    ),
    Bug(
        variation(says=np.mean),
        "judged by the mean",
        "α is chosen by the median and judged by the mean. The same statistic belongs in both places: the median.",
        "19-fair-comparison.html#fair-protocol",
    ),
    Bug(
        variation(middle=np.min, says=np.min),
        "best seed",
        "The best seed is taken for all of them. A rule that is lucky once is no better: take the median.",
        "19-fair-comparison.html#fair-tuning",
    ),
]
