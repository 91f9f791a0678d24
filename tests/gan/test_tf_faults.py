"""What TensorFlow raises is said in words that help, and what is unknown is not made up."""

import errno
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from studio.errors import UserError
from studio.gan.fastest import Fastest
from studio.gan.generator_file import load_generator_file
from studio.gan.tf_faults import explain


def test_too_little_memory_suggests_a_smaller_batch() -> None:
    # As of a tensor of 64 TiB, for which TensorFlow looks ten seconds before it says so.
    text = "OOM when allocating tensor with shape[4194304,4194304] and type float on CPU:0"
    for error in (tf.errors.ResourceExhaustedError(None, None, text), MemoryError()):
        told = explain(error, 512)
        assert isinstance(told, UserError)
        assert "not enough memory to train on 512 images at a time" in told.message
        assert "Choose a smaller batch" in told.hint


def test_a_card_that_is_gone_is_not_taken_for_a_full_memory_or_the_other_way_round() -> None:
    gone = tf.errors.InternalError(None, None, "CUDA error: an illegal memory access: device lost")
    told = explain(gone, 64)
    assert isinstance(told, UserError)
    assert "graphics card is gone" in told.message
    assert "resume" in told.hint
    full = tf.errors.InternalError(None, None, "CUDA_ERROR_OUT_OF_MEMORY: out of memory")
    told = explain(full, 64)
    assert isinstance(told, UserError)
    assert "not enough memory" in told.message
    assert explain(tf.errors.InternalError(None, None, "a fault of our own"), 64) is None


def test_a_full_disk_is_not_taken_for_a_full_memory() -> None:
    error = tf.errors.ResourceExhaustedError(None, None, "events: No space left on device")
    told = explain(error, 64)
    assert isinstance(told, OSError)
    assert told.errno == errno.ENOSPC


def test_a_generator_with_code_of_its_own_is_refused(tmp_path: Path) -> None:
    inputs = [keras.Input((4,)), keras.Input((), dtype="int32")]
    code = keras.layers.Lambda(lambda latents: latents * 2)(inputs[0])
    keras.Model(inputs, code).save(tmp_path / "bad.keras")
    with pytest.raises(UserError, match=r"bad\.keras: is refused: it holds code"):
        load_generator_file(tmp_path / "bad.keras")


@pytest.mark.parametrize(
    ("name", "message"),
    [("old.h5", "is no .keras file"), ("junk.keras", "cannot be read"), ("none.keras", "cannot")],
)
def test_other_files_are_no_generators(tmp_path: Path, name: str, message: str) -> None:
    if name != "none.keras":
        (tmp_path / name).write_bytes(b"PK junk")
    with pytest.raises(UserError, match=message):
        load_generator_file(tmp_path / name)


def test_the_quickest_way_is_kept_once_each_was_tried() -> None:
    calls: list[str] = []

    def slow(count: int) -> float:
        calls.append("slow")
        return float(np.sort(np.random.default_rng(0).random(1_000_000 * count)).sum())

    def quick(count: int) -> float:
        calls.append("quick")
        return 0.0

    fastest = Fastest(slow, quick)
    for _ in range(7):
        fastest(1, 1)
    assert calls == ["slow"] * 2 + ["quick"] * 5
    assert fastest.chosen == 1
