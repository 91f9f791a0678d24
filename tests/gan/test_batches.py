"""The order of images is the same however a training is cut into pieces."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.gan.batches import BatchOrder


@given(st.integers(1, 50), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_every_round_takes_every_image_once(count: int, batch: int, seed: int) -> None:
    order = BatchOrder(count, seed)
    firsts = range(0, 3 * count, batch)
    taken = np.concatenate([order.indices(first, batch) for first in firsts])
    for first in range(0, 3 * count, count):
        assert sorted(taken[first : first + count]) == list(range(count))


def test_any_place_can_be_asked_for_first() -> None:
    forward = BatchOrder(7, seed=5)
    expected = [forward.indices(first, 3).tolist() for first in range(0, 27, 3)]
    for number in reversed(range(9)):
        assert BatchOrder(7, seed=5).indices(3 * number, 3).tolist() == expected[number]
    assert BatchOrder(7, seed=6).indices(0, 3).tolist() != expected[0]
