"""A training's state survives what disks do to it, or is refused by name."""

from pathlib import Path

import numpy as np
import pytest

from studio.gan.checkpoint import (
    CheckpointError,
    keep_newest,
    load_newest,
    note_use,
    save_checkpoint,
)

ARRAYS = {"a/0": np.arange(6.0).reshape(2, 3), "b": np.array(7, np.int64)}


def save(folder: Path, step: int) -> None:
    save_checkpoint(folder, {**ARRAYS, "step": np.array(step)}, step, {"seconds": 1.5})


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    save(tmp_path, 3)
    save(tmp_path, 12)
    checkpoint, arrays, faults = load_newest(tmp_path)
    assert (checkpoint.step, checkpoint.data, faults) == (12, {"seconds": 1.5}, ())
    np.testing.assert_array_equal(arrays["a/0"], ARRAYS["a/0"])
    assert arrays["step"] == 12


@pytest.mark.parametrize("damage", ["flip", "cut", "no arrays", "no index", "junk index"])
def test_a_damaged_newest_one_is_named_and_the_one_before_is_used(
    tmp_path: Path, damage: str
) -> None:
    save(tmp_path, 3)
    save(tmp_path, 12)
    arrays, index = tmp_path / "000000012.npz", tmp_path / "000000012.json"
    data = bytearray(arrays.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
        arrays.write_bytes(data)
    elif damage == "cut":
        arrays.write_bytes(data[:-10])
    elif damage == "no arrays":
        arrays.unlink()
    elif damage == "junk index":
        index.write_bytes(b"{")
    else:
        # What a kill between both files leaves: the arrays alone do not count.
        index.unlink()
    checkpoint, _, faults = load_newest(tmp_path)
    assert checkpoint.step == 3
    assert [f.partition(".")[0] for f in faults] == ([] if damage == "no index" else ["000000012"])


def test_without_a_sound_one_nothing_begins_anew_in_silence(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="holds no usable checkpoint"):
        load_newest(tmp_path)
    save(tmp_path, 3)
    (tmp_path / "000000003.npz").write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"000000003\.npz: is damaged"):
        load_newest(tmp_path)


def test_old_ones_go_and_the_best_and_what_is_in_use_stay(tmp_path: Path) -> None:
    for step in range(1, 6):
        save(tmp_path, step)
    note_use(tmp_path / "000000002.npz")
    keep_newest(tmp_path, 2, frozenset({"000000001"}))
    left = sorted(int(path.stem) for path in tmp_path.glob("*.npz"))
    assert left == [1, 2, 4, 5]
