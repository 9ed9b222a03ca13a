"""Mini-batches: a fresh shuffle for every epoch, and the tail kept."""

import numpy as np

from grader import Bug

asks = "mini_batches"


def case(rng):
    """A number of rows that the size does not divide, and a tail that is shorter by two at least."""
    size = int(rng.integers(5, 9))
    n = size * int(rng.integers(3, 6)) + int(rng.integers(1, size - 1))
    return {"n": n, "size": size, "epochs": 3, "seed": int(rng.integers(2**31))}


def run(mini_batches, n, size, epochs, seed):
    """The student's sets, each sorted and filled up with −1."""
    import numpy as np

    sets = mini_batches(n, size, epochs, np.random.default_rng(seed))
    return [np.sort(rows).tolist()[:n] + [-1] * (n - len(rows)) for rows in sets]


def cut(order, size):
    """An epoch's sets, the last perhaps shorter."""
    return [order[first : first + size] for first in range(0, len(order), size)]


def every_epoch(sets):
    """Batches made by `sets(n, size, rng)` anew in every epoch."""
    return lambda n, size, epochs, rng: [rows for _ in range(epochs) for rows in sets(n, size, rng)]


def shuffled_once(n, size, epochs, rng):
    """The same sets in every epoch."""
    return cut(rng.permutation(n), size) * epochs


def shuffled_on(n, size, epochs, rng):
    """Every epoch shuffles the order of the one before."""
    order, sets = np.arange(n), []
    for _ in range(epochs):
        order = rng.permutation(order)
        sets += cut(order, size)
    return sets


def merged(n, size, rng):
    """The tail joined to the set before it."""
    *sets, last, tail = cut(rng.permutation(n), size)
    return [*sets, np.concatenate([last, tail])]


def filled_up(n, size, rng):
    """The tail filled up with the first rows of the epoch."""
    order = rng.permutation(n)
    return cut(np.append(order, order[: -n % size]), size)


right = every_epoch(lambda n, size, rng: cut(rng.permutation(n), size))
LOOPS, LAST = "03-mini-batches.html#mb-three-loops", "03-mini-batches.html#mb-last-batch"
ORDER = "03-mini-batches.html#mb-order"
bugs = [
    Bug(
        every_epoch(lambda n, size, rng: cut(rng.permutation(n)[: n // size * size], size)),
        "the tail dropped",
        "The last rows of every epoch are missing: n // size sets leave a tail out. Keep it as a shorter set, so that "
        "an epoch reads every row.",
        LAST,
    ),
    Bug(
        shuffled_once,
        "never reshuffled",
        "The rows are shuffled once, and every epoch has the same sets. Draw a new permutation for each epoch.",
        ORDER,
    ),
    Bug(
        shuffled_on,
        "the last order shuffled on",
        "Each epoch shuffles the order of the one before. As a method that is right; the sets are others than those of "
        "the task, which draws `rng.permutation(n)` for every epoch.",
        ORDER,
        worth=0.9,
    ),
    Bug(
        every_epoch(lambda n, size, rng: cut(np.arange(n), size)),
        "not shuffled",
        "The rows come in the order of the table. Draw a permutation for each epoch.",
        ORDER,
    ),
    Bug(
        every_epoch(lambda n, size, rng: [rng.integers(n, size=size) for _ in range(0, n, size)]),
        "with replacement",
        "Each set is drawn with replacement: some rows come twice in an epoch, others never. An epoch is a "
        "partition of the rows: cut one permutation into sets.",
        LOOPS,
    ),
    Bug(
        every_epoch(lambda n, size, rng: cut(rng.integers(n, size=n), size)),
        "an epoch with replacement",
        "The order of an epoch is drawn with replacement: some rows come twice, others never. Draw a permutation.",
        LOOPS,
    ),
    Bug(
        every_epoch(lambda n, size, rng: [rng.choice(n, size, replace=False) for _ in range(0, n, size)]),
        "sets that overlap",
        "Each set is drawn from all rows anew, so the sets of an epoch overlap. Cut one permutation into sets.",
        LOOPS,
    ),
    Bug(
        every_epoch(merged),
        "the tail merged",
        "The tail was joined to the set before it, which is larger than `size` now. Keep it as a set of its own.",
        LAST,
        worth=0.75,
    ),
    Bug(
        every_epoch(filled_up),
        "the tail filled up",
        "The last set was filled up with rows that the epoch has read already. Keep it short.",
        LAST,
    ),
    Bug(
        every_epoch(lambda n, size, rng: np.array_split(rng.permutation(n), -(-n // size))),
        "sets of nearly equal size",
        "`array_split` makes sets of nearly equal size: a good idea, and not the task's. Cut after every `size` rows; "
        "the last set has the rest.",
        LAST,
        worth=0.75,
    ),
    Bug(
        lambda n, size, epochs, rng: cut(rng.permutation(n), size),
        "one epoch",
        "These are the sets of one epoch. Do it again for every epoch and join the lists.",
        LOOPS,
    ),
]
