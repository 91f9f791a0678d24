"""Latents from seeds, the same bytes on every machine."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from studio.gan.samples import Sample

_NORMAL = NormalDist()
_SMALLEST = 2.0**-54
_PARALLEL = 1e-6


def make_latents(samples: Sequence[Sample], width: int) -> NDArray[np.float32]:
    """Return the latents (N, `width`) of samples."""
    latents = [_latent(sample, width) for sample in samples]
    return np.array(latents, np.float32).reshape(len(samples), width)


def _latent(sample: Sample, width: int) -> NDArray[np.float64]:
    start = draw_latent(sample.seed, width, sample.truncation)
    if sample.toward is None:
        return start
    return slerp(start, draw_latent(sample.toward, width, sample.truncation), sample.share)


def draw_latent(seed: int, width: int, truncation: float | None = None) -> NDArray[np.float64]:
    """Return a latent (`width`,) of the normal distribution, none of it beyond ±`truncation`.

    The truncated normal of Brock et al. 2019 (arXiv 1809.11096, section 3.1), by the inverse of the
    distribution in place of drawing again, so that one seed's latent moves smoothly with
    `truncation`.
    """
    low = 0.0 if truncation is None else _NORMAL.cdf(-truncation)
    shares = low + np.random.default_rng([seed]).random(width) * (1 - 2 * low)
    # The standard library's inverse calculates alike everywhere; numpy's vector units do not.
    return np.array([_NORMAL.inv_cdf(share) for share in shares.clip(_SMALLEST, None).tolist()])


def slerp(
    start: NDArray[np.float64], end: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    """Return the point at `share` of the way on the arc from one latent to another.

    White 2016, arXiv 1609.04468: on the straight line the middle would be shorter than any latent
    that the generator was trained with.
    """
    cosine = float(start @ end) / float(np.linalg.norm(start) * np.linalg.norm(end))
    angle = float(np.arccos(np.clip(cosine, -1, 1)))
    # Of nearly opposite ones the arc could lead anywhere.
    if np.sin(angle) < _PARALLEL:
        return (1 - share) * start + share * end
    ends = np.sin((1 - share) * angle) * start + np.sin(share * angle) * end
    middle: NDArray[np.float64] = ends / np.sin(angle)
    return middle
