"""Archives made byte by byte, as their authors give them out and as nobody should."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.dataset.files import Pixels, encode, noise

NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def write_zip(path: Path, files: Mapping[str, bytes], *, stored: bool = False) -> Path:
    """Write a ZIP of these files."""
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return path


def write_tar(path: Path, files: Mapping[str, bytes], *links: tarfile.TarInfo) -> Path:
    """Write a TAR, packed as its suffix says, of these files; `links` come first."""
    packing = {".gz": "w:gz", ".tgz": "w:gz", ".bz2": "w:bz2", ".xz": "w:xz"}
    with tarfile.open(path, packing.get(path.suffix, "w")) as archive:  # type: ignore[call-overload]
        for link in links:
            archive.addfile(link)
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def class_files(each: int = 3) -> dict[str, bytes]:
    """Return small PNGs of two classes by their paths."""
    return {
        f"{name}/a{number}.png": encode(noise((6, 8, 3), seed=number + 10 * ord(name[0])), ".png")
        for name in ("cat", "dog")
        for number in range(each)
    }


def idx(values: Pixels) -> bytes:
    """Return an IDX file of bytes."""
    head = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
    return head + values.astype(np.uint8).tobytes()


def write_mnist(folder: Path, *, packed: bool, count: int = 20, dot: bool = False) -> Path:
    """Write the four files of MNIST; the pictures are noise, the labels 0, 1, 2 ..."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = "." if dot else "-"
    for seed, split in enumerate(("train", "t10k")):
        pictures, labels = noise((count, 5, 4), seed=seed), np.arange(count) % 10
        for name, data in ((f"images{mark}idx3", pictures), (f"labels{mark}idx1", labels)):
            content = idx(data)
            suffix = ".gz" if packed else ""
            content = gzip.compress(content, mtime=0) if packed else content
            (folder / f"{split}-{name}-ubyte{suffix}").write_bytes(content)
    return folder


def cifar_batch(count: int, seed: int, classes: int = 10) -> tuple[Pixels, list[int]]:
    """Return pictures N×3072, and labels."""
    return noise((count, 3072), seed=seed), [n % classes for n in range(count)]


def cifar_10_python(count: int = 20) -> dict[str, bytes]:
    """Return the files of CIFAR-10's Python version with `count` pictures in each batch."""
    names = [f"data_batch_{number}" for number in range(1, 6)] + ["test_batch"]
    files = {"batches.meta": python_2_pickle({"num_vis": 3072, "label_names": list(NAMES)})}
    for seed, name in enumerate(names):
        data, labels = cifar_batch(count, seed)
        filenames = [f"{NAMES[label]}_{n}.png" for n, label in enumerate(labels)]
        table = {"batch_label": name, "labels": labels, "data": data, "filenames": filenames}
        files[name] = python_2_pickle(table)
    return {f"cifar-10-batches-py/{name}": data for name, data in files.items()}


def cifar_10_binary(count: int = 20) -> dict[str, bytes]:
    """Return the same pictures in the binary version."""
    names = [f"data_batch_{number}.bin" for number in range(1, 6)] + ["test_batch.bin"]
    files = {"batches.meta.txt": "\n".join(NAMES).encode() + b"\n\n"}
    for seed, name in enumerate(names):
        data, labels = cifar_batch(count, seed)
        rows = zip(labels, data, strict=True)
        files[name] = b"".join(bytes([label]) + row.tobytes() for label, row in rows)
    return {f"cifar-10-batches-bin/{name}": data for name, data in files.items()}


def fine_names() -> list[str]:
    """Return a hundred names of classes."""
    return [f"thing_{number}" for number in range(100)]


def cifar_100_python(count: int = 120) -> dict[str, bytes]:
    """Return the files of CIFAR-100's Python version."""
    meta = {"fine_label_names": fine_names(), "coarse_label_names": ["all"]}
    files = {"meta": python_2_pickle(meta)}
    for seed, name in enumerate(("train", "test")):
        data, labels = cifar_batch(count, seed, 100)
        table = {"fine_labels": labels, "coarse_labels": [0] * count, "data": data}
        files[name] = python_2_pickle(table)
    return {f"cifar-100-python/{name}": data for name, data in files.items()}


def cifar_100_binary(count: int = 120) -> dict[str, bytes]:
    """Return the same pictures in the binary version."""
    files = {"fine_label_names.txt": "\n".join(fine_names()).encode()}
    for seed, name in enumerate(("train.bin", "test.bin")):
        data, labels = cifar_batch(count, seed, 100)
        rows = zip(labels, data, strict=True)
        files[name] = b"".join(bytes([0, label]) + row.tobytes() for label, row in rows)
    return {f"cifar-100-binary/{name}": data for name, data in files.items()}


def unpack_to(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder and return the folder that holds the first."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return (folder / next(iter(files))).parent


def python_2_pickle(value: Any) -> bytes:
    """Return what Python 2 wrote of it with protocol 2: byte strings, and arrays as numpy did."""
    return b"\x80\x02" + _pickled(value) + b"."


def _pickled(value: Any) -> bytes:
    if isinstance(value, np.ndarray):
        raw = value.tobytes()
        dtype = b"cnumpy\ndtype\n" + _pickled("u1") + b"K\x00K\x01\x87R"
        dtype += b"(K\x03" + _pickled("|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        empty = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85"
        state = b"(K\x01" + _pickled(value.shape) + dtype + b"\x89T" + struct.pack("<I", len(raw))
        return empty + _pickled("b") + b"\x87R" + state + raw + b"tb"
    if isinstance(value, dict):
        items = b"".join(_pickled(key) + _pickled(each) for key, each in value.items())
        return b"}(" + items + b"u"
    if isinstance(value, list):
        return b"](" + b"".join(map(_pickled, value)) + b"e"
    if isinstance(value, tuple):
        return b"(" + b"".join(map(_pickled, value)) + b"t"
    if isinstance(value, str):
        return b"U" + bytes([len(value)]) + value.encode("latin-1")
    return b"J" + struct.pack("<i", value)


def npy(array: Pixels) -> bytes:
    """Return an NPY file."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npy_header(shape: tuple[int, ...], type: str = "|u1") -> bytes:
    """Return an NPY file that claims a shape and holds nothing."""
    text = repr({"descr": type, "fortran_order": False, "shape": shape}).encode()
    text = text.ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def zip_claiming(name: str, data: bytes, *, size: int) -> bytes:
    """Return a ZIP of one deflated file whose headers claim another size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    raw, crc = name.encode(), zlib.crc32(data)
    about = (crc, len(packed), size, len(raw), 0)
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, *about) + raw + packed
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, *about, 0, 0, 0, 0, 0) + raw
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(local), 0)
    return local + entry + end
