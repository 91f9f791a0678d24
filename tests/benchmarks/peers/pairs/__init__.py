"""Operations of ours beside the transforms of albumentations that do the same."""

from tests.benchmarks.peers.pairs.blur import BLUR
from tests.benchmarks.peers.pairs.colour import COLOUR
from tests.benchmarks.peers.pairs.covers import COVERS
from tests.benchmarks.peers.pairs.geometry import GEOMETRY
from tests.benchmarks.peers.pairs.noise import NOISE
from tests.benchmarks.peers.pairs.pair import Pair

__all__ = ["PAIRS", "Pair"]

PAIRS: tuple[Pair, ...] = (*GEOMETRY, *COLOUR, *NOISE, *BLUR, *COVERS)
