"""The operations. Importing this package registers them all; a new file needs a line here."""

# ruff: noqa: I001, F401 (people see the operations of a group in this order)
from studio.augment.ops import geometry
from studio.augment.ops import framing
from studio.augment.ops import distortion
from studio.augment.ops import tone
from studio.augment.ops import colour
from studio.augment.ops import histogram
from studio.augment.ops import noise
from studio.augment.ops import sensor
from studio.augment.ops import blur
from studio.augment.ops import lens
from studio.augment.ops import quality
from studio.augment.ops import occlusion
from studio.augment.ops import losing
from studio.augment.ops import filling
from studio.augment.ops import inpainting
from studio.augment.ops import choosing_fill
from studio.augment.ops import borrowing
from studio.augment.ops import covers
from studio.augment.ops import weather
from studio.augment.ops import light
from studio.augment.ops import spatter
from studio.augment.ops import mixing
from studio.augment.ops import policies
