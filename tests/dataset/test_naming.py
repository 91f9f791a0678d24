"""Every system takes an export's names and tells them apart, whatever the sources are called."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.augment.recipe import starting_recipe
from studio.dataset.exports.copies import output_suffix
from studio.dataset.exports.export import export
from studio.dataset.exports.manifest import MANIFEST, read_manifest
from studio.dataset.exports.naming import OutputName, copy_name, output_names
from studio.dataset.exports.options import ExportOptions
from studio.dataset.exports.portable import fold_name, mend_name
from studio.dataset.library import ImageRef, open_library
from tests.dataset.trees import contents, drain, write_image

DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[1-9¹²³]) *(\..*)?", re.I | re.S)
FORBIDDEN = {*'<>:"|?*\\\x7f', *map(chr, range(32))}
SPLITS = {"train": "train", "val": "valid", "test": "test"}

NAMES = st.one_of(
    st.text("aAéÉe\u0301\u0327ßẞſsKkİıǅΣςΐ文\u200d🦊_1.", min_size=1, max_size=5),
    st.text('aA_ .\n\t\\<>:"|?*\0\x7f', max_size=4),
    st.from_regex(r"[aA]{0,2}_(aug|AUG)_[1-3](\.jpg)?", fullmatch=True),
    st.sampled_from(["con", "CON ", "aux.tar", "Lpt¹", "COM9", "nul.", ".", "..", "", " a. ."]),
    st.sampled_from(["x" * 250, "x" * 240 + "y", "文" * 83, "é" * 127, "con" + "." * 252, "Train"]),
)
FOLDERS = st.one_of(
    st.sampled_from(["", "a/", "A/", "a/b/", "train/a/", "Train/a/", "train/", "val/A/"]),
    st.lists(NAMES, max_size=3).map(lambda names: "".join(f"{name}/" for name in names)),
    st.just(f"{MANIFEST}/"),
)
SUFFIXES = st.sampled_from(["jpg", "JPG", "jpeg", "png", "tif"])
KEYS = st.builds("{}{}.{}".format, FOLDERS, NAMES, SUFFIXES)


def describe(keys: Iterable[str]) -> list[ImageRef]:
    """Return images as a library has them: folders of splits may be above those of classes."""
    images = []
    for key in keys:
        *folders, _ = key.split("/")
        split = SPLITS.get(folders[0].lower(), "") if folders else ""
        classes = folders[1:] if split else folders
        images.append(ImageRef(key, split, classes[0] if classes else ""))
    return images


def names_of(*keys: str) -> dict[str, OutputName]:
    return output_names(describe(keys))


def files_of(names: dict[str, OutputName], format: str) -> list[str]:
    """Return the names of all originals and of some copies of each."""
    copies = [
        copy_name(name.stem, variant, output_suffix(key, format))
        for key, name in names.items()
        for variant in (1, 2, 3, 1000)
    ]
    return copies + [name.original for name in names.values()]


def simple_upper(text: str) -> str:
    return "".join(char.upper() if len(char.upper()) == 1 else char for char in text)


FOLDS = (
    lambda name: unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()),
    lambda name: unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold()),
    simple_upper,
    lambda name: simple_upper(unicodedata.normalize("NFC", name)),
    str.lower,
)


@settings(deadline=None)
@given(st.sets(KEYS, max_size=12), st.sampled_from(["same", "png"]))
def test_all_systems_take_all_names_and_tell_them_apart(keys: set[str], format: str) -> None:
    files = files_of(names_of(*keys), format)
    folders = {file[: slash.start()] for file in files for slash in re.finditer("/", file)}
    for path in (*files, *folders):
        for name in path.split("/"):
            assert name not in ("", ".", "..")
            assert name[-1] not in ". "
            assert not FORBIDDEN & set(name)
            assert not DEVICE.fullmatch(name)
            assert len(name.encode()) <= 255
            assert len(name.encode("utf-16-le")) <= 2 * 255
    for fold in FOLDS:
        places = {fold(path) for path in (*files, *folders, MANIFEST)}
        assert len(places) == len(files) + len(folders) + 1


@settings(deadline=None)
@given(st.sets(KEYS, max_size=12), st.randoms())
def test_names_follow_from_the_keys_alone(keys: set[str], random: Random) -> None:
    images = describe(keys)
    shuffled = list(images)
    random.shuffle(shuffled)
    assert output_names(shuffled) == output_names(images)


@settings(deadline=None)
@given(st.sets(st.builds("{}/{}/a.png".format, st.sampled_from(list(SPLITS)), NAMES)))
def test_a_class_has_one_folder_name_in_all_splits(keys: set[str]) -> None:
    images = describe(keys)
    names = output_names(images)
    folders = defaultdict(set)
    for image in images:
        if image.class_name:
            folders[image.class_name].add(names[image.key].original.split("/")[1])
    assert all(len(those) == 1 for those in folders.values())
    assert len({fold_name(*those) for those in folders.values()}) == len(folders)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_what_was_mended_needs_no_mending(name: str) -> None:
    assert mend_name(mend_name(name)) == mend_name(name)


def test_letters_that_any_file_system_may_take_for_one_are_one() -> None:
    for code in (*range(0xD800), *range(0xE000, 0x20000)):
        char = chr(code)
        alike = {char.upper(), char.lower(), char.title(), char.casefold(), simple_upper(char)}
        alike |= {unicodedata.normalize(form, char) for form in ("NFC", "NFD")}
        assert {fold_name(other) for other in alike} == {fold_name(char)}


@pytest.mark.parametrize(
    "key",
    [
        "cat/a.jpg",
        "a.JPG",
        "train/Katze ü/bild 1 (2).png",
        "文/é\u0301.webp",
        " a/.b.c.jpg",
        "train/train/console.png",
        f"c/{'x' * 237}.tiff",
    ],
)
def test_a_name_that_needs_no_change_stays_as_it_is(key: str) -> None:
    assert names_of(key, "other/1.jpg", "test/2.jpg")[key] == (key.rpartition(".")[0], key)


@pytest.mark.parametrize(
    ("key", "original"),
    [
        ("con.jpg", "con_.jpg"),
        ("AUX/com¹.a.jpg", "AUX_/com¹_.a.jpg"),
        ("nul .jpg", "nul _.jpg"),
        ("who?/a:b*.jpg", "who_/a_b_.jpg"),
        ("a\nb/\t.jpg", "a_b/_.jpg"),
        ("etc. ./x.jpg", "etc___/x.jpg"),
        (r"ma\xf1ana.jpg", "ma_xf1ana.jpg"),
        (f"{MANIFEST}/a.jpg", "manifest_2.jsonl/a.jpg"),
        (f"{'x' * 252}.jpg", f"{'x' * 251}.jpg"),
    ],
)
def test_a_name_that_some_system_refuses_is_mended(key: str, original: str) -> None:
    assert names_of(key)[key] == (original.rpartition(".")[0][:241], original)


def test_the_later_of_two_that_differ_by_case_or_normalisation_has_a_number() -> None:
    keys = ("Cats/a.jpg", "cats/a.jpg", "cats/A.jpg", "é/1.jpg", "e\u0301/1.jpg", "cats_2/b.jpg")
    originals = {key: name.original for key, name in names_of(*keys).items()}
    assert originals == {
        "Cats/a.jpg": "Cats/a.jpg",
        "cats/A.jpg": "cats_3/A.jpg",
        "cats/a.jpg": "cats_3/a_2.jpg",
        "cats_2/b.jpg": "cats_2/b.jpg",
        "e\u0301/1.jpg": "e\u0301/1.jpg",
        "é/1.jpg": "é_2/1.jpg",
    }


def test_folders_of_one_split_stay_one_split() -> None:
    names = names_of("Train/cat/1.jpg", "train/cat/1.jpg", "test/cat/1.jpg")
    assert names["train/cat/1.jpg"].original == "Train/cat/1_2.jpg"
    assert names["test/cat/1.jpg"].original == "test/cat/1.jpg"


def test_a_file_and_a_folder_of_one_name_are_told_apart() -> None:
    names = names_of("x/a.jpg/b.png", "x/A.jpg", "y/a.jpg", "y/a_aug_1.jpg/b.png")
    assert names["x/a.jpg/b.png"].original == "x/a.jpg/b.png"
    assert names["x/A.jpg"].original == "x/A_2.jpg"
    assert names["y/a.jpg"] == ("y/a_jpg", "y/a.jpg")


def test_the_later_of_two_that_share_a_stem_takes_its_suffix() -> None:
    names = names_of("c/a.jpg", "c/a.png")
    assert names["c/a.jpg"] == ("c/a", "c/a.jpg")
    assert names["c/a.png"] == ("c/a_png", "c/a.png")


def test_a_source_that_is_called_like_a_copy_is_not_overwritten() -> None:
    assert names_of("a.jpg", "a_aug_1.jpg")["a.jpg"] == ("a_jpg", "a.jpg")


def test_thousands_of_names_that_come_down_to_one_take_no_thousandfold_time() -> None:
    keys = ["".join(signs) + ".png" for signs in product('<>|?*":', repeat=5)]
    keys += [f"{'x' * 245}{number}.png" for number in range(10_000)]
    names = names_of(*keys)
    assert len({name.stem for name in names.values()}) == len(keys)


def test_the_manifest_tells_what_became_of_every_name(tmp_path: Path) -> None:
    keys = ["con.png", "a b/\n.png", "A B/ü.png", "x:/u\u0308.png", "x:/ü.png", "y./CON/ .png"]
    for key in keys:
        write_image(tmp_path / "set" / key)
    library = open_library(tmp_path / "set")
    options = ExportOptions(copies=2, include_originals=True)
    drain(export(library, starting_recipe(), tmp_path / "out", options))
    made = contents(tmp_path / "out")
    entries = read_manifest(made.pop(MANIFEST))[1]
    assert sorted(entry.output for entry in entries) == sorted(made)
    assert {entry.source for entry in entries} == set(keys)
    for entry in entries:
        if entry.variant == 0:
            assert made[entry.output] == (tmp_path / "set" / entry.source).read_bytes()
    assert {path for path in made if "CON" in path} == {
        f"y_/CON_/{name}.png" for name in (" ", " _aug_1", " _aug_2")
    }
