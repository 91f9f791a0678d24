from collections.abc import Generator
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.dataset.sample import (
    CLASSES,
    IMAGES,
    PER_CLASS,
    SAMPLE_VERSION,
    draw_sample,
    sample_home,
)
from studio.dataset.sample.canvas import SIDE, Canvas, Pose
from studio.dataset.sample.colours import WHITE
from studio.dataset.sample.curves import box
from studio.errors import UserError


def drain(drawing: Generator[float, None, Path]) -> tuple[list[float], Path]:
    shares = []
    while True:
        try:
            shares.append(next(drawing))
        except StopIteration as end:
            return shares, end.value


def pngs(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.png"))}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn") / "sample"
    drain(draw_sample(folder, per_class=3))
    return folder


def test_there_are_a_few_hundred_pictures_in_at_least_five_classes() -> None:
    assert len(CLASSES) >= 5
    assert 200 <= len(CLASSES) * PER_CLASS <= 500


def test_every_class_has_its_folder_of_colour_pictures(drawn: Path) -> None:
    images = pngs(drawn / IMAGES)

    assert {Path(key).parent.name for key in images} == set(CLASSES)
    assert len(images) == 3 * len(CLASSES)
    for path in images.values():
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert image is not None
        assert image.shape == (SIDE, SIDE, 3)
        assert image.dtype == np.uint8


def test_every_picture_has_a_mask_of_the_same_name_and_size(drawn: Path) -> None:
    masks = pngs(drawn / "masks")

    assert masks.keys() == pngs(drawn / IMAGES).keys()
    for path in masks.values():
        mask = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert mask is not None
        assert mask.shape == (SIDE, SIDE)
        assert set(np.unique(mask)) == {0, 255}
        assert 0.1 <= np.mean(mask > 0) <= 0.9


def test_pictures_of_one_class_differ_from_one_another(drawn: Path) -> None:
    for name in CLASSES:
        pictures = [cv2.imread(str(path)) for path in pngs(drawn / IMAGES / name).values()]
        for one, other in combinations(pictures, 2):
            assert one is not None
            assert other is not None
            assert np.mean(cv2.absdiff(one, other)) > 8


def test_a_second_run_writes_the_same_bytes(drawn: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    drain(draw_sample(again, per_class=2))

    files = pngs(again)
    assert len(files) == 2 * 2 * len(CLASSES)
    for key, path in files.items():
        assert path.read_bytes() == (drawn / key).read_bytes()


def test_the_share_done_rises_to_one(tmp_path: Path) -> None:
    shares, images = drain(draw_sample(tmp_path / "sample", per_class=1))

    assert images == tmp_path / "sample" / IMAGES
    assert shares == sorted(set(shares))
    assert shares[0] > 0
    assert shares[-1] == 1


def test_nothing_is_in_place_before_all_is_drawn(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    for _ in draw_sample(folder, per_class=1):
        assert not folder.exists()
    assert folder.exists()


def test_a_stopped_drawing_leaves_nothing(tmp_path: Path) -> None:
    drawing = draw_sample(tmp_path / "sample", per_class=1)
    next(drawing)
    assert list(tmp_path.iterdir())

    drawing.close()

    assert list(tmp_path.iterdir()) == []


def test_a_finished_sample_is_left_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    kept = folder / IMAGES / "mine.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("kept")

    assert drain(draw_sample(folder)) == ([], folder / IMAGES)
    assert kept.read_text() == "kept"


def test_a_folder_with_other_files_is_refused_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")

    with pytest.raises(UserError, match="holds other files"):
        next(draw_sample(folder))

    assert [path.name for path in tmp_path.iterdir()] == ["sample"]
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_an_error_the_user_can_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(UserError, match="sample cannot be written") as caught:
        drain(draw_sample(tmp_path / "file" / "sample", per_class=1))

    assert caught.value.hint


def test_the_users_sample_is_below_their_data_and_names_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUGSTUDIO_HOME", str(tmp_path))
    assert tmp_path in sample_home().parents
    assert str(SAMPLE_VERSION) in sample_home().name


def test_the_mask_holds_what_is_seen_of_the_object() -> None:
    canvas = Canvas(pose=Pose(0.5))
    canvas.add(canvas.shape(box(-1, -1, 1, 1)), WHITE)
    whole = np.zeros((SIDE, SIDE), np.uint8)
    whole[SIDE // 4 : -SIDE // 4, SIDE // 4 : -SIDE // 4] = 255
    np.testing.assert_array_equal(canvas.visible(), whole)

    canvas.cover(canvas.shape(box(0, -2, 2, 2)), WHITE)

    whole[:, SIDE // 2 :] = 0
    np.testing.assert_array_equal(canvas.visible(), whole)
