"""Every operation that both have, one call at a time on one thread."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle

import cv2

from studio.augment.engine import apply
from studio.augment.image import Image
from studio.augment.operation import Kind, all_operations, get
from studio.augment.plan import Plan, PlannedStep
from tests.benchmarks.peers.pairs import PAIRS, Pair
from tests.benchmarks.peers.turns import print_table, take_turns

_ROUNDS = 8
_SECONDS_A_TURN = 0.03
_SLOWEST = 0.9
_MEDIAN = 1.3
_OTHER = "other"
_PLANS = 32
_APART = 1e-5


def compare_operations(image: Image) -> None:
    """Print the milliseconds of each operation on this image, ours and albumentations'."""
    cv2.setNumThreads(1)
    known = {operation.name for operation in all_operations()}
    pairs = [pair for pair in PAIRS if pair.op in known]
    rows = []
    ratios = []
    for pair in pairs:
        ours, theirs = _compare(pair, image)
        ratios.append((pair.op, theirs / ours))
        ratio = f"{theirs / ours:.2f}"
        rows.append([_name(pair), f"{ours:.2f}", f"{theirs:.2f}", ratio, pair.remark])
    height, width = image.shape[:2]
    print_table(
        f"Single operations on {width}×{height} in colour, one thread, milliseconds",
        ["operation, ours / theirs", "ours", "albumentations", "ratio", "where the work differs"],
        rows,
    )
    _print_summary(ratios)


def _print_summary(ratios: list[tuple[str, float]]) -> None:
    median = statistics.median(ratio for _, ratio in ratios)
    slow = [f"{op} {ratio:.2f}" for op, ratio in ratios if ratio < _SLOWEST]
    compared = {op for op, _ in ratios}
    alone = [
        operation.name
        for operation in all_operations()
        if operation.name not in compared and operation.kind not in (Kind.POLICY, Kind.GROUP)
    ]
    missing = [pair.op for pair in PAIRS if pair.op not in compared]
    print(f"Median of the ratios: {median:.2f}, target {_MEDIAN}.")
    print(f"Below {_SLOWEST}: {', '.join(slow) or 'none'}.")
    print(f"Only here: {', '.join(alone) or 'none'}.")
    if missing:
        print(f"Not here, and left out: {', '.join(missing)}.")
    print(flush=True)


def _name(pair: Pair) -> str:
    return f"{get(pair.op).title} / {pair.transform.__class__.__name__}"


def _compare(pair: Pair, image: Image) -> tuple[float, float]:
    """Return the milliseconds of ours and of theirs."""
    pair.transform.set_random_seed(0)
    plans = cycle(_plans(pair))

    def ours() -> Image:
        return apply(next(plans), image, partner=lambda _: image)

    theirs = partial(pair.transform, image=image, **pair.data(image))
    ours()
    theirs()
    rates = take_turns({"ours": partial(_rate, ours), "theirs": partial(_rate, theirs)}, _ROUNDS)
    return 1e3 / rates["ours"], 1e3 / rates["theirs"]


def _rate(call: Callable[[], object]) -> float:
    """Return how many calls fit into a second, told by the median of a turn."""
    times: list[float] = []
    end = time.perf_counter() + _SECONDS_A_TURN
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return 1 / statistics.median(times)


def _plans(pair: Pair) -> list[Plan]:
    """Return plans of this one step; what the pair leaves open is in the middle of its range.

    As in an export, each has its own seed and values, if only a little apart: so nothing can be
    remembered from one call to the next.
    """
    operation = get(pair.op)
    settings = operation.defaults()
    for name, value in pair.values.items():
        settings[name] = operation.param(name).parse(value)
    values = {param.name: param.draw(settings[param.name], 0.5) for param in operation.params}
    partners = (_OTHER,) * operation.partners
    plans = []
    for number in range(_PLANS):
        moved = {
            name: value * (1 - _APART * number) if isinstance(value, float) else value
            for name, value in values.items()
        }
        step = PlannedStep(pair.op, pair.op, number, moved, partners)
        plans.append(Plan("image", number, "reflect", 0, (step,)))
    return plans
