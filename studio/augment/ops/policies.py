"""Steps that choose other steps: groups, and the published policies."""

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from typing import Annotated

from studio.augment.operation import Chosen, Dice, Number, operation


@operation("Policies")
def one_of(weights: Sequence[float], dice: Dice) -> Chosen:
    """Do one of the steps inside.

    Each is taken as often as its probability says, compared with the others'.
    """
    return _choose(weights, 1, dice)


@operation("Policies")
def some_of(
    weights: Sequence[float],
    dice: Dice,
    *,
    count: Annotated[
        int,
        Number(low=0, high=20, default=(1, 2), step=1, help="How many of the steps happen."),
    ],
) -> Chosen:
    """Do some of the steps inside, in their order.

    Each is taken as often as its probability says, compared with the others', and never twice.
    """
    return _choose(weights, count, dice)


def _choose(weights: Sequence[float], count: int, dice: Dice) -> tuple[int, ...]:
    left = {index: weight for index, weight in enumerate(weights) if weight > 0}
    chosen: list[int] = []
    while left and len(chosen) < count:
        place = dice.uniform() * sum(left.values())
        # Rounding may leave the place at the very end.
        index = bisect([*accumulate(left.values())][:-1], place)
        chosen.append([*left][index])
        del left[chosen[-1]]
    return tuple(chosen)
