"""The JSON Schema of recipe files, built from the operations' declarations."""

from collections.abc import Iterable
from typing import Any

from studio.augment.operation import Kind, Number, Operation, all_operations
from studio.augment.recipe import BORDER, FILL, MOST_STEPS, PROBABILITY, SEED
from studio.augment.recipe_file import VERSION


def recipe_schema() -> dict[str, Any]:
    """Return the JSON Schema of recipe files, for editors that complete and check them."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Augmentation Studio recipe",
        "type": "object",
        "additionalProperties": False,
        "required": ["version"],
        "properties": {
            "version": {"const": VERSION},
            "seed": _one_number(SEED),
            "border": BORDER.schema(),
            "fill": FILL.schema(),
            "steps": _steps_schema(all_operations()),
        },
    }


def _steps_schema(operations: Iterable[Operation]) -> dict[str, Any]:
    items = {"oneOf": [*map(_step_schema, operations)]}
    return {"type": "array", "maxItems": MOST_STEPS, "items": items}


def _step_schema(operation: Operation) -> dict[str, Any]:
    params = {param.name: param.schema() for param in operation.params}
    properties: dict[str, Any] = {
        "op": {"const": operation.name},
        "id": {"type": "string", "pattern": "^[^/]+$"},
        "probability": _one_number(PROBABILITY),
        "enabled": {"type": "boolean", "default": True},
        "params": {"type": "object", "additionalProperties": False, "properties": params},
    }
    if operation.kind is Kind.GROUP:
        inside = (one for one in all_operations() if one.kind is not Kind.GROUP)
        properties["steps"] = _steps_schema(inside)
    return {
        "title": operation.title,
        "description": operation.summary,
        "type": "object",
        "additionalProperties": False,
        "required": ["op"],
        "properties": properties,
    }


def _one_number(param: Number) -> dict[str, Any]:
    schema = param.schema()
    return {**schema.pop("anyOf")[0], **schema, "default": param.default[0]}
