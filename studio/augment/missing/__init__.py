"""Missing pixels: the rules that find them, all registered here, and what fills them."""

from studio.augment.missing import finders  # noqa: F401 (registers the rules)
