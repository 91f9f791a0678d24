"""Missing pixels of files: found in their own values or by mask files, measured, averaged out."""

import os
import sys
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.augment.missing.rules import MissingRule, default_rule
from studio.dataset.archives.pixels import Pixels
from studio.dataset.library import Library, open_library
from studio.dataset.missing.class_mean import ClassMeans, class_mean
from studio.dataset.missing.finding import find_stamp, load_missing, require_known
from studio.dataset.reading.image_file import ImageError, decode_picture
from studio.dataset.scoring.shares import measure_shares
from tests.dataset import files
from tests.dataset.archive_files import write_tar, write_zip
from tests.dataset.files import encode, noise
from tests.dataset.trees import drain, write_image

MASK = (default_rule("mask_file"),)
NAN = (default_rule("not_finite"),)
HOLE = np.zeros((18, 24), bool)
HOLE[4:9, 3:20] = True


def value_rule(value: float) -> tuple[MissingRule, ...]:
    return (MissingRule("no_data_value", {"value": value}),)


def as_mask(hole: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.where(hole, 255, 0).astype(np.uint8)


def found_in(
    library: Library, rules: tuple[MissingRule, ...], key: str = ""
) -> NDArray[Any] | None:
    return load_missing(library.store, key or library.images[0].key, rules).missing


def depths(dtype: str = "float32") -> NDArray[Any]:
    return np.random.default_rng(0).uniform(2, 90, (18, 24)).astype(dtype)


@pytest.mark.parametrize("order", ["<", ">"])
def test_nan_in_a_float_file_is_found(tmp_path: Path, order: Literal["<", ">"]) -> None:
    values = depths()
    values[HOLE] = np.nan
    files.save(tmp_path, files.tiff(values, order, kind=3), "a.tif")
    missing = found_in(open_library(tmp_path), NAN)
    np.testing.assert_array_equal(missing, as_mask(HOLE))


@pytest.mark.parametrize(("dtype", "kind"), [("float32", 3), ("float64", 3), ("int16", 2)])
def test_a_no_data_value_is_compared_with_the_file_s_own(
    tmp_path: Path, dtype: str, kind: int
) -> None:
    values = depths(dtype)
    values[HOLE] = -9999
    files.save(tmp_path, files.tiff(values, kind=kind), "a.tif")
    library = open_library(tmp_path)
    np.testing.assert_array_equal(found_in(library, value_rule(-9999)), as_mask(HOLE))
    assert found_in(library, value_rule(-9998)) is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_values_are_turned_like_their_picture(orientation: int) -> None:
    values = np.arange(18, dtype=np.float32).reshape(2, 3, 3) / 32
    picture = decode_picture(Path("a.tif"), files.tiff(values, kind=3, orientation=orientation))
    assert picture.values is not None
    assert picture.values.dtype == np.float32
    np.testing.assert_array_equal(np.rint(picture.values * 65_535.0), picture.pixels)


def test_pictures_of_levels_hold_no_values_beside(tmp_path: Path) -> None:
    for dtype in ("uint8", "uint16"):
        picture = decode_picture(Path("a.png"), encode(noise((4, 5, 3), dtype), ".png"))
        assert picture.values is None


def test_16_bit_levels_are_their_own_values(tmp_path: Path) -> None:
    image = noise((18, 24), "uint16")
    image[HOLE] = 40_001
    write_image(tmp_path / "a.png", image)
    missing = found_in(open_library(tmp_path), value_rule(40_001))
    np.testing.assert_array_equal(missing, as_mask(HOLE | (image == 40_001)))


@pytest.mark.parametrize("channels", [1, 3])
def test_numbers_of_bare_arrays_are_looked_at(tmp_path: Path, channels: int) -> None:
    values = np.random.default_rng(0).normal(size=(3, 18, 24, channels)).astype(">f4")
    values[1, HOLE] = np.nan
    values[2, HOLE, -1] = np.inf
    np.save(tmp_path / "x.npy", values)
    library = open_library(tmp_path / "x.npy")
    keys = [image.key for image in library.images]
    assert found_in(library, NAN, keys[0]) is None
    for key in keys[1:]:
        np.testing.assert_array_equal(found_in(library, NAN, key), as_mask(HOLE))
    picture = library.store.read(keys[0])
    assert picture.values is not None
    assert picture.values.shape == picture.pixels.shape
    np.testing.assert_array_equal(picture.values, np.squeeze(values[0][..., ::-1]))


def test_arrays_of_levels_hold_no_values_beside() -> None:
    for type in ("u1", "<u2", ">u2"):
        pixels = Pixels(None, 0, 12, 1, 2, 2, 1, type)  # type: ignore[arg-type]
        assert pixels.values(bytes(4 * np.dtype(type).itemsize)) is None


def test_without_rules_that_are_on_nothing_is_looked_for(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", np.zeros((18, 24), np.uint8))
    (tmp_path / "a.mask.png").write_bytes(b"no picture")
    off = tuple(
        MissingRule(rule.rule, rule.params, enabled=False) for rule in (*MASK, *value_rule(0))
    )
    library = open_library(tmp_path)
    for rules in ((), off, NAN):
        found = load_missing(library.store, "a.png", rules)
        assert (found.missing, found.mask_hash, found.mask_key) == (None, "", "")


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp", ".webp"])
def test_a_mask_file_beside_an_image(tmp_path: Path, suffix: str) -> None:
    write_image(tmp_path / "cats" / "7.jpg")
    write_image(tmp_path / "cats" / "8.jpg")
    mask = encode(as_mask(HOLE), suffix, *([64, 101] if suffix == ".webp" else []))
    (tmp_path / "cats" / f"7.mask{suffix}").write_bytes(mask)
    library = open_library(tmp_path)
    assert [image.key for image in library.images] == ["cats/7.jpg", "cats/8.jpg"]
    found = load_missing(library.store, "cats/7.jpg", MASK)
    np.testing.assert_array_equal(found.missing, as_mask(HOLE))
    assert found.mask_key == f"cats/7.mask{suffix}"
    assert found_in(library, MASK, "cats/8.jpg") is None


@pytest.mark.parametrize("name", ["set.zip", "set.tar", "set.tar.gz"])
def test_a_mask_file_in_an_archive(tmp_path: Path, name: str) -> None:
    content = {
        "top/cats/7.png": encode(noise((18, 24, 3)), ".png"),
        "top/cats/7.mask.png": encode(as_mask(HOLE), ".png"),
        "top/dogs/7.png": encode(noise((18, 24, 3)), ".png"),
    }
    write = write_zip if name.endswith(".zip") else write_tar
    library = open_library(write(tmp_path / name, content))
    assert [image.key for image in library.images] == ["cats/7.png", "dogs/7.png"]
    np.testing.assert_array_equal(found_in(library, MASK), as_mask(HOLE))
    assert found_in(library, MASK, "dogs/7.png") is None


def test_a_mask_is_of_the_upright_image(tmp_path: Path) -> None:
    tags = b"Exif\0\0" + files.exif(6)
    files.save(tmp_path, files.jpeg_with(tags, noise((24, 18, 3))), "a.jpg")
    write_image(tmp_path / "a.mask.png", as_mask(HOLE))
    np.testing.assert_array_equal(found_in(open_library(tmp_path), MASK), as_mask(HOLE))


def test_a_mask_of_another_size_is_one_line(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png")
    write_image(tmp_path / "a.mask.png", as_mask(HOLE[:, :20]))
    with pytest.raises(ImageError) as caught:
        found_in(open_library(tmp_path), MASK)
    told = "a.mask.png: is 20 × 18 pixels, its image 24 × 18; make them the same size"
    assert str(caught.value) == told


def test_a_mask_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png")
    (tmp_path / "a.mask.png").write_bytes(encode(as_mask(HOLE), ".png")[:-20])
    with pytest.raises(ImageError, match=r"^a\.mask\.png: is truncated"):
        found_in(open_library(tmp_path), MASK)


def test_masks_that_are_beside_no_image_are_images(tmp_path: Path) -> None:
    for name in ("a.mask.png", "b.png", "b.mask.png", "b.mask.jpg", "c/b.mask.tif", "mask.png"):
        write_image(tmp_path / name)
    library = open_library(tmp_path)
    keys = [image.key for image in library.images]
    assert keys == ["a.mask.png", "b.mask.jpg", "b.png", "c/b.mask.tif", "mask.png"]
    assert library.problems == ()


@pytest.mark.skipif(sys.platform != "linux", reason="only there a name may be any bytes")
def test_a_mask_beside_an_image_whose_name_is_no_unicode(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    for name, image in ((b"caf\xe9.png", noise((18, 24))), (b"caf\xe9.mask.png", as_mask(HOLE))):
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(encode(image, ".png"))
    library = open_library(tmp_path)
    assert [image.key for image in library.images] == ["caf\\xe9.png"]
    found = load_missing(library.store, "caf\\xe9.png", MASK)
    np.testing.assert_array_equal(found.missing, as_mask(HOLE))
    assert library.store.stamp(found.mask_key)


def test_the_stamp_tells_of_the_mask_only_where_it_is_read(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png")
    store = open_library(tmp_path).store
    without = find_stamp(store, "a.png", MASK), find_stamp(store, "a.png", NAN)
    write_image(tmp_path / "a.mask.png", as_mask(HOLE))
    first = find_stamp(store, "a.png", MASK)
    write_image(tmp_path / "a.mask.png", as_mask(~HOLE))
    assert len({without[0], first, find_stamp(store, "a.png", MASK)}) == 3
    assert find_stamp(store, "a.png", NAN) == without[1]


def test_what_is_missing_wholly_is_refused() -> None:
    require_known(Path("a.png"), None)
    require_known(Path("a.png"), as_mask(HOLE))
    with pytest.raises(ImageError, match=r"^a\.png: is missing wholly; nothing is known"):
        require_known(Path("a.png"), as_mask(np.ones((3, 4), bool)))


def write_levels(root: Path, name: str, *levels: int) -> None:
    for number, level in enumerate(levels):
        write_image(root / name / f"{number}.png", np.full((18, 24, 3), level, np.uint8))


def test_the_mean_of_a_class_is_of_its_split_alone(tmp_path: Path) -> None:
    write_levels(tmp_path, "train/cat", 10, 20, 60)
    write_levels(tmp_path, "train/dog", 200)
    write_levels(tmp_path, "test/cat", 100)
    library = open_library(tmp_path)
    means = ClassMeans(library.store, library.images)
    levels = {"train/cat/1.png": 30, "train/dog/0.png": 200, "test/cat/0.png": 100}
    for key, level in levels.items():
        np.testing.assert_array_equal(means.of(key, ()).image, np.full((18, 24, 3), level))
    assert means.of("train/cat/0.png", ()) is means.of("train/cat/2.png", ())
    with pytest.raises(ImageError, match=r"9\.png"):
        means.of("train/cat/9.png", ())


def test_what_is_missing_is_not_in_the_mean(tmp_path: Path) -> None:
    for number, level in enumerate((50, 90)):
        image = np.full((18, 24), level, np.uint8)
        image[HOLE if number else HOLE[::-1]] = 0
        image[0] = 0
        write_image(tmp_path / f"{number}.png", image)
    library = open_library(tmp_path)
    keys = [image.key for image in library.images]
    mean = class_mean(library.store, keys, value_rule(0))
    expected = np.full((18, 24), 70)
    expected[HOLE[::-1]] = 90
    expected[HOLE] = 50
    expected[HOLE & HOLE[::-1]] = expected[0] = 70
    np.testing.assert_array_equal(mean, expected)
    assert class_mean(library.store, keys)[0].max() == 0


def test_images_of_other_kinds_and_sizes_share_a_mean(tmp_path: Path) -> None:
    shapes = {"grey": (40, 60), "colour": (400, 600, 3), "tall": (90, 30, 3), "alpha": (20, 30, 4)}
    for name, shape in shapes.items():
        write_image(tmp_path / f"{name}.png", np.full(shape, 120, np.uint8))
    write_image(tmp_path / "deep.png", np.full((40, 60), 120 * 257, np.uint16))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    keys = [image.key for image in open_library(tmp_path).images]
    mean = class_mean(open_library(tmp_path).store, keys)
    np.testing.assert_array_equal(mean, np.full((171, 256, 3), 120))
    with pytest.raises(ImageError, match="no image can be read"):
        class_mean(open_library(tmp_path).store, ["broken.png"])


def test_shares_of_all_images_are_measured(tmp_path: Path) -> None:
    write_image(tmp_path / "some.png", np.where(HOLE, 0, 9).astype(np.uint8))
    write_image(tmp_path / "none.png", np.full((18, 24), 9, np.uint8))
    write_image(tmp_path / "all.png", np.zeros((18, 24), np.uint8))
    write_image(tmp_path / "odd.png")
    write_image(tmp_path / "odd.mask.png", as_mask(HOLE[:3]))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    library = open_library(tmp_path)
    steps = measure_shares(library, (*value_rule(0), *MASK))
    reports = []
    while True:
        try:
            reports.append(next(steps))
        except StopIteration as end:
            result = end.value
            break
    assert result.shares == {"some.png": HOLE.mean(), "none.png": 0, "all.png": 1}
    size = "is 24 × 3 pixels, its image 24 × 18; make them the same size"
    assert result.reasons["odd.png"] == f"has a mask file, odd.mask.png, which {size}"
    assert set(result.reasons) == {"odd.png", "broken.png"}
    assert (reports[-1].done, reports[-1].total) == (5, 5)
    told = {key: share for report in reports for key, share in report.shares.items()}
    assert told == result.shares


def test_only_some_images_are_measured_and_a_stop_ends_it(tmp_path: Path) -> None:
    write_levels(tmp_path, "cat", *[0] * 40)
    library = open_library(tmp_path)
    result = drain(measure_shares(library, value_rule(0), keys=["cat/3.png", "cat/5.png"]))
    assert result.shares == {"cat/3.png": 1, "cat/5.png": 1}
    steps = measure_shares(library, value_rule(0))
    next(steps)
    steps.close()
