"""A recipe says what may happen to an image. It holds no randomness and no pixels."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from studio.augment import ops  # noqa: F401 (registers the operations)
from studio.augment.missing import finders  # noqa: F401 (registers the rules)
from studio.augment.missing.rules import MissingRule
from studio.augment.operation import Choice, Choices, Kind, Number, Operation, Range, Setting, get

BORDER = Choice(
    name="border",
    options=("reflect", "replicate", "constant", "wrap"),
    default=("reflect",),
    help="What fills the places that come in from outside the picture.",
)
FILL = Number(
    name="fill",
    low=0,
    high=255,
    default=(0, 0),
    neutral=0,
    unit="levels",
    help="Level of a constant border, 0 black to 255 white.",
)
SEED = Number(
    name="seed",
    low=0,
    high=2**31 - 1,
    default=(0, 0),
    integer=True,
    help="Another seed gives other draws of the same recipe.",
)
MOST_STEPS = 200
MOST_RULES = 50
"""So that no file can keep the program busy for hours."""

PROBABILITY = Number(
    name="probability",
    low=0,
    high=1,
    default=(1, 1),
    step=0.05,
    help="How often the step happens: 1 always, 0.5 for every other image on average.",
)


class Step(Struct, frozen=True):
    """One operation and what it may draw. `id` names the step's random stream, also after moves.

    A group has the `steps` that it chooses from; their probabilities are their weights in it.
    """

    op: str
    id: str
    params: Mapping[str, Setting]
    probability: float = 1.0
    enabled: bool = True
    steps: tuple["Step", ...] = ()

    @property
    def operation(self) -> Operation:
        return get(self.op)

    @property
    def is_group(self) -> bool:
        return self.operation.kind is Kind.GROUP

    def with_param(self, name: str, setting: Setting) -> "Step":
        """Return this step with one parameter's allowed values changed."""
        return replace(self, params={**self.params, name: setting})


class Place(NamedTuple):
    """Where a step is: in which group, None for the recipe itself, and at which position there."""

    group: str | None
    position: int


class Recipe(Struct, frozen=True):
    """Steps in order, the seed of every draw, and the border of all geometric steps.

    `missing` are the rules that find an image's missing pixels before the first step.
    """

    steps: tuple[Step, ...] = ()
    seed: int = 0
    border: Choices = BORDER.default
    fill: Range = FILL.default
    missing: tuple[MissingRule, ...] = ()

    def all_steps(self) -> Iterator[Step]:
        """Yield every step, each group before the steps inside it."""
        for step in self.steps:
            yield step
            yield from step.steps

    def step(self, id: str) -> Step:
        """Return the step of that id; KeyError if there is none."""
        for step in self.all_steps():
            if step.id == id:
                return step
        raise KeyError(id)

    def place(self, id: str) -> Place:
        """Return where the step of that id is; KeyError if there is none."""
        for index, step in enumerate(self.steps):
            if step.id == id:
                return Place(None, index)
            for inner, child in enumerate(step.steps):
                if child.id == id:
                    return Place(step.id, inner)
        raise KeyError(id)

    def steps_in(self, group: str | None) -> tuple[Step, ...]:
        """Return the steps of a group, or of the recipe itself."""
        return self.steps if group is None else self.step(group).steps

    def with_step(self, step: Step) -> "Recipe":
        """Return this recipe with the step of the same id replaced."""
        place = self.place(step.id)
        steps = self.steps_in(place.group)
        return self._with_steps(
            place.group, (*steps[: place.position], step, *steps[place.position + 1 :])
        )

    def with_added(self, op: str, group: str | None = None) -> "Recipe":
        """Return this recipe with a new step of operation `op`, with its defaults, at the end.

        The end is that of the group, where one is named.
        """
        taken = {step.id for step in self.all_steps()}
        names = (default_id(op, number) for number in count(1))
        id = next(name for name in names if name not in taken)
        step = Step(op, id, get(op).defaults())
        return self._with_steps(group, (*self.steps_in(group), step))

    def without(self, id: str) -> "Recipe":
        """Return this recipe without the step of that id."""
        group = self.place(id).group
        return self._with_steps(
            group, tuple(step for step in self.steps_in(group) if step.id != id)
        )

    def with_moved(self, id: str, to: int, group: str | None = None) -> "Recipe":
        """Return this recipe with that step at position `to` of the resulting order of a group.

        Without a group it is the order of the recipe itself. A group stays out of groups:
        ValueError.
        """
        step = self.step(id)
        if group is not None and step.is_group:
            raise ValueError("a group cannot be inside a group")
        rest = self.without(id)
        steps = [*rest.steps_in(group)]
        steps.insert(to, step)
        return rest._with_steps(group, tuple(steps))

    def _with_steps(self, group: str | None, steps: tuple[Step, ...]) -> "Recipe":
        if group is None:
            return replace(self, steps=steps)
        return self.with_step(replace(self.step(group), steps=steps))


def default_id(op: str, number: int) -> str:
    """Return the id of the `number`-th step of an operation where a recipe names none."""
    return op if number == 1 else f"{op}-{number}"


@lru_cache(maxsize=1)
def starting_recipe() -> Recipe:
    """Return what a new recipe holds: flip, rotate, scale and noise, ready to drag."""
    recipe = Recipe()
    for op in ("horizontal_flip", "rotate", "scale", "gaussian_noise"):
        recipe = recipe.with_added(op)
    return recipe.with_step(replace(recipe.step("horizontal_flip"), probability=0.5))
