"""Recipe files: what people write is read strictly, what is written people can read."""

import json
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from studio.augment.missing.rules import all_rules, default_rule
from studio.augment.operation import Choice, Kind, Number, Operation, Param
from studio.augment.recipe import BORDER, FILL, SEED, Recipe, starting_recipe
from studio.augment.recipe_file import (
    build_recipe,
    dump_recipe,
    load_recipe,
    parse_recipe,
    plain_recipe,
)
from studio.augment.recipe_schema import recipe_schema
from studio.augment.recipe_yaml import RecipeError
from studio.errors import UserError
from tests.augment.strategies import OPERATIONS, plain_data, recipe_of, recipes

EXAMPLE = """\
version: 1
seed: 0
steps:
- op: horizontal_flip
  probability: 0.5
- op: rotate
  params: {angle: [-20, 20]}
- op: scale
  params: {factor: [0.8, 1.2], stretch: 1}
- op: gaussian_noise
  params: {sigma: [0, 15]}
"""


def fault_of(text: str) -> str:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text)
    assert isinstance(caught.value, UserError)
    return caught.value.message


def step(text: str) -> str:
    """Return a recipe whose second step is this."""
    return f"version: 1\nsteps:\n- op: rotate\n- {{{text}}}\n"


# Reading and writing


def test_the_example_is_what_a_new_recipe_looks_like() -> None:
    assert parse_recipe(EXAMPLE) == starting_recipe()
    assert dump_recipe(starting_recipe()) == EXAMPLE


def test_what_a_file_leaves_out_has_its_default() -> None:
    recipe = parse_recipe("version: 1\nsteps:\n- op: erase\n  params: {count: 4}\n- op: erase\n")
    assert recipe == Recipe(steps=recipe.steps)
    assert dict(recipe.steps[0].params) == {"area": (2, 12), "count": (4, 4), "fill": ("noise",)}
    assert [one.id for one in recipe.steps] == ["erase", "erase-2"]
    assert parse_recipe("version: 1") == Recipe()


def test_every_key_is_read() -> None:
    recipe = parse_recipe("""
        version: 1
        seed: 42
        border: [wrap, reflect]
        fill: [10, 20.5]
        steps:
        - op: erase
          id: my hole
          probability: 0.25
          enabled: false
          params: {fill: [white, black], area: 7}
    """)
    assert (recipe.seed, recipe.border, recipe.fill) == (42, ("reflect", "wrap"), (10, 20.5))
    only = recipe.steps[0]
    assert (only.op, only.id, only.probability, only.enabled) == ("erase", "my hole", 0.25, False)
    assert dict(only.params) == {"area": (7, 7), "count": (1, 3), "fill": ("black", "white")}


@settings(max_examples=80, deadline=None)
@given(recipe=recipes())
def test_any_recipe_survives_yaml_and_json(recipe: Recipe) -> None:
    text = dump_recipe(recipe)
    assert parse_recipe(text) == recipe
    assert dump_recipe(parse_recipe(text)) == text
    assert build_recipe(json.loads(json.dumps(plain_recipe(recipe)))) == recipe
    assert build_recipe(yaml.safe_load(text)) == recipe
    for line in text.splitlines():
        assert "params:" not in line or line.endswith("}")


def test_the_longest_recipe_can_be_saved_and_loaded(tmp_path: Path) -> None:
    recipe = recipe_of(*["erase"] * 200)
    path = tmp_path / "long.yaml"
    path.write_text(dump_recipe(recipe), encoding="utf-8")
    assert load_recipe(path) == recipe


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_from_another_editor_loads(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "Rezept größer.yaml"
    text = EXAMPLE.replace("- op: rotate", "- op: rotate\n  id: drehen-größer")
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    assert load_recipe(path).steps[1].id == "drehen-größer"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("+7", 7),
        ("-3", -3),
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5),
        ("1e1", 10),
        ("1.5e-05", 1.5e-5),
        ("-2E+1", -20),
    ],
)
def test_a_number_is_what_it_looks_like(text: str, number: float) -> None:
    recipe = parse_recipe(f"version: 1\nsteps: [{{op: rotate, params: {{angle: {text}}}}}]")
    assert recipe.steps[0].params["angle"] == (number, number)


# Strictness

FAULTS = [
    ("", "the recipe is empty"),
    ("# nothing\n", "the recipe is empty"),
    ("[]", "the recipe must be a mapping, not a list"),
    ("rotate", "the recipe must be a mapping, not text"),
    ("{1: 2}", "the recipe must have text as keys"),
    ("seed: 0", "version: is missing"),
    ("version: 2", "version: must be 1"),
    ("version: 0", "version: must be 1"),
    ("version: 2\nlayers: []", "version: must be 1"),
    ("version: true", "version: must be a whole number, not true or false"),
    ("version: '1'", "version: must be a whole number, not text"),
    ("version: 1.5", "version: must be a whole number, not a decimal number"),
    ("version: 1\nstep: []", "step: unknown key"),
    ('version: 1\n"a\\nb": 1', "'a\\nb': unknown key"),
    ("version: 1\nseed: -1", "seed: must be within 0..2147483647"),
    ("version: 1\nseed: 2147483648", "seed: must be within 0..2147483647"),
    ("version: 1\nseed: 0.5", "seed: must be whole numbers"),
    ("version: 1\nseed: [0, 5]", "seed: must be one number"),
    ("version: 1\nseed: '0'", "seed: must be a number or [low, high]"),
    (
        "version: 1\nborder: black",
        "border: must be one of reflect, replicate, constant, wrap, not 'black'",
    ),
    ("version: 1\nborder: []", "border: must allow at least one value"),
    ("version: 1\nfill: 256", "fill: must be within 0..255"),
    ("version: 1\nsteps: {op: rotate}", "steps: must be a list, not a mapping"),
    ("version: 1\nsteps:", "steps: must be a list, not empty"),
    ("version: 1\nsteps: [rotate]", "steps[0]: must be a mapping, not text"),
    ("version: 1\nsteps: [" + "{op: rotate}, " * 201 + "]", "steps: must be at most 200"),
    (step("probability: 1"), "steps[1].op: is missing"),
    (
        step("op: rotat"),
        "steps[1].op: unknown operation 'rotat' (did you mean 'rotate'?)",
    ),
    (step("op: xyzzy"), "steps[1].op: unknown operation 'xyzzy'"),
    (step("op: 7"), "steps[1].op: must be text, not a whole number"),
    (step("op: scale, 1: 2"), "steps[1]: must have text as keys"),
    (step("op: scale, factor: 1"), "steps[1].factor: unknown key"),
    (step("op: scale, id: 7"), "steps[1].id: must be text, not a whole number"),
    (step("op: scale, id: ''"), "steps[1].id: must be printable text"),
    (step('op: scale, id: "a\\nb"'), "steps[1].id: must be printable text"),
    (step('op: scale, id: "\\ud800"'), "steps[1].id: must be printable text"),
    (step("op: scale, id: rotate"), "steps[1].id: rotate is another step's already"),
    (step("op: scale, enabled: 1"), "steps[1].enabled: must be true or false, not a whole number"),
    (step("op: scale, probability: 1.5"), "steps[1].probability: must be within 0..1"),
    (step("op: scale, probability: [0, 1]"), "steps[1].probability: must be one number"),
    (step("op: scale, params: [1]"), "steps[1].params: must be a mapping, not a list"),
    (step("op: scale, params: {1: 2}"), "steps[1].params: must have text as keys"),
    (
        step("op: scale, params: {facto: 1}"),
        "steps[1].params.facto: unknown parameter (did you mean 'factor'?)",
    ),
    (
        step('op: scale, params: {"a\\nb": 1}'),
        "steps[1].params.'a\\nb': unknown parameter",
    ),
    (step("op: rotate, params: {angle: 181}"), "steps[1].params.angle: must be within -180..180"),
    (
        step("op: rotate, params: {angle: [-181, 0]}"),
        "steps[1].params.angle: must be within -180..180",
    ),
    (step("op: rotate, params: {angle: .nan}"), "steps[1].params.angle: must be within -180..180"),
    (
        step("op: rotate, params: {angle: [0, .inf]}"),
        "steps[1].params.angle: must be within -180..180",
    ),
    (
        step(f"op: rotate, params: {{angle: {'9' * 400}}}"),
        "steps[1].params.angle: must be within -180..180",
    ),
    (
        step("op: rotate, params: {angle: [5, -5]}"),
        "steps[1].params.angle: must be [low, high], but 5 is more than -5",
    ),
    *(
        (
            step(f"op: rotate, params: {{angle: {value}}}"),
            "steps[1].params.angle: must be a number or [low, high]",
        )
        for value in ("true", "'5'", "[1, 2, 3]", "[]", "[1, true]", "{low: 1}", "2001-01-01", "")
    ),
    *(
        (f"version: 1\nseed: {value}", "seed: must be a number or [low, high]")
        for value in ("010", "0x10", "1_0", "1:30", "1:30.5", ".")
    ),
    (step("op: erase, params: {count: 1.5}"), "steps[1].params.count: must be whole numbers"),
    (
        step("op: erase, params: {fill: [red, black]}"),
        "steps[1].params.fill: must be one of noise, mean, black, grey, white, not 'red'",
    ),
    ("version: 1\nseed: 0\nseed: 1", "line 3: seed is there twice"),
    (step("op: scale, params: {factor: 1, factor: 2}"), "line 4: factor is there twice"),
    ("version: 1\n steps: []", "line 2: is not valid YAML: mapping values are not allowed here"),
    ("version: 1\n\tseed: 0", "line 2: is not valid YAML: found character '\\t'"),
    ("version: 1\n---\nversion: 1", "line 2: is not valid YAML: but found another document"),
    ("[" * 5000, "is nested too deeply to be a recipe"),
    ("- " * 5000, "is nested too deeply to be a recipe"),
    ("version: 1\nseed: 2001-99-99", "is not valid YAML: month must be in 1..12"),
    ("\x00", "is not valid YAML: unacceptable character #x0000"),
    ('version: 1\n"\\ud800": 1', "a key has a character that no text file can hold"),
]


@pytest.mark.parametrize(("text", "message"), FAULTS, ids=[message[:40] for _, message in FAULTS])
def test_a_fault_is_named_with_its_place_on_one_line(text: str, message: str) -> None:
    fault = fault_of(text)
    if "not valid YAML" in message:
        assert fault.startswith(message)
    else:
        assert fault == message
    assert fault.isprintable()
    assert len(fault) < 200


def test_a_newer_version_says_so() -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe("version: 2")
    assert "newer" in caught.value.hint


@pytest.mark.parametrize("hidden", ["!!python/object/apply:os.getcwd []", "!!int ''", "!x 1"])
@pytest.mark.parametrize("place", ["{}", "seed: {}", "version: 1\nsteps: [{}]"])
def test_tags_are_refused_wherever_they_are(place: str, hidden: str) -> None:
    assert "no anchors (&), aliases (*) or tags (!)" in fault_of(place.format(hidden))


BOMBS = {
    "repr": "a0: &a0 [x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    + "version: 1\nborder: *a11\n",
    "merge": "a0: &a0 {x: 1}\n"
    + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 12)),
    "endless": "version: 1\nborder: &a [*a]\n",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_an_alias_bomb_is_refused_before_it_grows(bomb: str) -> None:
    assert "no anchors (&), aliases (*) or tags (!)" in fault_of(bomb)


def test_plain_data_that_holds_itself_many_times_is_refused() -> None:
    bomb: list[Any] = ["x"]
    for _ in range(40):
        bomb = [bomb] * 9
    for data in ({"version": 1, "border": bomb}, {"version": 1, "fill": bomb}, bomb):
        with pytest.raises(RecipeError) as caught:
            build_recipe(data)
        assert len(caught.value.message) < 300


@settings(max_examples=250, deadline=None)
@given(data=plain_data())
@example(data={"version": 10**30})
@example(data={"version": 1, "steps": [{"op": "rotate", "params": {"angle": 10**400}}]})
def test_plain_data_is_a_recipe_or_a_recipe_error(data: object) -> None:
    result = recipe_or_fault(build_recipe, data)
    if isinstance(result, Recipe):
        assert parse_recipe(dump_recipe(result)) == result
    else:
        assert result.isprintable()


def recipe_or_fault(read: Callable[[Any], Recipe], source: object) -> Recipe | str:
    try:
        return read(source)
    except RecipeError as error:
        return error.message


words = "version steps op rotate params angle 1 .nan 1:2:3.5 0x_ 0b_ 2001-01-01T99:00:00 <<"
marks = ":{}[]-,'\"&*!%@`|>?#=~ \n\té\\\ufeff\x85\u2028\x07\ud800"
pieces = st.sampled_from([*words.split(), *marks, "\n  ", ": ", '"\\ud800"'])


@settings(max_examples=250, deadline=None)
@given(text=st.lists(pieces).map("".join))
@example(text=f"seed: {'1:' * 200}1.0")
@example(text=f"seed: {'9' * 5000}")
def test_any_text_is_a_recipe_or_a_recipe_error(text: str) -> None:
    result = recipe_or_fault(parse_recipe, text)
    assert isinstance(result, Recipe) or result.isprintable()


# Files


def test_a_file_that_cannot_be_read_is_one_line_that_names_it(tmp_path: Path) -> None:
    def fault(path: Path) -> str:
        with pytest.raises(RecipeError) as caught:
            load_recipe(path)
        return caught.value.message

    path = tmp_path / "my.yaml"
    assert fault(path) == "my.yaml: no such file or directory"
    assert fault(tmp_path).startswith(f"{tmp_path.name}: ")
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff\xfe")
    assert fault(path) == "my.yaml: is not a text file"
    path.write_bytes(EXAMPLE.encode("utf-16"))
    assert fault(path) == "my.yaml: is not a text file"
    path.write_bytes(b"")
    assert fault(path) == "my.yaml: the recipe is empty"
    path.write_text(step("op: rotate, params: {angle: 181}"), encoding="utf-8")
    assert fault(path) == "my.yaml: steps[1].params.angle: must be within -180..180"
    path.write_bytes(b"#" * 3_000_000)
    assert fault(path) == "my.yaml: is too large to be a recipe"


def test_the_hint_survives_the_files_name(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    path.write_text("version: 9", encoding="utf-8")
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert caught.value.hint


# Schema


def test_the_schema_has_every_operation_and_every_parameter_with_its_bounds() -> None:
    schema = recipe_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert schema["required"] == ["version"]
    assert schema["additionalProperties"] is False
    rules = tuple(default_rule(rule.name) for rule in all_rules())
    full = replace(starting_recipe(), border=("wrap",), fill=(1.0, 1.0), missing=rules)
    assert set(schema["properties"]) == set(plain_recipe(full))
    described = schema["properties"]["missing"]["items"]["oneOf"]
    assert [one["properties"]["rule"]["const"] for one in described] == [
        rule.name for rule in all_rules()
    ]
    steps = schema["properties"]["steps"]["items"]["oneOf"]
    assert [one["properties"]["op"]["const"] for one in steps] == [one.name for one in OPERATIONS]
    for operation, one in zip(OPERATIONS, steps, strict=True):
        assert one["description"] == operation.summary
        assert one["additionalProperties"] is False
        assert one["required"] == ["op"]
        keys = {"op", "id", "probability", "enabled", "params"}
        assert set(one["properties"]) == (keys | {"steps"} if is_group(operation) else keys)
        params = one["properties"]["params"]
        assert params["additionalProperties"] is False
        assert list(params["properties"]) == [param.name for param in operation.params]
        for param in operation.params:
            assert_described(param, params["properties"][param.name])
    assert_described(BORDER, schema["properties"]["border"])
    assert_described(FILL, schema["properties"]["fill"])
    seed = schema["properties"]["seed"]
    assert (seed["type"], seed["minimum"], seed["maximum"]) == ("integer", SEED.low, SEED.high)


def is_group(operation: Operation) -> bool:
    return operation.kind is Kind.GROUP


def assert_described(param: Param, schema: dict[str, Any]) -> None:
    one, several = schema["anyOf"]
    assert schema["description"].startswith(param.help)
    assert schema["default"] == list(param.default)
    assert several["type"] == "array"
    assert several["items"] == one
    if isinstance(param, Number):
        assert one["type"] == ("integer" if param.integer else "number")
        assert (one["minimum"], one["maximum"]) == (param.low, param.high)
        assert (several["minItems"], several["maxItems"]) == (2, 2)
    else:
        assert isinstance(param, Choice)
        assert one["enum"] == list(param.options)
        assert several["minItems"] == 1


def test_the_schema_and_the_reader_agree_about_numbers() -> None:
    numbers = [
        (operation, param)
        for operation in OPERATIONS
        for param in operation.params
        if isinstance(param, Number)
    ]
    for (operation, param), outside in product(numbers, (-1, 1)):
        edge = param.low if outside < 0 else param.high
        at_edge = {"op": operation.name, "params": {param.name: edge}}
        build_recipe({"version": 1, "steps": [at_edge]})
        beyond = {"op": operation.name, "params": {param.name: edge + outside}}
        with pytest.raises(RecipeError, match=rf"steps\[0\]\.params\.{param.name}: must be within"):
            build_recipe({"version": 1, "steps": [beyond]})
