"""Which images a step is trained on: every one once in each round, in an order from the seed."""

import numpy as np
from numpy.typing import NDArray


class BatchOrder:
    """Says for any step, without having counted the steps before, which images it takes."""

    def __init__(self, count: int, batch: int, seed: int) -> None:
        self._count = count
        self._batch = batch
        self._seed = seed
        self._round = -1
        self._order = np.empty(0, np.int64)

    def indices(self, step: int) -> NDArray[np.int64]:
        """Return the images (batch,) of a step."""
        places = np.arange(step * self._batch, (step + 1) * self._batch)
        rounds = places // self._count
        result = np.empty(self._batch, np.int64)
        for number in np.unique(rounds):
            inside = rounds == number
            result[inside] = self._shuffled(int(number))[places[inside] % self._count]
        return result

    def _shuffled(self, number: int) -> NDArray[np.int64]:
        if number != self._round:
            self._round = number
            self._order = np.random.default_rng((self._seed, number)).permutation(self._count)
        return self._order
