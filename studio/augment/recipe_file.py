"""Recipes as YAML: read safely and strictly, written so that people can read them."""

import re
import reprlib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from studio.augment.missing.rules import MissingRule, all_rules, get_rule
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
from studio.augment.recipe import (
    BORDER,
    FILL,
    MOST_RULES,
    MOST_STEPS,
    PROBABILITY,
    SEED,
    Recipe,
    Step,
    default_id,
)
from studio.augment.recipe_yaml import (
    LARGEST_FILE,
    Inline,
    RecipeError,
    read_yaml,
    shown,
    write_yaml,
)

VERSION = 1


class _StepFile(Struct, forbid_unknown_fields=True):
    op: str
    id: str | None = None
    probability: object = 1.0
    enabled: bool = True
    params: dict[str, object] = {}
    steps: "list[_StepFile]" = []


class _RuleFile(Struct, forbid_unknown_fields=True):
    rule: str
    enabled: bool = True
    params: dict[str, object] = {}


class _RecipeFile(Struct, forbid_unknown_fields=True):
    version: int
    seed: object = 0
    border: object = BORDER.default
    fill: object = FILL.default
    missing: list[_RuleFile] = []
    steps: list[_StepFile] = []


def load_recipe(path: Path) -> Recipe:
    """Return the recipe in a YAML file; RecipeError names the file, the place and the fault."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise RecipeError(f"{path.name}: is too large to be a recipe")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RecipeError(f"{path.name}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise RecipeError(f"{path.name}: is not a text file") from None
    try:
        return parse_recipe(text)
    except RecipeError as error:
        raise RecipeError(f"{path.name}: {error.message}", error.hint) from None


def parse_recipe(text: str) -> Recipe:
    """Return the recipe that a YAML text describes; RecipeError names the place and the fault."""
    return build_recipe(read_yaml(text))


def build_recipe(data: object) -> Recipe:
    """Return the recipe that plain data describes; RecipeError names the place and the fault."""
    if data is None:
        raise RecipeError("the recipe is empty")
    version = data.get("version") if isinstance(data, dict) else None
    # First, because a newer version may have keys that are unknown here.
    if isinstance(version, int) and version != VERSION:
        raise RecipeError(f"version: must be {VERSION}", "A newer program may have written it.")
    try:
        file = msgspec.convert(data, _RecipeFile)
    except msgspec.ValidationError as error:
        raise RecipeError(_in_our_words(str(error))) from None
    except UnicodeEncodeError:
        raise RecipeError("a key has a character that no text file can hold") from None
    if sum(1 + len(step.steps) for step in file.steps) > MOST_STEPS:
        raise RecipeError(f"steps: must be at most {MOST_STEPS}")
    return Recipe(
        steps=_StepBuilder().build(file.steps, "steps"),
        seed=int(_fixed(SEED, file.seed, "seed")),
        border=_setting(BORDER, file.border, "border"),
        fill=_setting(FILL, file.fill, "fill"),
        missing=_build_rules(file.missing),
    )


def _build_rules(files: list[_RuleFile]) -> tuple[MissingRule, ...]:
    if len(files) > MOST_RULES:
        raise RecipeError(f"missing: must be at most {MOST_RULES}")
    return tuple(_build_rule(file, f"missing[{index}]") for index, file in enumerate(files))


def _build_rule(file: _RuleFile, place: str) -> MissingRule:
    try:
        rule = get_rule(file.rule)
    except KeyError:
        guess = _guess(file.rule, [rule.name for rule in all_rules()])
        fault = f"unknown rule {reprlib.repr(file.rule)}{guess}"
        raise RecipeError(f"{place}.rule: {fault}") from None
    params = rule.defaults()
    for name, data in file.params.items():
        if name not in params:
            fault = f"unknown parameter{_guess(name, params)}"
            raise RecipeError(f"{place}.params.{shown(name)}: {fault}")
        params[name] = _single(rule.param(name), data, f"{place}.params.{name}")
    return MissingRule(file.rule, params, file.enabled)


class _StepBuilder:
    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._occurrences: dict[str, int] = {}

    def build(
        self, files: list[_StepFile], place: str, *, inside: bool = False
    ) -> tuple[Step, ...]:
        steps = []
        for index, file in enumerate(files):
            steps.append(self._step(file, f"{place}[{index}]", inside=inside))
        return tuple(steps)

    def _step(self, file: _StepFile, place: str, *, inside: bool) -> Step:
        operation = _operation(file.op, f"{place}.op")
        is_group = operation.kind is Kind.GROUP
        if is_group and inside:
            raise RecipeError(f"{place}.op: a group cannot be inside a group")
        if file.steps and not is_group:
            raise RecipeError(f"{place}.steps: only a group has steps")
        return Step(
            op=file.op,
            id=self._id(file, place),
            params=_build_params(operation, file.params, f"{place}.params"),
            probability=_fixed(PROBABILITY, file.probability, f"{place}.probability"),
            enabled=file.enabled,
            steps=self.build(file.steps, f"{place}.steps", inside=True),
        )

    def _id(self, file: _StepFile, place: str) -> str:
        self._occurrences[file.op] = self._occurrences.get(file.op, 0) + 1
        id = default_id(file.op, self._occurrences[file.op]) if file.id is None else file.id
        if not id or not id.isprintable():
            raise RecipeError(f"{place}.id: must be printable text")
        if "/" in id:
            # For what policies draw: "augment/1" is the first step that "augment" drew.
            raise RecipeError(f"{place}.id: must have no slash")
        if id in self._ids:
            raise RecipeError(f"{place}.id: {shown(id)} is another step's already")
        self._ids.add(id)
        return id


def _build_params(operation: Operation, data: dict[str, object], place: str) -> dict[str, Setting]:
    settings = operation.defaults()
    for name, value in data.items():
        if name not in settings:
            fault = f"unknown parameter{_guess(name, settings)}"
            raise RecipeError(f"{place}.{shown(name)}: {fault}")
        settings[name] = _setting(operation.param(name), value, f"{place}.{name}")
    return settings


def _operation(name: str, place: str) -> Operation:
    try:
        return get(name)
    except KeyError:
        names = [operation.name for operation in all_operations()]
        fault = f"unknown operation {reprlib.repr(name)}{_guess(name, names)}"
        raise RecipeError(f"{place}: {fault}") from None


def _setting(param: Param, data: object, place: str) -> Any:
    try:
        return param.parse(data)
    except ValueError as error:
        raise RecipeError(f"{place}: {error}") from None


def _single(param: Param, data: object, place: str) -> Value:
    setting = _setting(param, data, place)
    if len(set(setting)) != 1:
        raise RecipeError(f"{place}: must be one value")
    return param.draw(setting, 0)


def _fixed(param: Number, data: object, place: str) -> float:
    low, high = _setting(param, data, place)
    if low != high:
        raise RecipeError(f"{place}: must be one number")
    return float(low)


def _guess(name: str, known: Any) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _in_our_words(text: str) -> str:
    """Turn msgspec's "what - at `$.place`" into our "place: what"."""
    text, _, path = text.partition(" - at `")
    place = path.rpartition("$")[2].strip("`.")
    if unknown := re.fullmatch(r"Object contains unknown field `(.*?)`?", text, re.DOTALL):
        place, text = f"{place}.{shown(unknown[1])}".strip("."), "unknown key"
    elif missing := re.fullmatch(r"Object missing required field `(.*)`", text):
        place, text = f"{place}.{missing[1]}".strip("."), "is missing"
    elif path.startswith("key`"):
        text = "must have text as keys"
    elif types := re.fullmatch(r"Expected `(.*)`, got `(.*)`", text):
        expected, got = (_WORDS.get(name, name) for name in types.groups())
        text = f"must be {expected}, not {got}"
    message = f"{place}: {text}" if place else f"the recipe {text}"
    return " ".join(message.split())


_WORDS = {
    "object": "a mapping",
    "array": "a list",
    "str": "text",
    "str | null": "text",
    "int": "a whole number",
    "float": "a decimal number",
    "bool": "true or false",
    "null": "empty",
}


def dump_recipe(recipe: Recipe) -> str:
    """Return a recipe as YAML, with what equals a default left out."""
    return write_yaml(plain_recipe(recipe))


def plain_recipe(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as plain data: what `build_recipe` reads, and YAML and JSON can hold."""
    data: dict[str, Any] = {"version": VERSION, "seed": recipe.seed}
    if recipe.border != BORDER.default:
        data["border"] = _plain_setting(recipe.border)
    if recipe.fill != FILL.default:
        data["fill"] = _plain_setting(recipe.fill)
    if recipe.missing:
        data["missing"] = [*map(_plain_rule, recipe.missing)]
    data["steps"] = _plain_steps(recipe.steps, {})
    return data


def _plain_rule(rule: MissingRule) -> dict[str, Any]:
    data: dict[str, Any] = {"rule": rule.rule}
    if not rule.enabled:
        data["enabled"] = False
    names = [param.name for param in get_rule(rule.rule).params]
    if names:
        data["params"] = Inline({name: _plain_value(rule.params[name]) for name in names})
    return data


def _plain_value(value: Value) -> Any:
    return value if isinstance(value, str) else _plain_number(value)


def _plain_steps(steps: tuple[Step, ...], occurrences: dict[str, int]) -> list[dict[str, Any]]:
    data = []
    for step in steps:
        occurrences[step.op] = occurrences.get(step.op, 0) + 1
        data.append(_plain_step(step, default_id(step.op, occurrences[step.op])))
        if step.is_group:
            data[-1]["steps"] = _plain_steps(step.steps, occurrences)
    return data


def _plain_step(step: Step, usual_id: str) -> dict[str, Any]:
    data: dict[str, Any] = {"op": step.op}
    if step.id != usual_id:
        data["id"] = step.id
    if step.probability != 1:
        data["probability"] = _plain_number(step.probability)
    if not step.enabled:
        data["enabled"] = False
    names = [param.name for param in step.operation.params]
    if names:
        data["params"] = Inline({name: _plain_setting(step.params[name]) for name in names})
    return data


def _plain_setting(setting: Setting) -> Any:
    ends = [end if isinstance(end, str) else _plain_number(end) for end in setting]
    return ends[0] if len(set(ends)) == 1 else ends


def _plain_number(number: float) -> float:
    # A whole number of a float raster's size would be written with forty digits.
    is_whole = float(number).is_integer() and abs(number) < 2**53
    return int(number) if is_whole else number
