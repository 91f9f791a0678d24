"""The order of images is the same however a training is cut into pieces."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.gan.batches import BatchOrder


@given(st.integers(1, 50), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_every_round_takes_every_image_once(count: int, batch: int, seed: int) -> None:
    order = BatchOrder(count, batch, seed)
    steps = -(-3 * count // batch)
    taken = np.concatenate([order.indices(step) for step in range(steps)])
    for first in range(0, 3 * count, count):
        assert sorted(taken[first : first + count]) == list(range(count))


def test_any_step_can_be_asked_for_first() -> None:
    forward = BatchOrder(7, 3, seed=5)
    expected = [forward.indices(step).tolist() for step in range(9)]
    for step in reversed(range(9)):
        assert BatchOrder(7, 3, seed=5).indices(step).tolist() == expected[step]
    assert BatchOrder(7, 3, seed=6).indices(0).tolist() != expected[0]
