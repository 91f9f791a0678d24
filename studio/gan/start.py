"""Starting TensorFlow without what it says of itself, which is for its developers."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from studio.paths import log_folder


def start_tensorflow() -> None:
    """Import TensorFlow and have it look for devices, its words in a log; takes some seconds.

    The environment's switch for them leaves out those that come before it is read.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "tensorflow" in sys.modules:
        return
    with _errors_in_log():
        import tensorflow as tf

        from studio.gan.device import prepare_devices

        prepare_devices()
        tf.config.list_logical_devices()


@contextmanager
def _errors_in_log() -> Iterator[None]:
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, AttributeError):  # A program without a terminal may have none.
        yield
        return
    try:
        log = os.open(log_folder() / "tensorflow.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.dup2(log, 2)
        os.close(log)
    except OSError:
        pass
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
