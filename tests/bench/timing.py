"""Timings of one thing done many times, in whole nanoseconds."""

import time
from collections.abc import Callable, Sequence

MILLISECOND = 1_000_000


def once(work: Callable[[], object]) -> int:
    """How long one call takes."""
    start = time.perf_counter_ns()
    work()
    return time.perf_counter_ns() - start


def repeated(work: Callable[[], object], *, runs: int, warm_up: int = 2) -> list[int]:
    """How long each of `runs` calls takes, after some that do not count."""
    for _ in range(warm_up):
        work()
    return [once(work) for _ in range(runs)]


def alternately(
    first: Callable[[], object], second: Callable[[], object], *, runs: int, warm_up: int = 2
) -> tuple[list[int], list[int]]:
    """Time two calls in turns, so that whatever else the machine does weighs on both."""
    for _ in range(warm_up):
        first()
        second()
    pairs = [(once(first), once(second)) for _ in range(runs)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def percentile(times: Sequence[int], share: int) -> int:
    """The nearest-rank percentile: at least `share` percent of the times are no longer."""
    ordered = sorted(times)
    return ordered[max(-(-len(ordered) * share // 100), 1) - 1]
