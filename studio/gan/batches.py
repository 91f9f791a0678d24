"""Which images a step is trained on: every one once in each round, in an order from the seed."""

import numpy as np
from numpy.typing import NDArray


class BatchOrder:
    """Says from any place on, without having counted what came before, which images are next."""

    def __init__(self, count: int, seed: int) -> None:
        self._count = count
        self._seed = seed
        self._round = -1
        self._order = np.empty(0, np.int64)

    def indices(self, first: int, count: int) -> NDArray[np.int64]:
        """Return the `count` images that come after the `first` ones."""
        places = np.arange(first, first + count)
        rounds = places // self._count
        result = np.empty(count, np.int64)
        for number in np.unique(rounds):
            inside = rounds == number
            result[inside] = self._shuffled(int(number))[places[inside] % self._count]
        return result

    def _shuffled(self, number: int) -> NDArray[np.int64]:
        if number != self._round:
            self._round = number
            self._order = np.random.default_rng((self._seed, number)).permutation(self._count)
        return self._order
