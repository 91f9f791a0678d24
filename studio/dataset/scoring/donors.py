"""Images whose missing pixels serve as pattern for those that miss nothing."""

from collections.abc import Generator, Sequence

from studio.augment.dice import Dice
from studio.augment.image import Mask
from studio.augment.missing.rules import MissingRule
from studio.dataset.missing.finding import is_wholly_missing, load_missing
from studio.dataset.store import Store
from studio.errors import UserError

_MOST_DONORS = 8
_MOST_OTHERS = 500


def spread(keys: Sequence[str], count: int | None) -> Sequence[str]:
    """Return so many of the keys, evenly spread; all of them for None."""
    if count is None or count >= len(keys):
        return keys
    return [keys[index * len(keys) // count] for index in range(count)]


def find_donors(
    store: Store, chosen: Sequence[str], keys: Sequence[str], rules: Sequence[MissingRule]
) -> Generator[None, None, Sequence[str]]:
    """Return the keys of a few images that miss something, but not everything.

    They are looked for among those that are chosen, then among a good many others of the data set.
    Yields after each look.
    """
    donors: list[str] = []
    if not any(rule.enabled for rule in rules):
        return donors
    taken = set(chosen)
    others = spread([key for key in keys if key not in taken], _MOST_OTHERS)
    for group in (chosen, others):
        for key in group:
            if find_pattern(store, key, rules) is not None:
                donors.append(key)
            if len(donors) == _MOST_DONORS:
                return donors
            yield
        if donors:
            break
    return donors


def find_pattern(store: Store, key: str, rules: Sequence[MissingRule]) -> Mask | None:
    """Return what an image misses; None for nothing or everything, and if it cannot be read."""
    try:
        missing = load_missing(store, key, rules).missing
    except (UserError, MemoryError):
        return None
    return None if is_wholly_missing(missing) else missing


def choose_donor(donors: Sequence[str], key: str, seed: int) -> str:
    """Return which of the donors an image copies, "" where there is none."""
    if not donors:
        return ""
    return donors[Dice(f"{seed}\0{key}\0donor").index(len(donors))]
