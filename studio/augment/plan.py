"""A plan says what did happen to one image: every random choice, drawn once and written down."""

import struct
from collections.abc import Mapping
from hashlib import shake_128
from typing import NamedTuple

from msgspec import Struct

from studio.augment.operation import Value
from studio.augment.recipe import BORDER, FILL, Recipe, Step


class PlannedStep(Struct, frozen=True):
    """An operation with its drawn values. `seed` feeds what has too many numbers to list."""

    op: str
    id: str
    seed: int
    values: Mapping[str, Value]


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


class Held(NamedTuple):
    """A value that a person holds in place of the draw, to see it while a handle is dragged."""

    step: str
    param: str
    value: float


def draw(recipe: Recipe, image: str, variant: int, *, held: Held | None = None) -> Plan:
    """Draw every random choice for one image.

    `image` is its key (path relative to the data set), `variant` counts its copies from 1. The
    same arguments give the same plan on every machine. Each step has its own stream and always
    draws every parameter, so changing, moving or switching off one step leaves the others' draws
    alone. `held` replaces one draw, and makes its step happen.
    """
    border, fill = _uniforms(2, recipe.seed, image, variant, "")[1]
    planned = (
        _draw_step(step, recipe.seed, image, variant, held) for step in recipe.steps if step.enabled
    )
    return Plan(
        image=image,
        variant=variant,
        border=str(BORDER.draw(recipe.border, border)),
        fill=float(FILL.draw(recipe.fill, fill)),
        steps=tuple(step for step in planned if step is not None),
    )


def _draw_step(
    step: Step, seed: int, image: str, variant: int, held: Held | None
) -> PlannedStep | None:
    params = step.operation.params
    content, (happens, *uniforms) = _uniforms(1 + len(params), seed, image, variant, step.id)
    is_held = held is not None and held.step == step.id
    if happens >= step.probability and not is_held:
        return None
    values = {
        param.name: param.draw(step.params[param.name], uniform)
        for param, uniform in zip(params, uniforms, strict=True)
    }
    if held is not None and is_held:
        param = step.operation.param(held.param)
        values[held.param] = param.draw((held.value, held.value), 0)
    return PlannedStep(step.op, step.id, content, values)


def _uniforms(
    count: int, seed: int, image: str, variant: int, step: str
) -> tuple[int, tuple[float, ...]]:
    """Return a 64-bit seed and `count` numbers in [0, 1) for one stream.

    A hash serves as generator: it needs no set-up for the few numbers of a stream, and gives the
    same ones on every machine and version. More numbers leave the first ones as they were.
    """
    key = f"{seed}\0{image}\0{variant}\0{step}".encode("utf-8", "surrogatepass")
    content, *words = struct.unpack(f"<{1 + count}Q", shake_128(key).digest(8 * (1 + count)))
    return content, tuple((word >> 11) * 2.0**-53 for word in words)
