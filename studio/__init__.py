"""Augmentation Studio: augment image data sets by point and click."""

__version__ = "0.1.0"
