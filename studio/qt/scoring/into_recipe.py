"""Put a method of filling into a recipe."""

from collections.abc import Mapping

from msgspec.structs import replace

from studio.augment.operation import Kind, Setting
from studio.augment.recipe import Place, Recipe, Step
from studio.qt.missing.edits import fill_position
from studio.qt.recipe.places import has_room


def find_fill(recipe: Recipe) -> Step | None:
    """Return the step that fills missing pixels, the first one that is enabled if there are more.

    None where there is none.
    """
    fills = [step for step in recipe.all_steps() if step.operation.kind is Kind.FILL]
    return next((step for step in fills if step.enabled), fills[0] if fills else None)


def can_take_fill(recipe: Recipe) -> bool:
    """Return whether a recipe has a fill to replace, or room for one."""
    return find_fill(recipe) is not None or has_room(recipe)


def with_fill(recipe: Recipe, op: str, settings: Mapping[str, Setting]) -> Recipe:
    """Return the recipe with a step of this operation, in place of the one that fills so far.

    Where none does, the step goes to the front, after the last enabled one that loses pixels. Of
    these settings, other parameters have their defaults.
    """
    old = find_fill(recipe)
    if old is not None and old.op == op:
        return recipe.with_step(replace(old, params={**old.params, **settings}, enabled=True))
    place = Place(None, fill_position(recipe))
    if old is not None:
        place = recipe.place(old.id)
        recipe = recipe.without(old.id)
    recipe = recipe.with_added(op)
    step = recipe.steps[-1]
    probability = old.probability if old is not None else step.probability
    params = {**step.params, **settings}
    recipe = recipe.with_step(replace(step, params=params, probability=probability))
    return recipe.with_moved(step.id, place.position, place.group)
