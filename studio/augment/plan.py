"""A plan says what did happen to one image: every random choice, drawn once and written down."""

import struct
from collections.abc import Mapping, Sequence
from hashlib import shake_128
from itertools import count, takewhile
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from studio.augment.dice import Dice
from studio.augment.kinds import Branch, Kind
from studio.augment.missing.rules import MissingRule
from studio.augment.operation import get
from studio.augment.param import Value
from studio.augment.recipe import BORDER, FILL, Recipe, Step

CLASS_MEAN = "class mean: "
"""Before an image's key: the mean image of its class, among the partners of a step."""


class PlannedStep(Struct, frozen=True, omit_defaults=True):
    """An operation with its drawn values. `seed` feeds what has too many numbers to list.

    `partners` are the keys of the other images that are mixed in. A step with `branches` blends
    their results instead of working by itself.
    """

    op: str
    id: str
    seed: int
    values: Mapping[str, Value]
    partners: tuple[str, ...] = ()
    branches: tuple["PlannedBranch", ...] = ()


class PlannedBranch(Struct, frozen=True):
    """A chain of steps and its share of a blend."""

    weight: float
    steps: tuple[PlannedStep, ...]


class Plan(Struct, frozen=True, omit_defaults=True):
    """What happens to one image in one variant: only the steps that do happen, in order.

    `missing` are the rules that tell which pixels of the image stand for no data.
    """

    image: str
    variant: int
    border: str
    fill: float
    steps: tuple[PlannedStep, ...]
    missing: tuple[MissingRule, ...] = ()

    @property
    def fills(self) -> bool:
        """Whether a step fills missing pixels."""
        return _fills(self.steps)

    def split_after_fills(self) -> tuple["Plan", "Plan"] | None:
        """Return two plans that do the same one after the other; what the first makes may be kept.

        The first ends with the last fill that only fills and losses come before. None where there
        is no such fill, or where a later step mixes the image with itself as it was.
        """
        kinds = [get(step.op).kind for step in self.steps]
        leading = [*takewhile(lambda kind: kind in (Kind.LOSS, Kind.FILL), kinds)]
        end = max((at for at, kind in enumerate(leading, 1) if kind is Kind.FILL), default=0)
        if not end or any(self.image in step.partners for step in self.steps[end:]):
            return None
        return replace(self, steps=self.steps[:end]), replace(self, steps=self.steps[end:])

    def step(self, id: str) -> PlannedStep | None:
        """Return the step of that id, or None where the draw left it out."""
        return next((step for step in self.steps if step.id == id), None)

    def steps_of(self, id: str) -> tuple[PlannedStep, ...]:
        """Return what a step of the recipe became: itself, or what a policy drew in its place."""
        return tuple(step for step in self.steps if step.id == id or step.id.startswith(f"{id}/"))

    def shares(self) -> dict[str, float]:
        """Return how much of the result is of which image, by key: 1 of its own where none mix."""
        shares = {self.image: 1.0}
        for step in self.steps:
            tell = get(step.op).shares
            if tell is None:
                continue
            own, *others = tell(**step.values)
            shares = {key: share * own for key, share in shares.items()}
            for key, share in zip(step.partners, others, strict=True):
                shares[key] = shares.get(key, 0.0) + share
        return shares


class Held(NamedTuple):
    """A value that a person holds in place of the draw, to see it while a handle is dragged."""

    step: str
    param: str
    value: float


def draw(
    recipe: Recipe,
    image: str,
    variant: int,
    *,
    held: Held | None = None,
    pool: Sequence[str] = (),
) -> Plan:
    """Draw every random choice for one image.

    `image` is its key (path relative to the data set), `variant` counts its copies from 1. The
    same arguments give the same plan on every machine. Each step has its own stream and always
    draws every parameter, so changing, moving or switching off one step leaves the others' draws
    alone. `held` replaces one draw, and makes its step happen. `pool` holds the keys of the images
    that may be mixed in; where there is no other one, an image is mixed with itself.
    """
    return Drawer(recipe, pool).draw(image, variant, held)


class Drawer:
    """Draws many plans of one recipe: see `draw`."""

    def __init__(self, recipe: Recipe, pool: Sequence[str] = ()) -> None:
        self._recipe = recipe
        self._pool = pool
        self._steps = [step for step in recipe.steps if step.enabled]
        self._has_fixed_border = len(recipe.border) == 1 and recipe.fill[0] == recipe.fill[1]

    def draw(self, image: str, variant: int, held: Held | None = None) -> Plan:
        """Return the plan for one image and variant."""
        recipe = self._recipe
        streams = _Streams(f"{recipe.seed}\0{image}\0{variant}\0")
        border, fill = (0.0, 0.0) if self._has_fixed_border else streams.uniforms("", 2)[1]
        planned: list[PlannedStep] = []
        for step in self._steps:
            planned += self._plan_step(step, image, streams, held)
        return Plan(
            image,
            variant,
            str(BORDER.draw(recipe.border, border)),
            float(FILL.draw(recipe.fill, fill)),
            tuple(planned),
            recipe.missing,
        )

    def _plan_step(
        self,
        step: Step,
        image: str,
        streams: "_Streams",
        held: Held | None,
        *,
        chosen: bool = False,
    ) -> Sequence[PlannedStep]:
        operation = step.operation
        params = operation.params
        seed, (happens, *uniforms) = streams.uniforms(step.id, 1 + len(params))
        if not (happens < step.probability or chosen or _holds(step, held)):
            return ()
        values = {
            param.name: param.draw(step.params[param.name], uniform)
            for param, uniform in zip(params, uniforms, strict=True)
        }
        if held is not None and held.step == step.id:
            values[held.param] = operation.param(held.param).draw((held.value, held.value), 0)
        if operation.kind is Kind.GROUP:
            inside = [child for child in step.steps if child.enabled]
            weights = tuple(child.probability for child in inside)
            picked = operation.function(weights, streams.dice(step), **values)
            return [
                planned
                for index in _with_held(picked, inside, held)
                for planned in self._plan_step(inside[index], image, streams, held, chosen=True)
            ]
        if operation.kind is Kind.POLICY:
            dice = streams.dice(step)
            return _plan_branches(step, operation.function(dice, **values), seed, dice)
        partners: tuple[str, ...] = ()
        if operation.partners:
            dice = streams.dice(step)
            partners = tuple(_partner(self._pool, image, dice) for _ in range(operation.partners))
        if operation.borrows:
            partners = (f"{CLASS_MEAN}{image}",)
        return (PlannedStep(step.op, step.id, seed, values, partners),)


class _Streams:
    """The random numbers of one image and variant, a stream for each step."""

    def __init__(self, key: str) -> None:
        self._key = key

    def uniforms(self, step: str, count: int) -> tuple[int, list[float]]:
        """Return a 64-bit seed and `count` numbers in [0, 1) for one step.

        More numbers leave the first ones as they were.
        """
        key = f"{self._key}{step}".encode("utf-8", "surrogatepass")
        seed, *words = struct.unpack(f"<{1 + count}Q", shake_128(key).digest(8 * (1 + count)))
        return seed, [(word >> 11) * 2.0**-53 for word in words]

    def dice(self, step: Step) -> Dice:
        """Return as many random numbers more as a step may want."""
        return Dice(f"{self._key}{step.id}\0dice")


def _fills(steps: Sequence[PlannedStep]) -> bool:
    return any(
        get(step.op).kind is Kind.FILL or any(_fills(branch.steps) for branch in step.branches)
        for step in steps
    )


def _holds(step: Step, held: Held | None) -> bool:
    return held is not None and (
        step.id == held.step or any(child.id == held.step for child in step.steps)
    )


def _with_held(picked: Sequence[int], inside: Sequence[Step], held: Held | None) -> Sequence[int]:
    for index, child in enumerate(inside):
        if _holds(child, held) and index not in picked:
            return (index,)
    return sorted(picked)


def _partner(pool: Sequence[str], image: str, dice: Dice) -> str:
    if len(pool) < 2:
        return image
    index = dice.index(len(pool))
    # One back where it would be the image itself; before the first is the last.
    return pool[index] if pool[index] != image else pool[index - 1]


def _plan_branches(
    step: Step, branches: Sequence[Branch], seed: int, dice: Dice
) -> Sequence[PlannedStep]:
    numbers = count(1)
    planned = tuple(
        PlannedBranch(
            branch.weight,
            tuple(
                PlannedStep(op, f"{step.id}/{next(numbers)}", dice.word(), values)
                for op, values in branch.steps
            ),
        )
        for branch in branches
    )
    if len(planned) == 1:
        return planned[0].steps
    return (PlannedStep(step.op, step.id, seed, {}, branches=planned),)
