"""Pickles that would run code, and headers that claim far more than there is."""

import gzip
import pickle
import struct
import tarfile
import time
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.dataset.library import Library, open_library
from studio.errors import UserError
from tests.dataset import archive_files as make
from tests.dataset.files import png_header


def read_all(library: Library) -> None:
    for image in library.images:
        library.store.header(image.key)
        library.store.read(image.key)
        library.store.thumbnail(image.key, 8)


class _Touch:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (str(self.path), "w"))


def bombs(marker: Path) -> dict[str, bytes]:
    """Pickles that do more than hold arrays, in place of a batch of CIFAR's."""
    call = b"\x80\x02cbuiltins\neval\nX\x04\0\0\x001234\x85R."
    nested = b"\x80\x02)" + b"2\x86" * 40
    hashed = b"\x80\x02}(" + b")" + b"q\0h\0h\0\x86" * 60 + b"K\1u."
    text = ("posix\nsystem", "os\nsystem", "numpy\nload", "builtins\ngetattr", "_codecs\ndecode")
    return {
        "touch": pickle.dumps({"data": _Touch(marker)}, 2),
        "touch 4": pickle.dumps({"data": _Touch(marker)}, 4),
        "call": call,
        "duplicates": nested,
        "keys that take for ever": hashed,
        "memo": b"\x80\x02}r\xff\xff\xff\xff.",
        "long bytes": b"\x80\x04\x8e" + struct.pack("<Q", 2**40) + b"x.",
        "byte array": b"\x80\x05\x96" + struct.pack("<Q", 2**36) + b"x.",
        "frame": b"\x80\x04\x95" + struct.pack("<Q", 2**40) + b"}.",
        "codec": pickle.dumps(0)[:2] + b"c_codecs\nencode\nX\1\0\0\0aX\4\0\0\0zlib\x86R.",
        "huge array": b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n"
        b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86U\1b\x87R.",
        "object array": pickle.dumps({"data": np.array([{}], object), "labels": [1]}, 2),
        **{name: b"\x80\x02c" + name.encode() + b"\n(tR." for name in text},
    }


@pytest.mark.parametrize("name", bombs(Path()))
def test_a_pickle_runs_nothing(tmp_path: Path, name: str) -> None:
    marker = tmp_path / "marker"
    files = make.cifar_10_python(2)
    files["cifar-10-batches-py/data_batch_2"] = bombs(marker)[name]
    path = make.write_tar(tmp_path / "cifar.tar.gz", files)
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(UserError, match="data_batch_2") as caught:
        open_library(path)
    assert time.perf_counter() - began < 5
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert "\n" not in caught.value.message
    assert not marker.exists()


def test_pickles_as_python_3_writes_them_are_read(tmp_path: Path) -> None:
    for protocol in (2, 3, 4):
        files = make.cifar_10_python(3)
        data, labels = make.cifar_batch(3, 9)
        table = {b"data": data, b"labels": labels}
        name = "cifar-10-batches-py/test_batch"
        files[name] = pickle.dumps(table, protocol)
        library = open_library(make.write_tar(tmp_path / f"cifar-{protocol}.tgz", files))
        rgb = data[1].reshape(3, 32, 32).transpose(1, 2, 0)
        key = "test/automobile/00001.png"
        assert np.array_equal(library.store.read(key).pixels, rgb[..., ::-1])


def test_object_arrays_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.array([[[_Touch(tmp_path / "marker")]]], object))
    with pytest.raises(UserError, match=r"x.npy holds Python objects"):
        open_library(tmp_path / "a.npz")
    assert not (tmp_path / "marker").exists()


def tar_claiming(size: int, kind: bytes = b"0") -> bytes:
    info = tarfile.TarInfo("cat/a.png")
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT) + bytes(1024)


def sparse_map(blocks: int) -> bytes:
    """A TAR of a sparse file with a list of its parts that takes so many blocks."""
    header = bytearray(tar_claiming(0, b"S")[:512])
    header[148:156], header[482] = b" " * 8, 1
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + (b"00000000001\0" * 42 + b"\1".ljust(8, b"\0")) * blocks


_IDX = struct.pack(">BBBB3I", 0, 0, 8, 3, 2**31, 2**15, 2**15)
_NPY = make.npy_header((2**20, 2**20, 3))
_ZIP = make.zip_claiming("a.png", png_header(9, 9), size=10**8)
_PACKED = _ZIP.rfind(b"PK\1\2") + 20
_ENDLESS = b"{'descr': '|u1', 'fortran_order': False, 'shape': ("
LIES = {
    "images.npy": _NPY,
    "overflow.npy": make.npy_header((2**40, 2**40, 2**40)),
    "endless.npy": _NPY[:8] + struct.pack("<H", 16_000) + _ENDLESS.ljust(16_000, b"1"),
    "train-images-idx3-ubyte": _IDX,
    "packed-images-idx3-ubyte.gz": gzip.compress(_IDX),
    "deep.npy": _NPY[:8] + struct.pack("<H", 900) + b"-" * 899 + b"1",
    "x.npz": make.zip_claiming("x.npy", _NPY, size=2**32 - 2),
    "y.npz": make.zip_claiming("y_train.npy", make.npy_header((2**40,), "<U9999"), size=99),
    "image.zip": make.zip_claiming("a.png", png_header(90_000, 90_000), size=2**32 - 2),
    "bomb.zip": make.zip_claiming("a.png", png_header(9, 9) + bytes(40_000_000), size=2**20),
    "packed.zip": _ZIP[:_PACKED] + struct.pack("<I", 10**8) + _ZIP[_PACKED + 4 :],
    "end.zip": b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 9, 9, 2**32 - 2, 2**32 - 2, 0),
    "long.tar": tar_claiming(2**62),
    "name.tar": tar_claiming(2**62, b"L"),
    "pax.tar": tar_claiming(2**62, b"x"),
    "digits.tar": tar_claiming(2**20, b"x")[:512] + b"1" * 2**20,
    "circle.tar": tar_claiming(0)[:512] + tar_claiming(-512, b"S"),
    "sparse.tar.gz": gzip.compress(sparse_map(20_000), 1),
}


@pytest.mark.parametrize("name", LIES)
def test_headers_that_lie_cost_nothing(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(LIES[name])
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(UserError) as caught:
        read_all(open_library(path))
    assert time.perf_counter() - began < 1
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()
    assert "\n" not in caught.value.message
    assert path.name in caught.value.message or "a.png" in caught.value.message


def test_a_list_that_would_fill_the_memory_is_not_read(tmp_path: Path) -> None:
    path, size = tmp_path / "list.zip", 300_000_000
    with path.open("wb") as file:
        file.write(b"PK\3\4")
        file.seek(size)
        file.write(b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 9, 9, size - 4, 4, 0))
    tracemalloc.start()
    with pytest.raises(UserError, match="longer than can be taken in"):
        open_library(path)
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()
