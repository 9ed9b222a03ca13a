"""Warm-up, then 1/√t: the rate at steps t = 1, 2, …"""

import math

from grader import Bug

asks = "up_then_root"


def case(rng):
    """A hundred steps, the first of them for the warm-up."""
    return {
        "times": list(range(1, 101)),
        "alpha": float(rng.uniform(0.01, 1)),
        "warm": int(rng.integers(5, 20)),
    }


def run(up_then_root, times, **parts):
    """The student's rates."""
    return [up_then_root(t, **parts) for t in times]


def variation(up=lambda t, warm: t / warm, down=lambda t, warm: math.sqrt(warm / t)):
    """The schedule, right by default, from its two branches."""
    return lambda t, alpha, warm: alpha * (up(t, warm) if t <= warm else down(t, warm))


right = variation()
bugs = [
    Bug(
        variation(up=lambda t, warm: (t - 1) / warm),
        "starts at zero",
        "The first rate is zero, so the first step is lost, and α comes with a jump. At t = 1 the rate is α / warm: "
        "here t itself counts, not t − 1.",
        "16-schedules.html#schedules-shapes",
    ),
    Bug(
        variation(down=lambda t, warm: 1 / math.sqrt(t)),
        "a jump after the warm-up",
        "After the warm-up the rate drops to α/√t at once. The two branches should meet: α √(warm / t) is α at "
        "t = warm.",
        "16-schedules.html#schedules-shapes",
    ),
    Bug(
        variation(down=lambda t, warm: 1 / math.sqrt(t - warm)),
        "the clock set back to 1",
        "After the warm-up t is counted from 1 again: α/√(t − warm). Then the rate falls much faster. The clock goes "
        "on: α √(warm / t).",
        "16-schedules.html#schedules-shapes",
    ),
    Bug(
        variation(down=lambda t, warm: 1 / math.sqrt(t - warm + 1)),
        "the clock set back to 2",
        "After the warm-up a schedule 1/√t begins with its own clock, as `warm_up` of the package has it. Here the "
        "clock goes on: α √(warm / t).",
        "16-schedules.html#schedules-shapes",
    ),
    Bug(
        variation(down=lambda t, warm: warm / t),
        "1/t for 1/√t",
        "After the warm-up the rate falls like 1/t. It should fall like 1/√t: take the root of warm / t.",
        "16-schedules.html#schedules-first-rate",
    ),
    Bug(
        variation(down=lambda t, warm: 1),
        "no decay",
        "After the warm-up the rate stays at α. It should fall: α √(warm / t).",
        "16-schedules.html#schedules-debts",
    ),
    Bug(
        variation(up=lambda t, warm: 1),
        "no warm-up",
        "The rate is α from the first step on. It should rise to it in a straight line, α t / warm.",
        "16-schedules.html#schedules-shapes",
    ),
    Bug(
        variation(up=lambda t, warm: math.sqrt(warm / t), down=lambda t, warm: t / warm),
        "the larger of the two",
        "The rate is the larger of the two branches and grows for ever. It is the smaller: t / warm first, "
        "√(warm / t) from t = warm on.",
        "16-schedules.html#schedules-shapes",
    ),
]
