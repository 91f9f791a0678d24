"""Contestants that take turns, and the tables of what they reached."""

from collections.abc import Callable, Mapping, Sequence


def take_turns(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Return the highest rate of each contestant.

    Rounds in which everybody has a turn are fair where other work comes and goes on the machine.
    """
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            rates[name].append(measure())
    return {name: max(reached) for name, reached in rates.items()}


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in GitHub's Markdown: first and last column are text, the others numbers."""
    rule = [":--", *["--:"] * (len(head) - 2), ":--"]
    print(f"**{title}**\n")
    for cells in (head, rule, *rows):
        print(f"| {' | '.join(cells)} |")
    print(flush=True)
