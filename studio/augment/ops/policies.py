"""Steps that choose other steps: groups, and the published policies."""

from collections.abc import Sequence
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
    left = dict(enumerate(weights))
    chosen = []
    for _ in range(min(count, sum(weight > 0 for weight in weights))):
        place = dice.uniform() * sum(left.values())
        for index, weight in left.items():
            place -= weight
            if place < 0 and weight > 0:
                break
        else:
            # Rounding may leave the place at the very end.
            index = max(index for index, weight in left.items() if weight > 0)
        chosen.append(index)
        del left[index]
    return tuple(chosen)
