"""Which device trains, and how TensorFlow is to use it."""

import os

import tensorflow as tf


def prepare_devices() -> None:
    """Take graphics memory as needed, and leave one thread of the processor to the window."""
    for card in tf.config.list_physical_devices("GPU"):
        try:
            tf.config.experimental.set_memory_growth(card, True)
        except RuntimeError:
            return  # Already in use, and so set before.
    try:
        tf.config.threading.set_intra_op_parallelism_threads(max(1, (os.cpu_count() or 2)))
    except RuntimeError:
        return


def describe_device() -> str:
    """Return the name of what trains, for people."""
    cards = tf.config.list_physical_devices("GPU")
    if not cards:
        return f"processor, {os.cpu_count()} cores"
    details = tf.config.experimental.get_device_details(cards[0])
    return str(details.get("device_name", cards[0].name))
