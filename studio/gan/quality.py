"""Looks at how good made images are, with as many as a quick look allows."""

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from studio.gan.data import Pixels, TrainingSet
from studio.gan.judge import Judge
from studio.gan.metrics import Cover, Features, Kid, cover, kid, reach, spread
from studio.gan.reports import Quality, Reference
from studio.gan.sampling import Sampler, draw_latents

_LOOKED_AT = 1000
_AT_A_TIME = 250
_NEEDED = 16
_SEED = 77


class QualityWatch:
    """Compares what a generator makes with the real images of a training."""

    def __init__(self, data: TrainingSet, judge: Judge, latent: int) -> None:
        self._judge = judge
        rng = np.random.default_rng(_SEED)
        count = min(_LOOKED_AT, len(data.images))
        chosen = np.sort(rng.choice(len(data.images), count, replace=False))
        self.looked_at = chosen
        real, _ = judge.look(data.images[chosen])
        # In units of its own, so that KID does not tell how large a judge's numbers happen to be.
        self._unit = np.float32(np.sqrt((real**2).mean()) or 1.0)
        self._real = real / self._unit
        self._reached = reach(self._real)
        self._latents = draw_latents(count, latent, _SEED)
        self._labels = data.labels[chosen]
        self._classes = len(data.classes)
        self.spread = 1.0
        self.made = np.empty(0, np.uint8)
        self._data = data

    def reference(self) -> Reference | None:
        """Return what held-out real images get, None where there are too few to say."""
        if len(self._data.held_out) < _NEEDED:
            return None
        features, labels = self._judge_all(self._data.held_out)
        measured = self._measure(features, labels, self._data.held_out_labels)
        return Reference(0, 0.0, *measured)

    def look(
        self, sampler: Sampler, images_seen: int, seconds: float
    ) -> Generator[float, None, Quality]:
        """Return how good the sampler's images are now; yield the share that is done."""
        made, features, labels = [], [], []
        count = len(self._latents)
        for first in range(0, count, _AT_A_TIME):
            if first:
                yield first / count
            part = slice(first, first + _AT_A_TIME)
            made.append(sampler.make(self._latents[part], self._labels[part]))
            found = self._judge_all(made[-1])
            features.append(found[0])
            labels.append(found[1])
        self.made = np.concatenate(made)
        whole = np.concatenate(features)
        self.spread = spread(whole) / max(spread(self._real), 1e-9)
        measured = self._measure(whole, np.concatenate(labels), self._labels)
        return Quality(images_seen, seconds, *measured)

    def _judge_all(self, images: Pixels) -> tuple[Features, NDArray[np.int64]]:
        features, labels = self._judge.look(images)
        return features / self._unit, labels

    def _measure(
        self, features: Features, labels: NDArray[np.int64], wanted: NDArray[np.int32]
    ) -> tuple[float, float, float, float, float | None, tuple[float, ...]]:
        distance: Kid = kid(self._real, features, _SEED)
        covered: Cover = cover(self._real, features, self._reached)
        if not self._judge.knows_classes:
            return *distance, *covered, None, ()
        right = labels == wanted
        each = tuple(
            float(right[wanted == label].mean()) if (wanted == label).any() else 0.0
            for label in range(self._classes)
        )
        return *distance, *covered, float(right.mean()), each
