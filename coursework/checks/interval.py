"""The bootstrap's interval of a median."""

import numpy as np

from grader import Bug

asks = "interval"


def case(rng):
    """Losses of 31 seeds and a seed for the draws."""
    return {"values": rng.lognormal(0, 1, size=31).tolist(), "seed": int(rng.integers(10**6))}


def run(interval, values, seed):
    """The student's two ends."""
    import numpy as np

    return list(interval(np.array(values), np.random.default_rng(seed)))


def variation(middle=np.median, ends=(0.025, 0.975), drawn="again"):
    """The bootstrap, right by default; each argument makes one mistake."""

    def interval(values, rng):
        n = len(values)
        if drawn == "never":
            return np.quantile(values, ends)
        if drawn == "once each":
            draws = rng.permuted(np.tile(values, (1000, 1)), axis=1)
        else:
            draws = values[rng.integers(n, size=(1000, n))]
        middles = middle(draws, axis=1)
        if ends is None:
            return np.mean(middles) - 1.96 * np.std(middles), np.mean(middles) + 1.96 * np.std(middles)
        return np.quantile(middles, ends)

    return interval


right = variation()
bugs = [
    Bug(
        variation(middle=np.mean),
        "mean for median",
        "The interval is that of the mean. Take the median of each draw.",
        "19-fair-comparison.html#fair-ranks",
    ),
    Bug(
        variation(drawn="once each"),
        "without replacement",
        "The values are drawn without replacement, so that every draw has the same median. Draw with replacement: some "
        "come twice, some not at all.",
        "19-fair-comparison.html#fair-ranks",
    ),
    Bug(
        variation(drawn="never"),
        "quantiles of the values",
        "These are the quantiles of the values: where 95 % of the seeds lie. Asked is how well their median is known.",
        "19-fair-comparison.html#fair-ranks",
    ),
    Bug(
        variation(ends=(0.05, 0.95)),
        "90 % for 95 %",
        "5 % are left out on either side, 10 % in all. An interval of 95 % leaves out 2.5 % on either side.",
        "19-fair-comparison.html#fair-ranks",
    ),
    Bug(
        variation(ends=None),
        "two standard deviations",
        "The interval is the mean of the medians ± 1.96 of their standard deviations. Their distribution is not "
        "normal: take the quantiles of the medians themselves.",
        "19-fair-comparison.html#fair-ranks",
    ),
]
