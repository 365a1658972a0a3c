"""Speed of the analyst on a million homes: features streamed, segments fitted and assigned, beside plain scikit-learn.

Processor seconds of one process (``time.process_time``), so that a busy machine does not change them; one thread for
scikit-learn on both sides. ``python -m benchmarks.analyst --homes 1000000``.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from analysis.segments.segmentation import segment
from analysis.shapes.load_shapes import LoadShapes

PART = 4096


def made_up_days(homes: int, days: int, seed: int) -> NDArray[np.float32]:
    """Hourly reads of four kinds of home, (days, homes, 24) [kWh]; only the benchmark's input."""
    rng = np.random.default_rng(seed)
    kinds = np.full((4, 24), 0.3, np.float32)
    kinds[0, 17:22], kinds[1, 10:15], kinds[2, 0:5], kinds[3, 6:9] = 2.0, 1.5, 2.5, 1.8
    base = kinds[rng.integers(0, 4, homes)] * rng.lognormal(0, 0.5, (homes, 1)).astype(np.float32)
    return np.asarray(base[None] * rng.gamma(4.0, 0.25, (days, homes, 24)).astype(np.float32))


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Processor seconds of a piece of work, and its result."""
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def stream(homes: int, days: int) -> tuple[float, NDArray[np.float64]]:
    """Seconds to stream ``days`` days of ``homes`` homes into features, part by part, and the shapes."""
    block = made_up_days(PART, days, 0)  # one block serves for all parts: only its making would differ
    degc = np.random.default_rng(1).uniform(15.0, 38.0, days)
    shapes: list[NDArray[np.float64]] = []
    seconds = 0.0
    for begin in range(0, homes, PART):
        size = min(PART, homes - begin)

        def work(size: int = size) -> NDArray[np.float64]:
            sums = LoadShapes(size, (16, 19))
            for day in range(days):
                sums.add_day(block[day, :size], day % 7 < 5, float(degc[day]) - 7.0, float(degc[day]))
            sums.features()
            return sums.shapes()

        took, found = timed(work)
        seconds += took
        assert isinstance(found, np.ndarray)
        noise = np.random.default_rng(begin).lognormal(0.0, 0.2, found.shape)  # no two parts alike
        shapes.append(found * noise / (found * noise).sum(axis=1, keepdims=True))
    return seconds, np.concatenate(shapes)


def plain_kmeans(shapes: NDArray[np.float64], k: int) -> float:
    """Seconds scikit-learn's KMeans takes on all homes, with the same k and starts."""
    from sklearn.cluster import KMeans

    with threadpool_limits(1):
        seconds, _ = timed(lambda: KMeans(k, n_init=4, random_state=0).fit(shapes))
    return seconds


def main() -> None:
    """Print one line a piece of work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--homes", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=56)
    parser.add_argument("--segments", type=int, default=6)
    parser.add_argument("--plain", action="store_true", help="Also fit scikit-learn's KMeans on all homes.")
    asked = parser.parse_args()
    seconds, shapes = stream(asked.homes, asked.days)
    rate = asked.homes * asked.days / seconds
    print(f"features streamed      {seconds:8.1f} s   {asked.homes:,} homes x {asked.days} days, {rate:,.0f} a second")
    k = asked.segments
    ours, _ = timed(lambda: segment(shapes, k, stability=False))
    print(f"k-means fit + assign   {ours:8.1f} s   k = {k}, fitted on a sample, assigned to all")
    if asked.plain:
        theirs = plain_kmeans(shapes, k)
        print(f"plain scikit-learn     {theirs:8.1f} s   KMeans on all homes: {theirs / ours:.1f} times as long")
    unit = 1024.0 if sys.platform != "darwin" else 1024.0**2
    print(f"peak memory            {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit / 1024:8.2f} GB")


if __name__ == "__main__":
    main()
