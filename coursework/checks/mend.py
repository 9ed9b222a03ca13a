"""The entries that were written down in other units, found and mended."""

import numpy as np

from grader import Bug

asks = "mend"


def case(rng):
    """A table with one bad row: two entries are ten times too large, and one is large and honest."""
    values = rng.uniform(5, 300, 5) * (1 + rng.uniform(-0.05, 0.05, (30, 5)))
    row, columns = int(rng.integers(6)), rng.permutation(5)[:3]
    values[row, columns[:2]] *= 10
    rest = np.delete(values[:, columns[2]], row)
    values[row, columns[2]] = rest.mean() + rng.uniform(6, 8) * rest.std()
    return {"values": values.tolist()}


def run(mend, values):
    """The student's table."""
    import numpy as np

    return mend(np.array(values))


def strange(values, limit=20):
    """Whether an entry is more than `limit` spreads above the others of its column."""
    found = np.zeros(values.shape, dtype=bool)
    for i in range(len(values)):
        others = np.delete(values, i, axis=0)
        found[i] = values[i] > others.mean(axis=0) + limit * others.std(axis=0)
    return found


def right(values):
    """A tenth of what is strange."""
    return np.where(strange(values), values / 10, values)


def the_largest_only(values):
    """Mends one entry."""
    factor = values / np.median(values, axis=0)
    return np.where(factor == factor.max(), values / 10, values)


def by_the_mean(values):
    """Puts the mean of the others where an entry is strange."""
    rest = np.ma.array(values, mask=strange(values))
    return np.where(strange(values), rest.mean(axis=0), values)


LOOK = "20-blood-tests.html#blood-look"
bugs = [
    Bug(
        lambda values: values,
        "nothing is mended",
        "No number was changed. If each row is measured by a mean and a spread that it is part of, a strange entry "
        "widens its own ruler: among n rows nothing is ever more than √(n − 1) spreads away. Leave the row out.",
        LOOK,
        worth=0.25,
    ),
    Bug(
        lambda values: np.where(strange(values).any(axis=1, keepdims=True), values / 10, values),
        "the whole row",
        "The whole row was divided by 10. Only the entries that lie far out were in other units.",
        LOOK,
    ),
    Bug(
        lambda values: np.where(strange(values).any(axis=0), values / 10, values),
        "the whole column",
        "The whole columns were divided by 10. Only one entry of each is in other units.",
        LOOK,
    ),
    Bug(
        lambda values: values[~strange(values).any(axis=1)],
        "the row dropped",
        "The bad row is gone. Its other entries are good, and the two can be mended: divide them by 10.",
        LOOK,
    ),
    Bug(
        lambda values: np.where(strange(values), values * 10, values),
        "the wrong way",
        "The strange entries were multiplied by 10. They are too large: divide.",
        LOOK,
    ),
    Bug(
        lambda values: np.where(strange(values, 3), values / 10, values),
        "a large value that is honest",
        "An entry of 6 or 7 spreads was divided as well. That is a value one can have, like the MONOP of row 1; a "
        "factor of ten lies further out than 20 spreads in these columns.",
        LOOK,
    ),
    Bug(
        the_largest_only,
        "one of two",
        "Only one entry was mended. Look through all columns: the row has two in other units.",
        LOOK,
    ),
    Bug(
        by_the_mean,
        "a made-up value",
        "The strange entries were replaced by the mean of their column. Nobody measured that. A tenth of what is "
        "written is what was measured.",
        LOOK,
    ),
]
