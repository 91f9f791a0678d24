"""A recipe says what may happen to an image. It holds no randomness and no pixels."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import count

from msgspec import Struct
from msgspec.structs import replace

from studio.augment import ops  # noqa: F401 (registers the operations)
from studio.augment.operation import Choice, Choices, Number, Operation, Range, Setting, get

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
    """One operation and what it may draw. `id` names the step's random stream, also after moves."""

    op: str
    id: str
    params: Mapping[str, Setting]
    probability: float = 1.0
    enabled: bool = True

    @property
    def operation(self) -> Operation:
        return get(self.op)

    def with_param(self, name: str, setting: Setting) -> "Step":
        """Return this step with one parameter's allowed values changed."""
        return replace(self, params={**self.params, name: setting})


class Recipe(Struct, frozen=True):
    """Steps in order, the seed of every draw, and the border of all geometric steps."""

    steps: tuple[Step, ...] = ()
    seed: int = 0
    border: Choices = BORDER.default
    fill: Range = FILL.default

    def step(self, id: str) -> Step:
        """Return the step of that id; KeyError if there is none."""
        return self.steps[self.index(id)]

    def index(self, id: str) -> int:
        """Return the position of the step of that id; KeyError if there is none."""
        for index, step in enumerate(self.steps):
            if step.id == id:
                return index
        raise KeyError(id)

    def with_step(self, step: Step) -> "Recipe":
        """Return this recipe with the step of the same id replaced."""
        return replace(self, steps=tuple(step if s.id == step.id else s for s in self.steps))

    def with_added(self, op: str) -> "Recipe":
        """Return this recipe with a new step of operation `op` at its end, with its defaults."""
        taken = {step.id for step in self.steps}
        names = (default_id(op, number) for number in count(1))
        id = next(name for name in names if name not in taken)
        return replace(self, steps=(*self.steps, Step(op, id, get(op).defaults())))

    def without(self, id: str) -> "Recipe":
        """Return this recipe without the step of that id."""
        return replace(self, steps=tuple(step for step in self.steps if step.id != id))

    def with_moved(self, id: str, to: int) -> "Recipe":
        """Return this recipe with that step at position `to` of the resulting order."""
        steps = [step for step in self.steps if step.id != id]
        steps.insert(to, self.step(id))
        return replace(self, steps=tuple(steps))


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
