"""What TensorFlow raises, in words that say what to do."""

import errno
import re

import tensorflow as tf

from studio.errors import UserError

_LOST = re.compile(
    r"cuda|cudnn|cublas|gpu|device (is )?(lost|gone|removed)|could not (find|open) device|launch",
    re.IGNORECASE,
)
_FULL = re.compile(r"no space left|disk quota|file too large", re.IGNORECASE)
_MEMORY = re.compile(
    r"out of memory|\bOOM\b|failed to allocate|dst tensor is not init", re.IGNORECASE
)
_SAVED = "What was saved can be resumed."

FAULTS = (tf.errors.OpError, MemoryError)


def explain(error: Exception, batch: int) -> UserError | OSError | None:
    """Return what to say of a fault of TensorFlow's, or of a full disk; None of an unknown one."""
    text = str(error)
    # The runtime has one kind of error for everything that runs out.
    if _FULL.search(text):
        return OSError(errno.ENOSPC, "no space left on device")
    if isinstance(error, MemoryError | tf.errors.ResourceExhaustedError) or _MEMORY.search(text):
        return UserError(
            f"batch: not enough memory to train on {batch} images at a time",
            f"Choose a smaller batch, or smaller images. {_SAVED}",
        )
    device = isinstance(error, tf.errors.UnavailableError | tf.errors.InternalError)
    if device and _LOST.search(text):
        return UserError(
            "The graphics card is gone: it no longer answers",
            f"Start the program again, then resume. {_SAVED}",
        )
    return None
