"""What a training tells while it runs; the same lines are kept in the run's `stats.jsonl`."""

import msgspec
from msgspec import Struct

from studio.gan.health import State


class Waiting(Struct, frozen=True):
    """Nothing to tell for `seconds` yet: `what` is going on. Never kept."""

    what: str
    seconds: float


class Preparing(Struct, frozen=True, tag="preparing"):
    """Before the first step: `what` is done to which share."""

    what: str
    share: float


class Began(Struct, frozen=True, tag="began"):
    """The first step is next: on so many images, `held_out` ones apart.

    `balance` are the losses of two networks that are even, `real` a picture of real images, laid
    out like the grids.
    """

    device: str
    trained_on: int
    held_out: int
    classes: tuple[str, ...]
    step: int
    balance: tuple[float, float]
    notes: tuple[str, ...] = ()
    real: str = ""


class Stats(Struct, frozen=True, tag="stats"):
    """Means over the last half second. `seconds` are of training, watching it included."""

    step: int
    images: int
    seconds: float
    images_per_second: float
    loss_d: float
    loss_g: float
    score_real: float
    score_made: float
    accuracy: float
    penalty_real: float
    penalty_made: float
    share_done: float


class Grid(Struct, frozen=True, tag="grid"):
    """A picture of the fixed latents, below the run's folder: `average` of EMA, `raw` without."""

    images: int
    seconds: float
    average: str
    raw: str


class Quality(Struct, frozen=True, tag="quality"):
    """How good made images are. Agreement is None without classes, for each class in its order."""

    images: int
    seconds: float
    kid: float
    kid_spread: float
    density: float
    coverage: float
    agreement: float | None = None
    agreements: tuple[float, ...] = ()


class Reference(Quality, frozen=True, tag="reference"):
    """The same of real images that were held out: as good as it gets."""


class Condition(Struct, frozen=True, tag="health"):
    """How the training is found to go."""

    images: int
    state: State
    advice: str


class Saved(Struct, frozen=True, tag="saved"):
    """A checkpoint was written; `is_best` by KID."""

    name: str
    images: int
    is_best: bool


class Ended(Struct, frozen=True, tag="ended"):
    """The last report: `reason` is "done", "stopped" or "not finite"."""

    step: int
    images: int
    seconds: float
    reason: str


Report = Preparing | Began | Stats | Grid | Quality | Reference | Condition | Saved | Ended


def encode_report(report: Report) -> bytes:
    """Return a line of `stats.jsonl`."""
    return msgspec.json.encode(report) + b"\n"


def read_reports(lines: bytes) -> list[Report]:
    """Return the reports of a run; half a line at the end is left out."""
    decoder = msgspec.json.Decoder(Report)
    found: list[Report] = []
    for line in lines.splitlines():
        try:
            found.append(decoder.decode(line))
        except msgspec.DecodeError:
            continue
    return found
