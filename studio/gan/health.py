"""Whether a training goes well, in one word and one sentence that says what to try."""

from collections import deque
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct

_WON = 0.97
_WON_IMAGES = 20_000
_COLLAPSED = 0.5
_FALLS = 3
_WARM_UP = 30_000
"""Images before which no training has got far enough to be called collapsed."""
_LEARNT_BY_HEART = 0.6


class State(StrEnum):
    """What a training is found to be in."""

    HEALTHY = "healthy"
    DISCRIMINATOR_WINS = "discriminator wins"
    COLLAPSE = "collapse"
    MEMORISING = "memorising"
    NOT_FINITE = "not finite"


ADVICE = {
    State.HEALTHY: "Both networks learn from each other.",
    State.DISCRIMINATOR_WINS: (
        "The discriminator tells nearly all images apart, so the generator learns little."
        " Try augmentation of its input, or more images."
    ),
    State.COLLAPSE: (
        "The generator makes fewer kinds of images than there are."
        " Go back to the best checkpoint, or try another seed or a larger batch."
    ),
    State.MEMORISING: (
        "The discriminator knows the images by heart: it takes held-out ones for made."
        " Try augmentation of its input, or more images; longer training makes it worse."
    ),
    State.NOT_FINITE: (
        "The numbers have run out of bounds. The last sound checkpoint is kept:"
        " resume from it with another seed or another batch, or generate with the best one."
    ),
}


class Health(Struct, frozen=True):
    """The state, and what is known of it."""

    state: State
    advice: str


class HealthWatch:
    """Follows a training, tick by tick."""

    def __init__(self) -> None:
        self._won_since: float | None = None
        self._coverage: deque[float] = deque(maxlen=_FALLS + 1)
        self._spread = 1.0
        self._gap = 0.0
        self._won = False

    def note_step(self, images_seen: float, accuracy: float) -> None:
        """Note the share of pairs that the discriminator ranks right."""
        if accuracy <= _WON:
            self._won_since = None
        elif self._won_since is None:
            self._won_since = images_seen
        self._won = self._won_since is not None and images_seen - self._won_since >= _WON_IMAGES

    def note_quality(
        self, images_seen: float, spread: float, coverage: float, gap: float | None
    ) -> None:
        """Note made features' spread as a share of the real one's, coverage, and score gap.

        The gap is how far held-out images are from real ones in the discriminator's score, as a
        share of how far made ones are (Karras et al. 2020, arXiv 2006.06676, equation 1).
        """
        if images_seen < _WARM_UP:
            return
        self._spread = spread
        self._coverage.append(coverage)
        self._gap = gap or 0.0

    def health(self) -> Health:
        """Return what holds now, the worst first."""
        state = State.HEALTHY
        if self._gap > _LEARNT_BY_HEART:
            state = State.MEMORISING
        if self._won:
            state = State.DISCRIMINATOR_WINS
        if self._spread < _COLLAPSED or self._falls():
            state = State.COLLAPSE
        return Health(state, ADVICE[state])

    def _falls(self) -> bool:
        values = list(self._coverage)
        return len(values) > _FALLS and all(later < before for before, later in pairwise(values))
