"""How good made images are, by their features (N, F) beside those of real ones. numpy only."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float32]

_SUBSETS = 20
_SUBSET_SIZE = 200
_NEIGHBOURS = 5


class Kid(NamedTuple):
    """Kernel inception distance, smaller is better, and its standard deviation over subsets."""

    mean: float
    spread: float


def kid(real: Features, made: Features, seed: int) -> Kid:
    """Return the unbiased squared distance of both distributions, a cubic kernel apart.

    Bińkowski et al. 2018, arXiv 1801.01401: k(x, y) = (x·y / F + 1)³, over random subsets.
    """
    rng = np.random.default_rng(seed)
    size = min(_SUBSET_SIZE, len(real), len(made))
    distances = [
        _squared_distance(
            rng.choice(real, size, replace=False), rng.choice(made, size, replace=False)
        )
        for _ in range(_SUBSETS)
    ]
    return Kid(float(np.mean(distances)), float(np.std(distances)))


def _squared_distance(one: Features, other: Features) -> float:
    width, count = one.shape[1], len(one)

    def kernel(a: Features, b: Features) -> NDArray[Any]:
        values = a.astype(np.float64) @ b.T.astype(np.float64) / width + 1
        # A power costs many times what two products do.
        result: NDArray[Any] = values * values * values
        return result

    def mean_of_pairs(values: NDArray[Any]) -> float:
        return float((values.sum() - np.trace(values)) / (count * (count - 1)))

    same = mean_of_pairs(kernel(one, one)) + mean_of_pairs(kernel(other, other))
    return same - 2 * float(kernel(one, other).mean())


class Cover(NamedTuple):
    """Density: how close made images are to real ones; coverage: how many real ones have any."""

    density: float
    coverage: float


def reach(real: Features) -> NDArray[np.float64]:
    """Return the squared distance of each to its fifth neighbour among the others: (N,)."""
    neighbours = min(_NEIGHBOURS, len(real) - 1)
    among: NDArray[np.float64] = np.partition(_distances(real, real), neighbours, axis=1)
    return among[:, neighbours]


def cover(real: Features, made: Features, reached: NDArray[np.float64] | None = None) -> Cover:
    """Return density and coverage with balls to the fifth neighbour: Naeem et al. 2020.

    arXiv 2002.09797. Where the distributions are the same both are about 1, coverage a little less.
    `reached` is `reach(real)` where it is known.
    """
    radii = reach(real) if reached is None else reached
    inside = _distances(real, made) <= radii[:, None]
    density = inside.sum(axis=0).mean() / min(_NEIGHBOURS, len(real) - 1)
    return Cover(float(density), float(inside.any(axis=1).mean()))


def _distances(one: Features, other: Features) -> NDArray[np.float64]:
    """Return squared distances (len(one), len(other))."""
    a, b = one.astype(np.float64), other.astype(np.float64)
    squares: NDArray[np.float64] = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T
    return squares.clip(min=0)


def spread(features: Features) -> float:
    """Return the root of the total variance: how far images lie apart."""
    return float(np.sqrt(features.var(axis=0).sum()))


def frechet(one: Features, other: Features) -> float:
    """Return the Fréchet distance of the normal distributions fitted to both.

    Heusel et al. 2017, arXiv 1706.08500, of whatever features these are.
    """
    means = one.mean(0) - other.mean(0)
    first, second = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    # The trace of the root of a product of covariances is the sum of its eigenvalues' roots.
    roots = np.sqrt(np.maximum(np.linalg.eigvals(first @ second).real, 0)).sum()
    return float(means @ means + np.trace(first) + np.trace(second) - 2 * roots)
