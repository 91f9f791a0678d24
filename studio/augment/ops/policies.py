"""Steps that choose other steps: groups, and the published policies.

The policies draw from the operations of this program, at the strengths of the papers' tables.
Where those speak of pixels, they are of ImageNet's crops of 224. Contrast is about mid-grey and not
about the picture's mean, and borders are the recipe's: the papers fill with grey.
"""

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from math import log, log2
from typing import Annotated

from studio.augment.operation import Branch, Chosen, Dice, Number, Policy, Value, get, operation

_Steps = tuple[tuple[str, Mapping[str, Value]], ...]
_Move = Callable[[float], _Steps]
"""Makes the steps of one of a policy's operations from a strength, -1 to 1."""

_TOP_MAGNITUDE = 30
_TOP_SEVERITY = 10


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


@operation("Policies", title="TrivialAugment")
def trivial_augment(dice: Dice) -> Policy:
    """Do one operation at a random strength, both drawn evenly.

    Nothing to tune, and hard to beat for photos. Müller & Hutter 2021, arXiv 2103.10158, table 1,
    the wide column: 14 operations, 31 strengths.
    """
    return (Branch(1.0, _draw(_WIDE, dice.index(31) / 30, dice)),)


@operation("Policies", title="RandAugment")
def rand_augment(
    dice: Dice,
    *,
    operations: Annotated[
        int,
        Number(low=1, high=10, default=(2, 2), step=1, help="N: how many operations follow."),
    ],
    magnitude: Annotated[
        int,
        Number(
            low=0,
            high=_TOP_MAGNITUDE,
            default=(9, 9),
            step=1,
            help="M: how strong each of them is, of 30.",
        ),
    ],
) -> Policy:
    """Do some operations, drawn evenly, all at one strength.

    Cubuk et al. 2020, arXiv 1909.13719: 14 operations; the strengths are AutoAugment's (Cubuk et
    al. 2019, arXiv 1805.09501, table 6), here of 30 as in the paper's ImageNet runs.
    """
    strength = magnitude / _TOP_MAGNITUDE
    steps = tuple(step for _ in range(operations) for step in _draw(_NARROW, strength, dice))
    return (Branch(1.0, steps),)


@operation("Policies", title="AugMix")
def aug_mix(
    dice: Dice,
    *,
    severity: Annotated[
        int,
        Number(
            low=1,
            high=_TOP_SEVERITY,
            default=(3, 3),
            step=1,
            help="How strong an operation can be, of 10.",
        ),
    ],
    width: Annotated[
        int, Number(low=1, high=5, default=(3, 3), step=1, help="How many chains are blended.")
    ],
    depth: Annotated[
        int,
        Number(
            low=1,
            high=4,
            default=(3, 3),
            step=1,
            help="How many operations a chain has at most.",
        ),
    ],
) -> Policy:
    """Blend chains of operations with the picture.

    Varied, yet close to the picture: against corruptions and shifts. Hendrycks et al. 2020, arXiv
    1912.02781, algorithm 1, with its Beta and Dirichlet coefficients of 1.
    """
    share = dice.uniform()
    # A Dirichlet distribution of ones is that of exponentials divided by their sum.
    parts = [-log(1 - dice.uniform()) for _ in range(width)]
    branches = [Branch(1 - share, ())]
    for part in parts:
        chain: _Steps = ()
        for _ in range(1 + dice.index(depth)):
            strength = (0.1 + (severity - 0.1) * dice.uniform()) / _TOP_SEVERITY
            chain += _draw(_MIXED, strength, dice)
        branches.append(Branch(share * part / sum(parts), chain))
    return tuple(branches)


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


def _draw(moves: Sequence[_Move], strength: float, dice: Dice) -> _Steps:
    move = moves[dice.index(len(moves))]
    return move(strength if dice.uniform() < 0.5 else -strength)


def _step(op: str, **values: Value) -> _Steps:
    """Return one step, with the values that change nothing where none are given."""
    rest = {
        param.name: param.default[0] if param.neutral is None else param.neutral
        for param in get(op).params
    }
    return ((op, {**rest, **values}),)


def _nothing(strength: float) -> _Steps:
    return ()


def _auto_contrast(strength: float) -> _Steps:
    return _step("auto_contrast", cutoff=0.0, channels="separate")


def _equalise(strength: float) -> _Steps:
    return _step("equalise")


def _rotate(most: float) -> _Move:
    return lambda strength: _step("rotate", angle=most * strength)


def _shear(axis: str, most: float) -> _Move:
    """`most` in degrees."""
    return lambda strength: _step("shear", **{axis: most * strength})


def _translate(axis: str, most: float) -> _Move:
    """`most` in percent of the side."""
    return lambda strength: _step("translate", **{axis: most * strength})


def _solarise(strength: float) -> _Steps:
    return _step("solarise", threshold=100 * (1 - abs(strength)))


def _posterise(fewest: int) -> _Move:
    return lambda strength: _step("posterise", bits=8 - round((8 - fewest) * abs(strength)))


def _colour(most: float) -> _Move:
    return lambda strength: _step("saturation", factor=1 + most * strength)


def _contrast(most: float) -> _Move:
    return lambda strength: _step("contrast", factor=1 + most * strength)


def _brightness(most: float) -> _Move:
    """Multiplies levels, as Pillow does."""

    def move(strength: float) -> _Steps:
        factor = 1 + most * strength
        if factor >= 1:
            return _step("exposure", stops=2.2 * log2(factor))
        # Farther than exposure goes: drawn towards mid-grey, and that down to black.
        return _step("contrast", factor=factor) + _step("brightness", change=50 * (factor - 1))

    return move


def _sharpness(most: float) -> _Move:
    """A factor of 0 smooths with 3×3 pixels, one of 2 adds what that takes away, as Pillow does."""

    def move(strength: float) -> _Steps:
        if strength >= 0:
            return _step("sharpen", amount=100 * most * strength)
        return _step("gaussian_blur", sigma=-_SMOOTH * most * strength)

    return move


_SMOOTH = 0.3
"""In percent of the shorter side: 0.6 of 224 pixels spread as Pillow's smoothing does."""

_WIDE: tuple[_Move, ...] = (
    _nothing,
    _auto_contrast,
    _equalise,
    _rotate(135),
    _solarise,
    _colour(0.99),
    _posterise(2),
    _contrast(0.99),
    _brightness(0.99),
    _sharpness(0.99),
    _shear("x", 44.7),
    _shear("y", 44.7),
    _translate("x", 100 * 32 / 224),
    _translate("y", 100 * 32 / 224),
)
"""Shear is 0.99, which is the tangent of 44.7°."""

_NARROW: tuple[_Move, ...] = (
    _nothing,
    _auto_contrast,
    _equalise,
    _rotate(30),
    _solarise,
    _colour(0.9),
    _posterise(4),
    _contrast(0.9),
    _brightness(0.9),
    _sharpness(0.9),
    _shear("x", 16.7),
    _shear("y", 16.7),
    _translate("x", 100 * 150 / 331),
    _translate("y", 100 * 150 / 331),
)
"""Shear is 0.3, which is the tangent of 16.7°; the table's shifts are 150 of 331 pixels."""

_MIXED: tuple[_Move, ...] = (
    _auto_contrast,
    _equalise,
    lambda strength: _step("posterise", bits=4 - int(4 * abs(strength)) or 1),
    _rotate(30),
    _solarise,
    _shear("x", 16.7),
    _shear("y", 16.7),
    _translate("x", 100 / 3),
    _translate("y", 100 / 3),
)
"""The paper's training set leaves out what its test corruptions are made of."""
