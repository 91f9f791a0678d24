"""Which devices train, and how TensorFlow is to use them."""

import os
from typing import Any, Literal

import tensorflow as tf

_FIRST_WITH_BFLOAT16 = (8, 0)
"""Compute capability of the first cards that calculate in bfloat16."""


def prepare_devices(*, beside_window: bool = False) -> None:
    """Take graphics memory as needed, and all of the processor's cores.

    Beside a window one core is left to it, where there are more than two. Once TensorFlow has begun
    to calculate, nothing changes any more.
    """
    cores = os.cpu_count() or 2
    try:
        for card in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(card, True)
        threads = max(2, cores - 1) if beside_window else cores
        tf.config.threading.set_intra_op_parallelism_threads(threads)
    except RuntimeError:
        return  # In use already, and so set before.


def share_work(devices: Literal["one", "all"]) -> tf.distribute.Strategy:
    """Return how a step is shared: among all graphics cards if asked, where there are two or more.

    Several cards have not been measured; two halves of a processor train as one does.
    """
    cards = tf.config.list_logical_devices("GPU")
    if devices == "all" and len(cards) > 1:
        return mirror([card.name for card in cards])
    return tf.distribute.get_strategy()


def mirror(devices: list[str]) -> tf.distribute.Strategy:
    """Return a strategy by which each of the devices does a part of every batch."""
    # The usual way takes the sums of both networks for each other when they come in one loop.
    return tf.distribute.MirroredStrategy(devices, tf.distribute.ReductionToOneDevice())


def describe_device(devices: Literal["one", "all"] = "one") -> str:
    """Return the name of what trains, for people."""
    cards = tf.config.list_physical_devices("GPU")
    if not cards:
        return f"processor, {os.cpu_count()} cores"
    name = str(_details(cards[0]).get("device_name", cards[0].name))
    return f"{len(cards)} × {name}" if devices == "all" and len(cards) > 1 else name


def has_graphics_card() -> bool:
    """Tell whether anything but the processor can train."""
    return bool(tf.config.list_physical_devices("GPU"))


def calculates_in_bfloat16() -> bool:
    """Tell whether all graphics cards calculate in bfloat16, which processors do slowly."""
    cards = tf.config.list_physical_devices("GPU")
    abilities = [_details(card).get("compute_capability", (0, 0)) for card in cards]
    return bool(cards) and all(ability >= _FIRST_WITH_BFLOAT16 for ability in abilities)


def _details(card: Any) -> dict[str, Any]:
    found: dict[str, Any] = tf.config.experimental.get_device_details(card)
    return found
