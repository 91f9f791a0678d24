"""Noise as sensors make it: one uniform 16-bit word a value, turned by tables."""
