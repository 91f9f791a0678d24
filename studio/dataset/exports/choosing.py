"""Giving out names, no two of which a file system takes for the same."""

from collections.abc import Callable, Container, Iterator, Mapping, Set
from itertools import chain, count
from typing import TypeVar

from studio.dataset.exports.portable import fit_path, fold_name, split_path

_Key = TypeVar("_Key", str, tuple[str, str])
_NOTHING: frozenset[str] = frozenset()


def choose_names(
    best: Mapping[_Key, str],
    changed: Container[_Key],
    taken: set[str],
    *,
    others: Callable[[_Key], Iterator[str]] | None = None,
    barred: Mapping[_Key, Set[str]] | None = None,
) -> dict[_Key, str]:
    """Return a name for each key, and add the names, folded, to those that are taken.

    First come the keys that are not `changed`, whose best name is their own, then the rest, in
    their order. Where the best name is taken, or barred for the key, the first free one of its
    `others` is chosen, usually the best one with a number.
    """
    chosen: dict[_Key, str] = {}

    def take(key: _Key, name: str) -> bool:
        folded = fold_name(name)
        if folded in taken or (barred and folded in barred.get(key, _NOTHING)):
            return False
        taken.add(folded)
        chosen[key] = name
        return True

    late = [key for key in sorted(best) if key in changed or not take(key, best[key])]
    # Thousands that would share a name go on counting where the last one stopped.
    begun: dict[str, Iterator[str]] = {}
    for key in late:
        more = others(key) if others else _number(best[key])
        second = next(more)
        more = begun.setdefault(second, chain([second], more))
        next(name for name in chain([best[key]], more) if take(key, name))
    return chosen


def _number(path: str) -> Iterator[str]:
    """Yield names like that of `path`, with a number before the suffix."""
    path, suffix = split_path(path)
    for number in count(2):
        yield fit_path(path, f"_{number}{suffix}")
