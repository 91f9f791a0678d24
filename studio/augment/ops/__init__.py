"""The operations. Importing this package registers them all; a new file needs a line here."""

from studio.augment.ops import blur, colour, geometry, noise, occlusion

__all__ = ["blur", "colour", "geometry", "noise", "occlusion"]
