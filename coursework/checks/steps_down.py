"""A staircase that counts epochs: the rate at steps t = 1, 2, …"""

from grader import Bug

asks = "steps_down"


def case(rng):
    """A hundred steps, epochs of some of them, a stair after every few epochs."""
    return {
        "times": list(range(1, 101)),
        "alpha": float(rng.uniform(0.01, 1)),
        "factor": float(rng.uniform(0.2, 0.8)),
        "every": int(rng.integers(2, 5)),
        "per_epoch": int(rng.integers(5, 10)),
    }


def run(steps_down, times, **parts):
    """The student's rates."""
    return [steps_down(t, **parts) for t in times]


def variation(stairs):
    """The schedule with its number of stairs as a function of t, every and per_epoch."""
    return lambda t, alpha, factor, every, per_epoch: alpha * factor ** stairs(t, every, per_epoch)


right = variation(lambda t, every, per_epoch: (t - 1) // per_epoch // every)
bugs = [
    Bug(
        variation(lambda t, every, per_epoch: (t - 1) // every),
        "step for epoch",
        "The rate falls after `every` steps. It should fall after `every` epochs, and an epoch has `per_epoch` steps: "
        "the sums of the two schedules differ by that factor.",
        "16-schedules.html#schedules-libraries",
    ),
    Bug(
        variation(lambda t, every, per_epoch: t // per_epoch // every),
        "one step early",
        "Each stair comes one step early: t // per_epoch counts the step that is about to be taken. t − 1 steps lie "
        "behind.",
        "16-schedules.html#schedules-five",
    ),
    Bug(
        variation(lambda t, every, per_epoch: ((t - 1) // per_epoch + 1) // every),
        "epochs from 1",
        "The first stair comes one epoch early: the epochs are counted from 1. In the first epoch k is 0, no epoch "
        "lies behind.",
        "16-schedules.html#schedules-five",
    ),
    Bug(
        variation(lambda t, every, per_epoch: 1 + (t - 1) // per_epoch // every),
        "decayed at the first step",
        "The first step has α · factor already. The first stair is α itself: count those that lie behind, from 0.",
        "16-schedules.html#schedules-five",
    ),
    Bug(
        variation(lambda t, every, per_epoch: (t - 1) // per_epoch),
        "a stair in every epoch",
        "The rate falls in every epoch. It stays for `every` epochs: ⌊k / every⌋ stairs lie behind.",
        "16-schedules.html#schedules-shapes",
    ),
    Bug(
        variation(lambda t, every, per_epoch: (t - 1) // per_epoch / every),
        "no stairs",
        "The power is k / every, not a whole number, so that the rate falls a little in every epoch. A staircase takes "
        "the whole part, //.",
        "16-schedules.html#schedules-shapes",
    ),
    Bug(
        lambda t, alpha, factor, every, per_epoch: alpha * factor * ((t - 1) // per_epoch // every),
        "times for power",
        "factor is multiplied by the number of stairs: zero at the start, and rising. It is raised to that power.",
        "16-schedules.html#schedules-five",
    ),
]
