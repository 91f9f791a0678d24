"""What the card of missing pixels makes of a recipe. No widgets here."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from studio.augment.missing.rules import default_rule
from studio.augment.operation import Kind, Operation, all_operations
from studio.augment.recipe import MOST_RULES, Recipe, Step


def with_rule(recipe: Recipe, name: str) -> Recipe:
    """Return the recipe with a rule more, as it is when a person adds it."""
    return replace(recipe, missing=(*recipe.missing, default_rule(name)))


def without_rule(recipe: Recipe, index: int) -> Recipe:
    """Return the recipe without one of its rules."""
    rules = recipe.missing
    return replace(recipe, missing=(*rules[:index], *rules[index + 1 :]))


def has_room_for_rules(recipe: Recipe) -> bool:
    """Return whether a recipe may have one more rule."""
    return len(recipe.missing) < MOST_RULES


def with_fill(recipe: Recipe, op: str) -> tuple[Recipe, str]:
    """Return the recipe with a fill where it sees what was found and lost, and the step's id."""
    added = recipe.with_added(op)
    id = added.steps[-1].id
    return added.with_moved(id, fill_position(recipe)), id


def fill_position(recipe: Recipe) -> int:
    """Return where a fill sees what was found and lost: before all but what loses pixels."""
    losing = [index for index, step in enumerate(recipe.steps) if _has_kind(step, Kind.LOSS)]
    return losing[-1] + 1 if losing else 0


def fills(recipe: Recipe) -> bool:
    """Return whether a step that is on fills missing pixels."""
    return any(_has_kind(step, Kind.FILL) for step in recipe.steps)


def loses(recipe: Recipe) -> bool:
    """Return whether a step that is on loses pixels on purpose."""
    return any(_has_kind(step, Kind.LOSS) for step in recipe.steps)


def looks(recipe: Recipe) -> bool:
    """Return whether a rule that is on looks for missing pixels."""
    return any(rule.enabled for rule in recipe.missing)


def fill_operations() -> Sequence[Operation]:
    """Return the operations that fill."""
    return [each for each in all_operations() if each.kind is Kind.FILL]


def _has_kind(step: Step, kind: Kind) -> bool:
    return any(each.operation.kind is kind for each in _enabled(step))


def _enabled(step: Step) -> Iterator[Step]:
    if step.enabled:
        yield step
        yield from (child for child in step.steps if child.enabled)
