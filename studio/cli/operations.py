"""The operations for people, as a table, and for programs, as JSON."""

import json
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table

from studio.augment import ops  # noqa: F401 (registers the operations)
from studio.augment.operation import Choice, Number, Operation, Param, all_operations
from studio.augment.recipe_schema import recipe_schema

_WIDTH_IN_FILES = 120


def print_operations() -> None:
    """Print the operations by group, each with its parameters, their bounds and first ranges."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDTH_IN_FILES
    table = Table.grid(padding=(0, 2))
    for group, operations in groupby(all_operations(), key=lambda operation: operation.group):
        table.add_row(group, style="bold")
        for operation in operations:
            table.add_row(f"  {operation.name}", operation.summary)
            for param in operation.params:
                table.add_row(f"    {param.name}", f"{param.help} {_bounds(param)}", style="dim")
        table.add_row()
    console.print(table)


def print_json() -> None:
    """Print the operations as a JSON list."""
    print(json.dumps([_plain_operation(operation) for operation in all_operations()], indent=2))


def print_schema() -> None:
    """Print the JSON Schema of recipe files."""
    print(json.dumps(recipe_schema(), indent=2))


def _bounds(param: Param) -> str:
    if isinstance(param, Choice):
        return f"One of {', '.join(param.options)}; at first {', '.join(param.default)}."
    unit = f" {param.unit}" if param.unit else ""
    low, high = param.default
    first = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return f"{param.low:g} to {param.high:g}{unit}; at first {first}."


def _plain_operation(operation: Operation) -> dict[str, Any]:
    return {
        "name": operation.name,
        "group": operation.group,
        "kind": operation.kind.value,
        "help": operation.help,
        "params": [_plain_param(param) for param in operation.params],
    }


def _plain_param(param: Param) -> dict[str, Any]:
    data: dict[str, Any] = {"name": param.name, "help": param.help, "default": param.default}
    if isinstance(param, Number):
        bounds = {"low": param.low, "high": param.high, "neutral": param.neutral}
        return {**data, **bounds, "integer": param.integer, "unit": param.unit}
    return {**data, "options": param.options}
