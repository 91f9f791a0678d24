"""The JSON Schema of recipe files, built from the operations' declarations."""

from collections.abc import Iterable
from typing import Any

from studio.augment.missing.rules import Rule, all_rules
from studio.augment.operation import Kind, Operation, Param, all_operations
from studio.augment.recipe import BORDER, FILL, MOST_RULES, MOST_STEPS, PROBABILITY, SEED
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
            "seed": _one_value(SEED),
            "border": BORDER.schema(),
            "fill": FILL.schema(),
            "missing": {
                "type": "array",
                "maxItems": MOST_RULES,
                "items": {"oneOf": [*map(_rule_schema, all_rules())]},
            },
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
        "probability": _one_value(PROBABILITY),
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


def _rule_schema(rule: Rule) -> dict[str, Any]:
    params = {param.name: _one_value(param) for param in rule.params}
    return {
        "title": rule.title,
        "description": rule.summary,
        "type": "object",
        "additionalProperties": False,
        "required": ["rule"],
        "properties": {
            "rule": {"const": rule.name},
            "enabled": {"type": "boolean", "default": True},
            "params": {"type": "object", "additionalProperties": False, "properties": params},
        },
    }


def _one_value(param: Param) -> dict[str, Any]:
    schema = param.schema()
    return {**schema.pop("anyOf")[0], **schema, "default": param.default[0]}
