"""Image files made pixels and back: the one loader and the encoders."""
