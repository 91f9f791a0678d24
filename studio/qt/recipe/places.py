"""Where the steps of a recipe can go: one place up or down, and between the others."""

from msgspec.structs import replace

from studio.augment.recipe import MOST_STEPS, Place, Recipe


def has_room(recipe: Recipe) -> bool:
    """Return whether a recipe may have one more step."""
    return sum(1 for _ in recipe.all_steps()) < MOST_STEPS


def all_places(recipe: Recipe) -> dict[str, Place]:
    """Return where each step is, each group before the steps inside it."""
    places: dict[str, Place] = {}
    for index, step in enumerate(recipe.steps):
        places[step.id] = Place(None, index)
        for inner, child in enumerate(step.steps):
            places[child.id] = Place(step.id, inner)
    return places


def place_beside(recipe: Recipe, id: str, direction: int) -> Place | None:
    """Return the place before (`direction` -1) or after (1) that of a step, None at the very end.

    The way leads into a group, through it and out of it, but a group goes past another one. The
    position is the one in the resulting order.
    """
    group, position = recipe.place(id)
    to = position + direction
    steps = recipe.steps_in(group)
    if group is not None:
        if 0 <= to < len(steps):
            return Place(group, to)
        outside = recipe.place(group).position
        return Place(None, outside + (direction > 0))
    if not 0 <= to < len(steps):
        return None
    if steps[to].is_group and not steps[position].is_group:
        return Place(steps[to].id, 0 if direction > 0 else len(steps[to].steps))
    return Place(None, to)


def place_of_gap(recipe: Recipe, id: str, gap: Place) -> Place:
    """Return where a step gets that is put before what is at `gap` now."""
    group, position = recipe.place(id)
    is_after = gap.group == group and gap.position > position
    return Place(gap.group, gap.position - is_after)


def with_duplicate(recipe: Recipe, id: str) -> tuple[Recipe, str]:
    """Return the recipe with a copy of a step right after it, and the copy's id.

    The steps inside a group are copied with it.
    """
    step = recipe.step(id)
    group, position = recipe.place(id)
    recipe, copy = _with_copy(recipe, id, group)
    for child in step.steps:
        recipe, _ = _with_copy(recipe, child.id, copy)
    return recipe.with_moved(copy, position + 1, group), copy


def _with_copy(recipe: Recipe, id: str, group: str | None) -> tuple[Recipe, str]:
    step = recipe.step(id)
    recipe = recipe.with_added(step.op, group)
    copy = recipe.steps_in(group)[-1].id
    return recipe.with_step(replace(step, id=copy, steps=())), copy
