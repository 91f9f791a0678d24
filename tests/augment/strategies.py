"""Pictures, operations and recipes for the tests of the core: fixed ones, and drawn ones."""

import string
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import cv2
import numpy as np
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.typing import DTypeLike, NDArray

from studio.augment.image import Image
from studio.augment.missing.rules import MissingRule, Rule, all_rules
from studio.augment.operation import (
    Kind,
    Number,
    Operation,
    Param,
    Setting,
    Value,
    all_operations,
    get,
)
from studio.augment.plan import CLASS_MEAN, Plan, PlannedStep
from studio.augment.recipe import BORDER, FILL, PROBABILITY, SEED, Recipe, Step

OPERATIONS = tuple(all_operations())
DIRECT = tuple(one for one in OPERATIONS if one.kind not in (Kind.GROUP, Kind.POLICY))
"""The operations that plans name; the others choose among these."""

SIZES = ((1, 1), (1, 9), (7, 13), (48, 64))
CHANNELS = (1, 3, 4)
DEPTHS: tuple[DTypeLike, ...] = (np.uint8, np.uint16)


def make_image(
    size: tuple[int, int], channels: int, dtype: DTypeLike = np.uint8, seed: int = 0
) -> Image:
    """Return an image of independent uniform levels that cannot be written to."""
    shape = size if channels == 1 else (*size, channels)
    random = np.random.default_rng(seed)
    image: Image = random.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    image.flags.writeable = False
    return image


def every_image() -> Iterator[Image]:
    """Yield an image of each size, number of channels and depth."""
    for size, channels, dtype in product(SIZES, CHANNELS, DEPTHS):
        yield make_image(size, channels, dtype)


def make_photo(width: int = 320, height: int = 240) -> NDArray[np.uint8]:
    """Return a picture with what photos have: slow gradients, edges, and a little texture."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    sky = 200 - 90 * y / height
    photo = np.stack([sky + 30, sky, sky - 40 + 60 * x / width], axis=-1)
    canvas = np.ascontiguousarray(photo.clip(0, 255).astype(np.uint8))
    unit = height // 24
    cv2.rectangle(canvas, (3 * unit, 9 * unit), (12 * unit, 21 * unit), (40, 60, 150), -1)
    cv2.rectangle(canvas, (5 * unit, 12 * unit), (8 * unit, 16 * unit), (190, 200, 90), -1)
    cv2.circle(canvas, (22 * unit, 13 * unit), 6 * unit, (50, 140, 60), -1)
    cv2.line(canvas, (0, 22 * unit), (width, 20 * unit), (20, 30, 35), unit)
    grain = np.random.default_rng(1).normal(0, 12, (height, width, 3))
    photo = canvas + cv2.GaussianBlur(grain, (0, 0), 1.2)
    return np.asarray(np.rint(photo).clip(0, 255), dtype=np.uint8)


def partner_of(key: str) -> Image:
    """Return an image that may be mixed in: another one for each key."""
    return make_photo(60 + len(key), 80)[:, ::-1]


def shrink(image: Image, times: int) -> Image:
    """Return the image at a fraction of its size, each pixel the mean of those it stands for."""
    height, width = image.shape[:2]
    size = (width // times, height // times)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=image.dtype)


def plan_of(*steps: tuple[str, Mapping[str, Value]], border: str = "reflect", **rest: Any) -> Plan:
    """Return a plan of these operations with these values; `rest` are fields of the plan."""
    planned = (
        PlannedStep(op, f"{op}-{index}", 1000 + index, values, partners_of(get(op)))
        for index, (op, values) in enumerate(steps)
    )
    return Plan(
        **{"image": "a.png", "variant": 1, "fill": 0.0, **rest}, border=border, steps=tuple(planned)
    )


def partners_of(operation: Operation) -> tuple[str, ...]:
    """Return as many keys as the operation mixes in."""
    if operation.borrows:
        return (f"{CLASS_MEAN}a.png",)
    return tuple(f"partner{'s' * number}.png" for number in range(operation.partners))


def recipe_of(*ops: str, **fields: Any) -> Recipe:
    """Return a recipe of these operations with their defaults; `fields` are the recipe's."""
    recipe = Recipe(**fields)
    for op in ops:
        recipe = recipe.with_added(op)
    return recipe


def extremes(operation: Operation) -> Iterator[dict[str, Value]]:
    """Yield every combination of the ends of the parameters' bounds."""
    ends = ([*_ends(param)] for param in operation.params)
    for values in product(*ends):
        yield dict(zip((param.name for param in operation.params), values, strict=True))


def _ends(param: Param) -> tuple[Value, ...]:
    if isinstance(param, Number):
        # Pictures of thousands of pixels a side would only take long.
        high = min(param.high, 512) if param.unit == "px" else param.high
        return (_typed(param, param.low), _typed(param, high))
    return param.options


def _typed(param: Number, value: float) -> Value:
    return int(value) if param.integer else float(value)


def settings_of(param: Param) -> st.SearchStrategy[Setting]:
    """Return what a recipe may hold for a parameter."""
    if not isinstance(param, Number):
        chosen = st.sets(st.sampled_from(param.options), min_size=1)
        return chosen.map(list).map(param.parse)
    number = (
        st.integers(int(param.low), int(param.high)).map(float)
        if param.integer
        else st.floats(param.low, param.high)
    )
    return st.tuples(number, number).map(lambda ends: (min(ends), max(ends)))


def values_of(param: Param) -> st.SearchStrategy[Value]:
    """Return what a plan may hold for a parameter."""
    uniform = st.floats(0, 1, exclude_max=True)
    whole = param.parse([param.low, param.high] if isinstance(param, Number) else param.options)
    return uniform.map(lambda share: param.draw(whole, share))


def steps_of(operation: Operation) -> st.SearchStrategy[Step]:
    """Return any step of one operation."""
    letters = string.ascii_letters + string.digits + " -_:#'\"{}[],äß中"
    params = {param.name: settings_of(param) for param in operation.params}
    return st.builds(
        Step,
        op=st.just(operation.name),
        id=st.sampled_from([operation.name, f"{operation.name}-2", f"{operation.name}-3"])
        | st.text(letters, min_size=1, max_size=12),
        params=st.fixed_dictionaries(params),
        probability=st.floats(PROBABILITY.low, PROBABILITY.high),
        enabled=st.booleans(),
    )


def recipes(most_steps: int = 5) -> st.SearchStrategy[Recipe]:
    """Return any recipe of at most so many steps, each perhaps with others inside."""
    step = st.sampled_from(OPERATIONS).flatmap(steps_of).flatmap(_filled)
    steps = st.lists(step, max_size=most_steps).filter(_has_distinct_ids)
    return st.builds(
        Recipe,
        steps=steps.map(tuple),
        seed=st.integers(int(SEED.low), int(SEED.high)),
        border=settings_of(BORDER),
        fill=settings_of(FILL),
        missing=st.lists(st.sampled_from(all_rules()).flatmap(rules_of), max_size=3).map(tuple),
    )


def rules_of(rule: Rule) -> st.SearchStrategy[MissingRule]:
    """Return a rule with any values."""
    params = {param.name: values_of(param) for param in rule.params}
    return st.builds(MissingRule, st.just(rule.name), st.fixed_dictionaries(params), st.booleans())


def _filled(step: Step) -> st.SearchStrategy[Step]:
    if not step.is_group:
        return st.just(step)
    inside = st.sampled_from([one for one in OPERATIONS if one.kind is not Kind.GROUP])
    steps = st.lists(inside.flatmap(steps_of), max_size=2)
    return steps.map(lambda steps: replace(step, steps=tuple(steps)))


def _has_distinct_ids(steps: list[Step]) -> bool:
    ids = [step.id for step in Recipe(tuple(steps)).all_steps()]
    return len(set(ids)) == len(ids)


def plans(most_steps: int = 4) -> st.SearchStrategy[Plan]:
    """Return any plan of at most so many steps, parameters anywhere inside their bounds."""

    def planned(operation: Operation) -> st.SearchStrategy[PlannedStep]:
        values = {param.name: values_of(param) for param in operation.params}
        return st.builds(
            PlannedStep,
            op=st.just(operation.name),
            id=st.just(operation.name),
            seed=st.integers(0, 2**64 - 1),
            values=st.fixed_dictionaries(values),
            partners=st.just(partners_of(operation)),
        )

    step = st.sampled_from(DIRECT).flatmap(planned)
    return st.builds(
        lambda steps, border: replace(plan_of(border=border), steps=tuple(steps)),
        st.lists(step, max_size=most_steps),
        st.sampled_from(BORDER.options),
    )


def images() -> st.SearchStrategy[Image]:
    """Return any small image."""
    side = st.integers(1, 24)
    return st.builds(
        make_image,
        st.tuples(side, side),
        st.sampled_from(CHANNELS),
        st.sampled_from(DEPTHS),
        st.integers(0, 9),
    )


def plain_data() -> st.SearchStrategy[object]:
    """Return anything that YAML or JSON can hold, with the words of a recipe among it."""
    names = [operation.name for operation in OPERATIONS]
    words = st.sampled_from(
        ["version", "seed", "border", "fill", "steps", "op", "id", "params", "angle", *names]
    )
    texts = words | st.text(max_size=8) | st.characters(categories=["Cs", "Cc"])
    numbers = st.integers() | st.integers(-2, 2) | st.integers(10**400, 10**401) | st.floats()
    leaves = st.none() | st.booleans() | numbers | texts
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(texts | st.integers(), inner, max_size=4)
            | st.fixed_dictionaries(
                {"version": st.just(1)},
                optional={"seed": inner, "border": inner, "fill": inner, "steps": inner},
            )
            | st.lists(
                st.fixed_dictionaries(
                    {"op": st.sampled_from(names) | inner},
                    optional={"id": inner, "params": inner, "probability": inner, "enabled": inner},
                ),
                max_size=3,
            )
        ),
        max_leaves=12,
    )
