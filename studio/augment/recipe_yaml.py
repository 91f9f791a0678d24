"""The YAML of recipes: nothing named, repeated or converted, and readable when it is written."""

import re
import reprlib
from typing import Any

import yaml

from studio.errors import UserError

LARGEST_FILE = 100_000
"""In bytes; more would take seconds to read."""


class RecipeError(UserError):
    """A recipe that cannot be used: one line that names the place and what is wrong there."""


def read_yaml(text: str) -> object:
    """Return the plain data of a YAML text; RecipeError names the line and the fault."""
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RecipeError(f"line {line}: is not valid YAML: {error.problem}") from None
    except RecursionError:
        raise RecipeError("is nested too deeply to be a recipe") from None
    except (yaml.YAMLError, ValueError, ArithmeticError) as error:
        raise RecipeError(f"is not valid YAML: {str(error).partition(chr(10))[0]}") from None


def write_yaml(data: object) -> str:
    """Return plain data as YAML; an `Inline` mapping stays on one line."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=LARGEST_FILE)


class _Loader(yaml.SafeLoader):
    """YAML of which each part stands where it is read: nothing named, repeated or converted."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise _at(event.start_mark, "a recipe has no anchors (&), aliases (*) or tags (!)")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        seen: set[str] = set()
        for name in names:
            if name.value in seen:
                raise _at(name.start_mark, f"{shown(name.value)} is there twice")
            seen.add(name.value)
        return super().construct_mapping(node, deep)


# YAML 1.1 takes 010 for 8, 1:30 for 90 and 1e3 for a text; here a number is what it looks like.
_NUMBERS = {
    "tag:yaml.org,2002:int": r"[-+]?(0|[1-9][0-9]*)",
    "tag:yaml.org,2002:float": (
        r"[-+]?((0|[1-9][0-9]*)?\.[0-9]+|(0|[1-9][0-9]*)\.?)([eE][-+]?[0-9]+)?"
        r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
    ),
}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NUMBERS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _at(mark: yaml.Mark, fault: str) -> RecipeError:
    return RecipeError(f"line {mark.line + 1}: {fault}")


def shown(name: str) -> str:
    """Return a name as it stands, or quoted and cut short where it would spoil a line."""
    return name if name.isidentifier() and len(name) < 40 else reprlib.repr(name)


class Inline(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Quotes every text that this or YAML 1.1 would take for something else."""


for _tag, _pattern in _NUMBERS.items():
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern})\Z"), [*"-+.0123456789"])


def _represent_inline(dumper: yaml.SafeDumper, data: Inline) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", dict(data), flow_style=True)


_Dumper.add_representer(Inline, _represent_inline)
