"""Archives and arrays open as folders do: the same keys, classes, splits and pixels."""

import io
import os
import pickle
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from studio.augment.recipe import starting_recipe
from studio.dataset.archives.names import data_set_name
from studio.dataset.archives.store import ArchiveStore
from studio.dataset.exports.export import export
from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import Library, open_library
from studio.dataset.reading.image_file import ImageError
from studio.errors import UserError
from tests.dataset import archive_files as make
from tests.dataset.files import Pixels, noise
from tests.dataset.trees import contents, drain


def described(library: Library) -> list[tuple[str, str, str]]:
    return [(image.key, image.split, image.class_name) for image in library.images]


def read(library: Library, key: str) -> Pixels:
    return library.store.read(key).pixels


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("data.zip", make.write_zip),
        ("data.ZIP", lambda path, files: make.write_zip(path, files, stored=True)),
        ("data.tar", make.write_tar),
        ("data.tar.gz", make.write_tar),
        ("data.tgz", make.write_tar),
        ("data.tar.bz2", make.write_tar),
        ("data.tar.xz", make.write_tar),
    ],
)
def test_an_archive_of_class_folders_is_what_its_folder_is(
    tmp_path: Path, name: str, write: Callable[[Path, Mapping[str, bytes]], Path]
) -> None:
    files = make.class_files() | {"cat/notes.txt": b"none", "cat/.hidden.png": b"none"}
    folder = open_library(make.unpack_to(tmp_path / "plain", files).parent)
    library = open_library(write(tmp_path / name, files))
    assert library.root == tmp_path / name
    assert described(library) == described(folder)
    assert library.problems == ()
    for image in library.images:
        assert library.store.data(image.key) == files[image.key]
        assert np.array_equal(read(library, image.key), read(folder, image.key))
        assert library.store.header(image.key) == folder.store.header(image.key)
        small = library.store.thumbnail(image.key, 4)
        assert np.array_equal(small, folder.store.thumbnail(image.key, 4))


def test_zips_of_other_writers(tmp_path: Path) -> None:
    """Behind a program, with sizes of 64 bit, written to a pipe, and with names of two kinds."""
    files = make.class_files()
    plain = make.write_zip(tmp_path / "plain.zip", files).read_bytes()
    (tmp_path / "behind.zip").write_bytes(b"PK\3\4 a program" + bytes(999) + plain)
    with zipfile.ZipFile(tmp_path / "wide.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(data)
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    (tmp_path / "piped.zip").write_bytes(b"".join(pipe.written))
    for kind in ("behind", "wide", "piped"):
        library = open_library(tmp_path / f"{kind}.zip")
        assert {image.key: library.store.data(image.key) for image in library.images} == files
    named = make.write_zip(tmp_path / "names.zip", {"é/文.png": b"x", "cat/aaaa.png": b"x"})
    raw = named.read_bytes().replace(b"cat/aaaa", "cat/ça".encode("cp437") + b"bb")
    named.write_bytes(raw)
    keys = [image.key for image in open_library(named).images]
    assert keys == ["cat/çabb.png", "é/文.png"]


def test_a_zip_is_read_on_many_threads_at_once(tmp_path: Path) -> None:
    files = make.class_files(40)
    store = open_library(make.write_zip(tmp_path / "data.zip", files)).store
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(store.data, [*files] * 5)) == [*files.values()] * 5


class Pipe(io.RawIOBase):
    """Takes bytes and cannot go back."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.written.append(bytes(data))
        return len(data)


@pytest.mark.parametrize("kind", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_names_in_tars_may_be_long_or_no_text(tmp_path: Path, kind: int) -> None:
    raw = [
        b"cat/" + b"n" * 120 + b"/" + b"m" * 180 + b".png",
        "dog/文é.png".encode(),
        b"dog/caf\xe9.png",
        b"dog/new\nline.png",
    ]
    with tarfile.open(tmp_path / "a.tar", "w", format=kind) as archive:
        for name in raw:
            info = tarfile.TarInfo(os.fsdecode(name))
            info.size = 1
            archive.addfile(info, io.BytesIO(b"x"))
    library = open_library(tmp_path / "a.tar")
    expected = {name.decode(errors="backslashreplace") for name in raw}
    assert {image.key for image in library.images} == expected
    assert all(library.store.data(key) == b"x" for key in expected)
    assert library.problems == ()


def test_one_folder_around_all_others_is_no_class(tmp_path: Path) -> None:
    files = {f"./pets/all/{name}": data for name, data in make.class_files().items()}
    library = open_library(make.write_tar(tmp_path / "pets.tar", files))
    assert {image.class_name for image in library.images} == {"cat", "dog"}
    assert library.images[0].key == "cat/a0.png"
    splits = {f"train/{name}": data for name, data in make.class_files().items()}
    library = open_library(make.write_zip(tmp_path / "split.zip", splits))
    assert described(library)[0] == ("train/cat/a0.png", "train", "cat")


@pytest.mark.parametrize(
    ("make_files", "names"),
    [
        (make.cifar_10_python, make.NAMES),
        (make.cifar_10_binary, make.NAMES),
        (make.cifar_100_python, make.fine_names()),
        (make.cifar_100_binary, make.fine_names()),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_cifar_in_each_of_its_versions(
    tmp_path: Path, make_files: Callable[[int], dict[str, bytes]], names: list[str], packed: bool
) -> None:
    files = make_files(120)
    if packed:
        library = open_library(make.write_tar(tmp_path / "cifar.tar.gz", files))
    else:
        library = open_library(make.unpack_to(tmp_path, files))
    batches = 5 if len(names) == 10 else 1
    assert len(library.images) == 120 * (batches + 1)
    assert library.problems == ()
    for split, batch, number in (("train", 0, 7), ("test", batches, 7), ("train", 0, 119)):
        data, labels = make.cifar_batch(120, batch, len(names))
        rgb = data[number].reshape(3, 32, 32).transpose(1, 2, 0)
        key = f"{split}/{names[labels[number]]}/{number:05}.png"
        assert np.array_equal(read(library, key), rgb[..., ::-1])
    last = f"train/{names[119 % len(names)]}/{120 * batches - 1:05}.png"
    assert last in {image.key for image in library.images}


@pytest.mark.parametrize("packed", [True, False])
def test_mnist_in_its_folder(tmp_path: Path, packed: bool) -> None:
    folder = make.write_mnist(tmp_path / "mnist", packed=packed, dot=not packed)
    library = open_library(folder)
    assert len(library.images) == 40
    assert described(library)[0] == ("test/0/00000.png", "test", "0")
    pictures = noise((20, 5, 4), seed=0)
    assert np.array_equal(read(library, "train/3/00013.png"), pictures[13])
    assert np.array_equal(read(library, "test/9/00019.png"), noise((20, 5, 4), seed=1)[19])
    name = next(path.name for path in folder.iterdir() if path.name.startswith("train-labels"))
    alone = open_library(folder / name)
    assert {image.split for image in alone.images} == {"train"}
    assert np.array_equal(read(alone, "train/3/00013.png"), pictures[13])


def test_fashion_is_told_by_its_name(tmp_path: Path) -> None:
    library = open_library(make.write_mnist(tmp_path / "FashionMNIST" / "raw", packed=True))
    assert {"T-shirt_top", "Ankle boot"} < {image.class_name for image in library.images}


def test_pictures_without_labels_have_no_classes(tmp_path: Path) -> None:
    folder = make.write_mnist(tmp_path / "mnist", packed=False)
    (folder / "train-labels-idx1-ubyte").unlink()
    library = open_library(folder)
    assert {image.class_name for image in library.images if image.split == "train"} == {""}
    assert ["no labels" in problem.reason for problem in library.problems] == [True]


LABELS = np.array([0, 1, 2, 1])
GREY = noise((4, 6, 5))


@pytest.mark.parametrize(
    ("arrays", "key", "index"),
    [
        ({"x_train": GREY, "y_train": LABELS}, "train/1/00003.png", 3),
        ({"X_test": GREY, "Y_test": LABELS[:, None]}, "test/2/00002.png", 2),
        ({"val_images": GREY, "val_labels": LABELS[:, None]}, "valid/1/00001.png", 1),
        ({"train_data": GREY, "train_target": LABELS}, "train/0/00000.png", 0),
        ({"images": GREY, "labels": LABELS}, "1/00003.png", 3),
        ({"data": GREY, "target": LABELS.astype(np.float32)}, "2/00002.png", 2),
        ({"x": GREY, "y": np.eye(3)[LABELS]}, "2/00002.png", 2),
        ({"arr_0": GREY, "arr_1": LABELS}, "1/00001.png", 1),
        ({"arr_0": GREY}, "00003.png", 3),
        ({"faces": GREY, "who": np.array(list("abcb"))}, "b/00003.png", 3),
        (
            {"images": GREY, "labels": LABELS, "class_names": np.array(["x/y", "", "..", "z"])},
            "x_y/00000.png",
            0,
        ),
    ],
)
def test_arrays_are_understood_by_their_names(
    tmp_path: Path, arrays: dict[str, Any], key: str, index: int
) -> None:
    np.savez_compressed(tmp_path / "packed.npz", **arrays)
    np.savez(tmp_path / "plain.npz", **arrays)
    (tmp_path / "folder").mkdir()
    for name, array in arrays.items():
        np.save(tmp_path / "folder" / f"{name}.npy", array)
    for name in ("packed.npz", "plain.npz", "folder"):
        library = open_library(tmp_path / name)
        assert len(library.images) == 4
        assert np.array_equal(read(library, key), GREY[index])
        assert all(".." not in image.key for image in library.images)


@pytest.mark.parametrize(
    ("array", "first"),
    [
        (noise((3, 4, 5, 1)), lambda a: a[0, ..., 0]),
        (noise((3, 4, 5, 3)), lambda a: a[0][..., ::-1]),
        (noise((3, 4, 5, 4)), lambda a: a[0][..., [2, 1, 0, 3]]),
        (noise((3, 3, 6, 5)), lambda a: a[0].transpose(1, 2, 0)[..., ::-1]),
        (noise((3, 4, 5), "uint16"), lambda a: a[0]),
        (noise((3, 4, 5), "uint16").astype(">u2"), lambda a: a[0].astype(np.uint16)),
        (noise((3, 4, 5)) > 99, lambda a: a[0] * np.uint8(255)),
        (noise((3, 4, 5)).astype(np.int64), lambda a: a[0].astype(np.uint8)),
        (noise((3, 4, 5)).astype(np.float32), lambda a: a[0].astype(np.uint8)),
        (noise((3, 4, 5)) / 255.0, lambda a: np.rint(a[0] * 65535).astype(np.uint16)),
    ],
)
def test_pixels_of_any_shape_and_type(
    tmp_path: Path, array: Pixels, first: Callable[[Pixels], Pixels]
) -> None:
    np.save(tmp_path / "things.npy", array)
    library = open_library(tmp_path / "things.npy")
    pixels = read(library, "00000.png")
    assert pixels.dtype == first(array).dtype
    assert np.array_equal(pixels, first(array))
    file = cv2.imdecode(np.frombuffer(library.store.data("00000.png"), np.uint8), -1)
    assert file is not None
    assert np.array_equal(file, pixels)


@pytest.mark.filterwarnings("ignore:Reading `.npy` or `.npz` file:UserWarning")
def test_numbers_as_python_2_wrote_them(tmp_path: Path) -> None:
    raw = make.npy(GREY).replace(b"(4, 6, 5), }   ", b"(4L, 6L, 5L), }")
    (tmp_path / "old.npy").write_bytes(raw)
    assert np.array_equal(read(open_library(tmp_path / "old.npy"), "00003.png"), GREY[3])


def test_floats_of_other_ranges_are_stretched_the_same_for_all_and_told(tmp_path: Path) -> None:
    array = np.linspace(-1, 1, 24).reshape(2, 3, 4)
    array[1, 1, 1] = np.nan
    np.save(tmp_path / "x.npy", array)
    library = open_library(tmp_path / "x.npy")
    assert read(library, "00000.png")[0, 0] == 0
    assert read(library, "00001.png")[-1, -1] == 65_535
    assert read(library, "00001.png")[1, 1] == 0
    assert "-1 to 1" in library.store.header("00001.png").notices[0]


def test_labels_beside_an_npy_file(tmp_path: Path) -> None:
    for name, labels in (("birds_labels", LABELS), ("labels", LABELS[::-1])):
        np.save(tmp_path / "birds.npy", GREY)
        np.save(tmp_path / f"{name}.npy", labels)
        library = open_library(tmp_path / "birds.npy")
        assert {image.class_name for image in library.images} == {"0", "1", "2"}
        (tmp_path / f"{name}.npy").unlink()


def test_a_folder_of_several_data_sets_is_not_guessed_at(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=GREY)
    np.savez(tmp_path / "b.npz", x=GREY)
    with pytest.raises(UserError, match="several data sets"):
        open_library(tmp_path)


def test_a_folder_around_the_folder_of_arrays_is_opened_too(tmp_path: Path) -> None:
    make.unpack_to(tmp_path / "data", make.cifar_10_binary(2))
    assert len(open_library(tmp_path).images) == 12
    make.write_mnist(tmp_path / "data" / "MNIST", packed=False)
    with pytest.raises(UserError, match="several data sets"):
        open_library(tmp_path)


def test_a_folder_with_an_archive_alone_says_so(tmp_path: Path) -> None:
    make.write_zip(tmp_path / "all.zip", make.class_files())
    with pytest.raises(UserError) as caught:
        open_library(tmp_path)
    assert "all.zip" in caught.value.hint


@pytest.mark.parametrize("kind", ["zip", "tgz", "npz"])
def test_a_store_goes_to_another_process(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"data.{kind}"
    if kind == "npz":
        np.savez_compressed(path, x_train=GREY, y_train=LABELS)
    else:
        (make.write_zip if kind == "zip" else make.write_tar)(path, make.class_files())
    library = open_library(path)
    sent = pickle.dumps(library.store)
    assert len(sent) < 1000
    assert pickle.loads(sent) == library.store
    key = library.images[-1].key
    code = (
        "import pickle, sys; store = pickle.loads(bytes.fromhex(sys.argv[1]));"
        "print(store.read(sys.argv[2]).pixels.tobytes().hex())"
    )
    command = [sys.executable, "-c", code, sent.hex(), key]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.strip() == read(library, key).tobytes().hex()


@pytest.mark.parametrize("kind", ["zip", "tgz", "npz", "mnist"])
def test_an_archive_that_is_replaced_gives_no_pixels_of_another(tmp_path: Path, kind: str) -> None:
    path = write_kind(tmp_path / "one", kind)
    other = write_kind(tmp_path / "two", kind, each=5)
    library = open_library(path)
    store, key = library.store, library.images[0].key
    held = store.container(key)
    stamp, pixels = store.stamp(key), read(library, key)
    moved = held.rename(tmp_path / "aside")
    for call in (store.read, store.stamp, store.data):
        with pytest.raises(ImageError, match="no longer exists"):
            call(key)
    shutil.copy(open_library(other).store.container(key), held)
    assert store.stamp(key) != stamp
    for act in (store.read, store.data, store.header, lambda key: store.thumbnail(key, 9)):
        with pytest.raises(ImageError, match="has changed since it was opened"):
            act(key)
    sent = pickle.loads(pickle.dumps(store))
    with pytest.raises(ImageError, match="has changed since it was opened"):
        sent.read(key)
    moved.replace(held)
    assert store.stamp(key) == stamp
    assert np.array_equal(read(library, key), pixels)


def write_kind(folder: Path, kind: str, each: int = 3) -> Path:
    folder.mkdir()
    path = folder / f"data.{kind}"
    if kind == "mnist":
        return make.write_mnist(folder / "mnist", packed=True, count=10 * each)
    if kind == "npz":
        np.savez_compressed(path, x_train=noise((each, 5, 6)), y_train=np.zeros(each, int))
        return path
    return (make.write_zip if kind == "zip" else make.write_tar)(path, make.class_files(each))


def test_an_export_of_an_archive_equals_that_of_its_folder(tmp_path: Path) -> None:
    files = make.class_files()
    folder = make.unpack_to(tmp_path / "plain", files).parent
    archive = make.write_zip(tmp_path / "plain.zip", files)
    options = ExportOptions(copies=2, include_originals=True, workers=1)
    for source, out in ((folder, "a"), (archive, "b")):
        drain(export(open_library(source), starting_recipe(), tmp_path / out, options))
    written, expected = contents(tmp_path / "b"), contents(tmp_path / "a")
    images = [name for name in expected if name.endswith(".png")]
    assert len(images) == 18
    assert all(written[name] == expected[name] for name in images)


def test_an_export_of_arrays_writes_png(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x_train=noise((3, 6, 5, 3)), y_train=np.array([1, 0, 1]))
    library = open_library(tmp_path / "data.npz")
    options = ExportOptions(copies=1, include_originals=True, workers=1)
    drain(export(library, starting_recipe(), tmp_path / "out", options))
    names = {name for name in contents(tmp_path / "out") if name.endswith(".png")}
    assert {"train/1/00000.png", "train/0/00001_aug_1.png"} < names
    assert len(names) == 6
    original = cv2.imread(str(tmp_path / "out/train/1/00002.png"), cv2.IMREAD_UNCHANGED)
    assert original is not None
    assert np.array_equal(original, read(library, "train/1/00002.png"))


def test_a_lot_that_is_unpacked_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = make.write_tar(tmp_path / "data.tar.gz", make.class_files())
    library = open_library(path)
    assert isinstance(library.store, ArchiveStore)
    assert tarfile.is_tarfile(path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process unpacks by itself")
def test_what_was_unpacked_is_lent_to_other_processes(tmp_path: Path) -> None:
    library = open_library(make.write_tar(tmp_path / "data.tar.gz", make.class_files()))
    sent: ArchiveStore = pickle.loads(pickle.dumps(library.store))
    assert sent.loan is not None
    assert sent.loan.borrow() is not None
    del library
    assert sent.loan.borrow() is None


def test_an_archive_gives_its_name_to_what_is_made_of_it(tmp_path: Path) -> None:
    for name, plain in (("a.tar.gz", "a"), ("b.c.zip", "b.c"), ("d.npz", "d"), ("e", "e")):
        (tmp_path / name).touch()
        assert data_set_name(tmp_path / name) == plain
    assert data_set_name(tmp_path / "folder.zip") == "folder.zip"
