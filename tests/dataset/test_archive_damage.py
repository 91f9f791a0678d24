"""Archives that are damaged or cut short: refused in a line, or what is whole of them works."""

import random
import time
from pathlib import Path

import numpy as np
import pytest

from studio.dataset.library import open_library
from studio.dataset.reading.image_file import ImageError
from studio.errors import UserError
from tests.dataset import archive_files as make
from tests.dataset.files import noise


def valid(folder: Path) -> list[Path]:
    """Small valid files of every kind."""
    folder.mkdir()
    small = {name: data for name, data in list(make.class_files(1).items())}
    files = [
        make.write_zip(folder / "a.zip", small),
        make.write_zip(folder / "stored.zip", small, stored=True),
        make.write_tar(folder / "a.tar", small | {"n" * 150 + "/long.png": b"x"}),
        make.write_tar(folder / "a.tar.gz", small),
        make.write_tar(folder / "a.tar.bz2", small),
        make.write_tar(folder / "a.tar.xz", small),
    ]
    for name, data in (("py", make.cifar_10_python(1)), ("bin", make.cifar_10_binary(1))):
        files.append(make.write_tar(folder / f"cifar-{name}.tar", data))
    np.savez(folder / "a.npz", x_train=noise((2, 3, 4)), y_train=np.array([1, 2]))
    np.savez_compressed(folder / "b.npz", images=noise((2, 3, 4)) / 7, labels=np.array(["a", "b"]))
    np.save(folder / "c.npy", noise((2, 3, 4, 3)))
    mnist = make.write_mnist(folder / "mnist", packed=False, count=2)
    packed = make.write_mnist(folder / "packed", packed=True, count=2)
    files += [folder / "a.npz", folder / "b.npz", folder / "c.npy"]
    return [*files, *sorted(mnist.iterdir()), *sorted(packed.iterdir())]


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Return the data with a few bytes changed, cut, doubled or lost."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        where = chance.randrange(len(changed) or 1)
        if chance.random() < 0.3:
            where %= 600
        match chance.randrange(5):
            case 0:
                changed[where : where + 1] = bytes([chance.randrange(256)])
            case 1:
                changed[where : where + 4] = chance.choice((b"\xff" * 4, bytes(4), b"\x7f" * 4))
            case 2:
                del changed[where:]
            case 3:
                del changed[where : where + chance.randrange(1, 64)]
            case _:
                changed[where:where] = changed[where : where + chance.randrange(1, 64)]
    return bytes(changed)


def test_a_thousand_mutations_of_valid_files(tmp_path: Path) -> None:
    files = valid(tmp_path / "files")
    originals = {path: path.read_bytes() for path in files}
    chance = random.Random(7)
    opened = refused = 0
    for number in range(1000):
        path = files[number % len(files)]
        path.write_bytes(mutate(originals[path], chance))
        began = time.perf_counter()
        try:
            library = open_library(path)
            opened += 1
            for image in library.images:
                try:
                    library.store.header(image.key)
                    library.store.read(image.key)
                except ImageError:
                    refused += 1
        except UserError as error:
            assert "\n" not in error.message  # noqa: PT017
            refused += 1
        assert time.perf_counter() - began < 5, path
        path.write_bytes(originals[path])
    assert opened > 100
    assert refused > 300


@pytest.mark.parametrize("share", [1, 10, 35, 60, 85, 99])
def test_a_truncated_file_is_one_clear_line(tmp_path: Path, share: int) -> None:
    for path in valid(tmp_path / "files"):
        data = path.read_bytes()
        path.write_bytes(data[: len(data) * share // 100])
        if path.suffix == ".tar" and not any(data[len(data) * share // 100 :]):
            continue
        try:
            library = open_library(path)
            assert path.suffix == ".tar", path
            assert any("cut short" in problem.reason for problem in library.problems)
        except UserError as error:
            assert "\n" not in error.message  # noqa: PT017
            assert path.name in error.message  # noqa: PT017
        path.write_bytes(data)
