"""What opening a folder promises: its classes and splits, and a reason for all that is left out."""

import os
import pickle
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.dataset.library import ImageRef, Library, open_library, scan
from studio.errors import UserError

NAMES = st.text(string.ascii_letters + "äé文 -_", min_size=1, max_size=6).filter(str.strip)


def fill(root: Path, *keys: str) -> Path:
    for key in keys:
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"tiny")
    return root


def triples(library: Library) -> list[tuple[str, str, str]]:
    return [(image.key, image.split, image.class_name) for image in library.images]


def test_class_folders_and_files_beside_them(tmp_path: Path) -> None:
    root = fill(tmp_path, "dog/b.PNG", "cat/deep/er/a.jpg", "cat/a.jpeg", "loose.tif")
    assert triples(open_library(root)) == [
        ("cat/a.jpeg", "", "cat"),
        ("cat/deep/er/a.jpg", "", "cat"),
        ("dog/b.PNG", "", "dog"),
        ("loose.tif", "", ""),
    ]


def test_a_flat_folder_has_no_classes(tmp_path: Path) -> None:
    library = open_library(fill(tmp_path, "b.webp", "a.gif"))
    assert triples(library) == [("a.gif", "", ""), ("b.webp", "", "")]
    assert [library.path(image) for image in library.images] == [
        tmp_path / "a.gif",
        tmp_path / "b.webp",
    ]


def test_split_folders_above_classes_or_files(tmp_path: Path) -> None:
    root = fill(tmp_path, "Train/cat/x/a.jpg", "VAL/cat/b.jpg", "testing/c.jpg", "more/d.jpg")
    assert triples(open_library(root)) == [
        ("Train/cat/x/a.jpg", "train", "cat"),
        ("VAL/cat/b.jpg", "valid", "cat"),
        ("more/d.jpg", "", "more"),
        ("testing/c.jpg", "test", ""),
    ]


def test_one_split_folder_alone_is_a_split(tmp_path: Path) -> None:
    root = fill(tmp_path, "train/cat/a.jpg", "notes/read.txt")
    assert triples(open_library(root)) == [("train/cat/a.jpg", "train", "cat")]


def test_a_class_called_train_beside_other_classes_stays_a_class(tmp_path: Path) -> None:
    root = fill(tmp_path, "train/a.jpg", "car/a.jpg", "bus/a.jpg")
    assert [image.class_name for image in open_library(root).images] == ["bus", "car", "train"]


def test_what_is_no_image_is_passed_over_in_silence(tmp_path: Path) -> None:
    root = fill(
        tmp_path,
        "cat/a.jpg",
        "cat/.hidden.jpg",
        ".cache/b.jpg",
        "__MACOSX/cat/a.jpg",
        "cat/Thumbs.db",
        "labels.csv",
        "jpg",
    )
    library = open_library(root)
    assert triples(library) == [("cat/a.jpg", "", "cat")]
    assert library.problems == ()


def test_an_earlier_export_is_not_read_back_in(tmp_path: Path) -> None:
    root = fill(tmp_path, "cat/a.jpg", "cat/export/cat/a_aug_1.jpg", "other/b.jpg")
    mark = '{"program":"augmentation-studio","version":"1"}\n{"output":"a"}\n'
    (root / "cat/export/manifest.jsonl").write_text(mark)
    (root / "other/manifest.jsonl").write_text('{"program":"another"}\n')
    library = open_library(root)
    assert [image.key for image in library.images] == ["cat/a.jpg", "other/b.jpg"]
    assert [problem.key for problem in library.problems] == ["cat/export"]
    assert "earlier export" in library.problems[0].reason
    assert open_library(root / "cat/export").images[0].key == "cat/a_aug_1.jpg"


def test_links_are_followed_but_never_in_circles(tmp_path: Path) -> None:
    fill(tmp_path, "elsewhere/a.jpg", "elsewhere/deep/b.jpg")
    root = fill(tmp_path / "root", "cat/a.jpg")
    (root / "dog").symlink_to(tmp_path / "elsewhere")
    (root / "photo.jpg").symlink_to(tmp_path / "elsewhere/a.jpg")
    (root / "cat/up").symlink_to(root)
    (root / "cat/self").symlink_to(root / "cat")
    (root / "cat/gone.jpg").symlink_to(root / "nothing.jpg")
    (root / "cat/me.jpg").symlink_to("me.jpg")
    library = open_library(root)
    keys = ["cat/a.jpg", "dog/a.jpg", "dog/deep/b.jpg", "photo.jpg"]
    assert [image.key for image in library.images] == keys
    reasons = {problem.key: problem.reason for problem in library.problems}
    assert list(reasons) == ["cat/gone.jpg", "cat/me.jpg", "cat/self", "cat/up"]
    assert "link" in reasons["cat/up"]


@pytest.mark.skipif(os.name != "posix", reason="names are not bytes here")
def test_a_name_that_is_not_unicode_gets_a_readable_key_of_its_own(tmp_path: Path) -> None:
    root = fill(tmp_path, "cat/a.jpg", r"cat/caf\xe9.jpg", "dog/b.jpg")
    raw = os.fsencode(root)
    try:
        Path(os.fsdecode(raw + b"/\xff")).mkdir()
    except OSError:
        pytest.skip("this file system takes valid names only")
    for name in (b"/cat/caf\xe9.jpg", b"/cat/\xe9", b"/\xff/\xe9.jpg", b"/\xff/plain.jpg"):
        Path(os.fsdecode(raw + name)).write_bytes(name)
    library = open_library(root)
    assert library.problems == ()
    assert triples(library) == [
        (r"\xff/\xe9.jpg", "", r"\xff"),
        (r"\xff/plain.jpg", "", r"\xff"),
        ("cat/a.jpg", "", "cat"),
        (r"cat/caf\xe9-2.jpg", "", "cat"),
        (r"cat/caf\xe9.jpg", "", "cat"),
        ("dog/b.jpg", "", "dog"),
    ]
    store = library.store
    assert store.data(r"cat/caf\xe9.jpg") == b"tiny"
    assert store.data(r"cat/caf\xe9-2.jpg") == b"/cat/caf\xe9.jpg"
    assert store.data(r"\xff/\xe9.jpg") == b"/\xff/\xe9.jpg"
    assert store.data(r"\xff/plain.jpg") == b"/\xff/plain.jpg"
    assert pickle.loads(pickle.dumps(store)) == store


@pytest.mark.skipif(os.name != "posix", reason="such names are refused elsewhere")
def test_any_name_that_a_file_system_takes_is_a_key(tmp_path: Path) -> None:
    keys = sorted(
        ["new\nline/a\nb.jpg", " / .jpg", "é文/ß.jpg", f"cat/{'n' * 251}.jpg", "a'\"/?.jpg"]
    )
    library = open_library(fill(tmp_path, *keys))
    assert [image.key for image in library.images] == keys
    assert all(library.store.data(key) == b"tiny" for key in keys)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_folder_without_permission_is_one_problem(tmp_path: Path) -> None:
    root = fill(tmp_path, "cat/a.jpg", "dog/b.jpg")
    (root / "dog").chmod(0)
    library = open_library(root)
    (root / "dog").chmod(0o755)
    assert [problem.key for problem in library.problems] == ["dog"]
    assert library.problems[0].reason == "cannot be read: permission denied"


def test_a_folder_that_cannot_be_used_is_the_users_to_mend(tmp_path: Path) -> None:
    file = tmp_path / "file.jpg"
    file.touch()
    empty = tmp_path / "empty"
    fill(empty, "notes.txt", "cat/labels.xml")
    for path, words in [
        (tmp_path / "gone", "no such folder"),
        (file, "is a file, not a folder"),
        (empty, "no images in this folder"),
    ]:
        with pytest.raises(UserError, match=words) as caught:
            open_library(path)
        assert str(path) in caught.value.message
        assert caught.value.hint


def test_a_scan_reports_what_it_has_found_so_far(tmp_path: Path) -> None:
    root = fill(tmp_path, *(f"class_{n % 7}/{n}.jpg" for n in range(300)))
    steps = scan(root)
    reports = []
    while True:
        try:
            reports.append(next(steps))
        except StopIteration as end:
            library = end.value
            break
    assert reports == sorted(reports)
    assert reports[-1] == len(library.images) == 300


def test_a_selection_combines_splits_classes_and_text(tmp_path: Path) -> None:
    root = fill(
        tmp_path, "train/cat/One.jpg", "train/dog/one.jpg", "test/cat/two.jpg", "test/cat/one.jpg"
    )
    library = open_library(root)

    def keys(**chosen: list[str] | str) -> list[str]:
        return [image.key for image in library.select(**chosen)]  # type: ignore[arg-type]

    assert library.select() == library.images
    assert keys(splits=["test"]) == ["test/cat/one.jpg", "test/cat/two.jpg"]
    assert keys(splits=["train"], classes=["cat"]) == ["train/cat/One.jpg"]
    assert keys(text="/ONE") == ["test/cat/one.jpg", "train/cat/One.jpg", "train/dog/one.jpg"]
    assert keys(classes=["cat"], text="one.", splits=["test"]) == ["test/cat/one.jpg"]
    assert keys(classes=[]) == []


@settings(deadline=None, max_examples=40)
@given(paths=st.sets(st.lists(NAMES, min_size=1, max_size=3).map("/".join), min_size=1))
def test_every_image_is_found_once_and_counted(
    tmp_path_factory: pytest.TempPathFactory, paths: set[str]
) -> None:
    root = tmp_path_factory.mktemp("library")
    keys = sorted(f"{path}.jpg" for path in paths)
    library = open_library(fill(root, *keys))
    assert [image.key for image in library.images] == keys
    assert sum(library.counts().values()) == len(keys)
    for (split, class_name), number in library.counts().items():
        assert len(library.select(splits=[split], classes=[class_name])) == number
    assert all(library.path(image).is_file() for image in library.images)
    assert library.images[0] == ImageRef(keys[0], *triples(library)[0][1:])
