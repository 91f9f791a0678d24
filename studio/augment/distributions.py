"""Distributions as tables: their inverse at evenly spaced chances, in ascending order."""

from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

WORDS = 65_536
"""How many words of 16 bits there are."""

Floats = NDArray[np.float64]

# Of a mean below `_FEW`, numbers are counted one by one, and there are never as many as the most.
_FEW = 8.0
_MOST_OF_FEW = 32

Standard = Callable[[], NDArray[np.float32]]
"""Gives a distribution with mean 0, symmetrical, at the middle of each word's interval."""


@lru_cache(maxsize=1)
def standard_normal() -> NDArray[np.float32]:
    """Return the normal distribution of deviation 1, cut off at 4.3."""
    normal = NormalDist()
    upper = [normal.inv_cdf((word + 0.5) / WORDS) for word in range(WORDS // 2, WORDS)]
    return _mirrored(np.array(upper, dtype=np.float32))


@lru_cache(maxsize=1)
def standard_uniform() -> NDArray[np.float32]:
    """Return the even distribution from -1 to 1."""
    upper = (np.arange(WORDS // 2) + 0.5) / (WORDS // 2)
    return _mirrored(upper.astype(np.float32))


def _mirrored(upper: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate([-upper[::-1], upper])


@lru_cache(maxsize=4)
def chances(standard: Standard, count: int = 1024) -> NDArray[np.float32]:
    """Return a standard number for each of so many equal chances, in ascending order."""
    means: NDArray[np.float32] = standard().reshape(count, -1).mean(axis=1)
    return means


def poisson(means: Floats, count: int) -> NDArray[np.float32]:
    """Return how many are counted at each of so many equal chances: a row for each mean.

    The means ascend, and so do the counts of a row.
    """
    # Giles 2016, "Algorithm 955: Approximation of the inverse Poisson cumulative distribution
    # function", ACM Transactions on Mathematical Software 42.
    wide, chance = means.astype(np.float32)[:, np.newaxis], chances(standard_normal, count)
    counts: NDArray[np.float32] = np.sqrt(wide) * chance
    counts += wide
    counts += chance * chance / 6 + np.float32(1 / 3)
    np.maximum(np.floor(counts, out=counts), 0, out=counts)
    few = int(np.searchsorted(means, _FEW))
    counts[:few] = _poisson_of_few(means[:few], count)
    return counts


def _poisson_of_few(means: Floats, count: int) -> NDArray[np.int64]:
    numbers = np.arange(_MOST_OF_FEW)
    ratios = means[:, np.newaxis] / np.maximum(numbers, 1)
    ratios[:, 0] = np.exp(-means)
    below = np.cumsum(np.cumprod(ratios, axis=1), axis=1) * count
    below = np.floor(below + 0.5).astype(np.int64)
    below[:, -1] = count
    times = np.diff(below, axis=1, prepend=0)
    return np.repeat(np.tile(numbers, len(means)), times.reshape(-1)).reshape(-1, count)
