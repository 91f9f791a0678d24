"""Imports what draws plots before it is needed, beside the event loop."""

import threading
from functools import cache


@cache
def warm_plots() -> None:
    """Import pyqtgraph on a thread of its own, once: on the window's it is a stall of 0.2 s."""
    # Not a daemon: an import that the program's end cuts off would leave Qt half set up.
    threading.Thread(target=_import, name="plots").start()


def _import() -> None:
    import studio.qt.train.plot  # noqa: F401
