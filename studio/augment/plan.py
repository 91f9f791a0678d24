"""A plan says what did happen to one image: every random choice, drawn once and written down."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from hashlib import shake_128
from itertools import count
from typing import NamedTuple

from msgspec import Struct

from studio.augment.dice import Dice
from studio.augment.kinds import Branch, Kind
from studio.augment.operation import get
from studio.augment.param import Value
from studio.augment.recipe import BORDER, FILL, Recipe, Step


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


class Plan(Struct, frozen=True):
    """What happens to one image in one variant: only the steps that do happen, in order."""

    image: str
    variant: int
    border: str
    fill: float
    steps: tuple[PlannedStep, ...]

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
    return _Drawing(recipe, image, variant, held, pool).plan()


class _Drawing:
    def __init__(
        self, recipe: Recipe, image: str, variant: int, held: Held | None, pool: Sequence[str]
    ) -> None:
        self._recipe = recipe
        self._image = image
        self._variant = variant
        self._held = held
        self._pool = pool

    def plan(self) -> Plan:
        recipe = self._recipe
        is_fixed = len(recipe.border) == 1 and recipe.fill[0] == recipe.fill[1]
        border, fill = (0.0, 0.0) if is_fixed else self._uniforms(2, "")[1]
        return Plan(
            image=self._image,
            variant=self._variant,
            border=str(BORDER.draw(recipe.border, border)),
            fill=float(FILL.draw(recipe.fill, fill)),
            steps=tuple(
                planned
                for step in recipe.steps
                if step.enabled
                for planned in self._plan_step(step)
            ),
        )

    def _plan_step(self, step: Step, *, chosen: bool = False) -> Iterator[PlannedStep]:
        operation = step.operation
        params = operation.params
        content, (happens, *uniforms) = self._uniforms(1 + len(params), step.id)
        if not (chosen or happens < step.probability or self._holds(step)):
            return
        values = {
            param.name: param.draw(step.params[param.name], uniform)
            for param, uniform in zip(params, uniforms, strict=True)
        }
        held = self._held
        if held is not None and held.step == step.id:
            values[held.param] = operation.param(held.param).draw((held.value, held.value), 0)
        if operation.kind is Kind.GROUP:
            yield from self._plan_group(step, values)
        elif operation.kind is Kind.POLICY:
            dice = self._dice(step)
            yield from _plan_branches(step, operation.function(dice, **values), content, dice)
        else:
            partners = self._partners(step, operation.partners) if operation.partners else ()
            yield PlannedStep(step.op, step.id, content, values, partners)

    def _plan_group(self, step: Step, values: Mapping[str, Value]) -> Iterator[PlannedStep]:
        inside = [child for child in step.steps if child.enabled]
        weights = tuple(child.probability for child in inside)
        chosen = step.operation.function(weights, self._dice(step), **values)
        held = [index for index, child in enumerate(inside) if self._holds(child)]
        for index in held if held and held[0] not in chosen else sorted(chosen):
            yield from self._plan_step(inside[index], chosen=True)

    def _holds(self, step: Step) -> bool:
        held = self._held
        return held is not None and (
            step.id == held.step or any(child.id == held.step for child in step.steps)
        )

    def _partners(self, step: Step, count: int) -> tuple[str, ...]:
        pool, dice = self._pool, self._dice(step)
        if len(pool) < 2:
            return (self._image,) * count
        chosen = []
        for _ in range(count):
            index = dice.index(len(pool))
            # One further where it would be the image itself: the last one's next is the first.
            chosen.append(pool[index] if pool[index] != self._image else pool[index - 1])
        return tuple(chosen)

    def _dice(self, step: Step) -> Dice:
        return Dice(self._recipe.seed, self._image, self._variant, f"{step.id}\0dice")

    def _uniforms(self, count: int, step: str) -> tuple[int, tuple[float, ...]]:
        """Return a 64-bit seed and `count` numbers in [0, 1) for one stream.

        More numbers leave the first ones as they were.
        """
        key = f"{self._recipe.seed}\0{self._image}\0{self._variant}\0{step}"
        digest = shake_128(key.encode("utf-8", "surrogatepass")).digest(8 * (1 + count))
        content, *words = struct.unpack(f"<{1 + count}Q", digest)
        return content, tuple((word >> 11) * 2.0**-53 for word in words)


def _plan_branches(
    step: Step, branches: Sequence[Branch], seed: int, dice: Dice
) -> Iterator[PlannedStep]:
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
        yield from planned[0].steps
    else:
        yield PlannedStep(step.op, step.id, seed, {}, branches=planned)
