"""What the preview renders is what the export writes: the same draws, the same pixels."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from studio.augment.image import Image
from studio.augment.missing.rules import MissingRule
from studio.augment.plan import Held
from studio.augment.recipe import Recipe, starting_recipe
from studio.dataset.exports.export import export
from studio.dataset.exports.manifest import read_manifest
from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import Library, open_library
from studio.dataset.reading.image_file import ImageError, read_image
from studio.dataset.store import FolderStore
from studio.qt.compare.render import Renderer, RenderRequest, StripRequest
from studio.qt.compare.sources import Source
from studio.qt.compare.view_transform import Viewport
from studio.qt.missing.edits import fill_operations
from studio.qt.pixels import to_qimage
from tests.qt.conftest import write_photo

COPIES = 12
KINDS: dict[str, tuple[tuple[int, ...], int]] = {
    "grey": ((40, 60), 8),
    "colour": ((60, 40, 3), 8),
    "alpha": ((33, 47, 4), 8),
    "sixteen": ((31, 29, 3), 16),
    "single": ((1, 1, 3), 8),
}


@pytest.fixture(params=KINDS)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    shape, bits = KINDS[request.param]
    drawn = np.random.default_rng(0).integers(0, 2**bits, shape)
    pixels: Image = drawn.astype(np.uint8) if bits == 8 else drawn.astype(np.uint16)
    path = tmp_path / "set" / "cats" / "0.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return Source(FolderStore(path.parent.parent), "cats/0.png")


def request(
    source: Source,
    recipe: Recipe,
    variant: int = 1,
    held: Held | None = None,
    viewport: Viewport | None = None,
    most_pixels: float | None = None,
) -> RenderRequest:
    viewport = viewport or Viewport(QSize(640, 480), zoom=1)
    return RenderRequest(source, recipe, variant, held, viewport, most_pixels, 1)


def test_canvas_and_strip_are_the_copies_of_the_export(source: Source, tmp_path: Path) -> None:
    recipe, out = starting_recipe().with_added("erase").with_added("contrast"), tmp_path / "out"
    library = open_library(tmp_path / "set")
    list(export(library, recipe, out, ExportOptions(copies=COPIES)))
    _, entries = read_manifest((out / "manifest.jsonl").read_bytes())
    renderer = Renderer()
    tiles = renderer.render_strip(StripRequest(source, recipe, COPIES, QSize(99, 99), 1))
    for entry, tile in zip(entries, tiles, strict=True):
        rendered = renderer.render(request(source, recipe, entry.variant))
        written = to_qimage(read_image(out / entry.output))
        assert rendered.plan == entry.plan
        assert _plain(rendered.augmented) == _plain(written) == _plain(tile)


def test_a_held_value_is_what_an_export_with_that_value_writes(
    source: Source, tmp_path: Path
) -> None:
    recipe = starting_recipe()
    fixed = recipe.with_step(recipe.step("rotate").with_param("angle", (33.25, 33.25)))
    list(export(open_library(tmp_path / "set"), fixed, tmp_path / "out", ExportOptions(copies=3)))
    held = Held("rotate", "angle", 33.25)
    rendered = Renderer().render(request(source, recipe, 3, held))
    written = read_image(tmp_path / "out" / "cats" / "0_aug_3.png")
    assert _plain(rendered.augmented) == _plain(to_qimage(written))


@pytest.fixture
def split_set(tmp_path: Path) -> Library:
    """Photos of several sizes in two splits."""
    sizes = ((60, 40), (40, 60), (33, 47), (90, 80))
    for number in range(8):
        split, name = ("train", "valid")[number % 2], ("cats", "dogs")[number // 4]
        path = tmp_path / "mixed" / split / name / f"{number}.png"
        write_photo(path, sizes[number % 4], seed=number)
    return open_library(tmp_path / "mixed")


def source_of(library: Library, key: str) -> Source:
    image = next(image for image in library.images if image.key == key)
    return Source(library.store, key, image.split, library)


def test_mixed_images_are_the_same_on_canvas_strip_and_in_the_export(
    split_set: Library, tmp_path: Path
) -> None:
    recipe, out = Recipe().with_added("mixup").with_added("rotate").with_added("mosaic"), tmp_path
    options = ExportOptions(copies=4, held_out="augment")
    list(export(split_set, recipe, out / "out", options))
    _, entries = read_manifest((out / "out" / "manifest.jsonl").read_bytes())
    assert len(entries) == 4 * len(split_set.images)
    renderer = Renderer()
    for entry in entries:
        source = source_of(split_set, entry.source)
        rendered = renderer.render(request(source, recipe, entry.variant))
        assert rendered.plan == entry.plan
        partners = {key for step in rendered.plan.steps for key in step.partners}
        assert all(key.startswith(f"{source.split}/") for key in partners)
        assert source.key not in partners
        written = to_qimage(read_image(out / "out" / entry.output))
        tiles = renderer.render_strip(StripRequest(source, recipe, 4, QSize(99, 99), 1))
        assert _plain(rendered.augmented) == _plain(written) == _plain(tiles[entry.variant - 1])


def test_a_partner_that_cannot_be_read_is_named_and_the_other_tiles_stay(
    split_set: Library,
) -> None:
    recipe = Recipe().with_added("mixup")
    source = source_of(split_set, "train/cats/0.png")
    (split_set.root / "train/cats/2.png").write_bytes(b"")
    renderer = Renderer()
    tiles = renderer.render_strip(StripRequest(source, recipe, 12, QSize(99, 99), 1))
    missing = [variant for variant, tile in enumerate(tiles, 1) if tile is None]
    assert 0 < len(missing) < 12
    for variant in missing:
        with pytest.raises(ImageError, match=r"2\.png"):
            renderer.render(request(source, recipe, variant))


@pytest.mark.parametrize(
    "ops",
    [("centre_crop",), ("pad",), ("turn",), ("resize",), ("rotate", "random_crop", "resize")],
    ids="+".join,
)
def test_results_of_another_size_are_those_of_the_export(
    source: Source, tmp_path: Path, ops: tuple[str, ...]
) -> None:
    recipe = Recipe()
    for op in ops:
        recipe = recipe.with_added(op)
    list(export(open_library(tmp_path / "set"), recipe, tmp_path / "out", ExportOptions(copies=3)))
    for variant in range(1, 4):
        rendered = Renderer().render(request(source, recipe, variant))
        written = read_image(tmp_path / "out" / "cats" / f"0_aug_{variant}.png")
        assert _plain(rendered.augmented) == _plain(to_qimage(written))
        assert rendered.augmented_size == QSize(written.shape[1], written.shape[0])


def test_a_small_result_of_a_large_photo_is_rendered_as_sharp_as_it_is_shown(
    tmp_path: Path,
) -> None:
    write_photo(tmp_path / "set" / "large.png", (2000, 1500))
    source = Source(FolderStore(tmp_path / "set"), "large.png")
    recipe = Recipe().with_added("resize")
    renderer, viewport = Renderer(), Viewport(QSize(500, 400), margin=12)
    rendered = renderer.render(request(source, recipe, viewport=viewport))
    assert rendered.augmented_size == QSize(256, 256)
    assert rendered.augmented.size() == QSize(256, 256)
    assert rendered.scale == 1
    assert rendered.original.size() == QSize(476, 357)
    coarse = renderer.render(request(source, recipe, viewport=viewport, most_pixels=100_000))
    assert coarse.is_coarse
    assert coarse.augmented_size == QSize(256, 256)
    assert coarse.pixels <= 100_000
    [tile] = renderer.render_strip(StripRequest(source, recipe, 1, QSize(90, 66), 1))
    assert tile is not None
    assert 66 <= tile.height() <= 96


def test_a_result_of_half_the_screen_is_shown_pixel_by_pixel(tmp_path: Path) -> None:
    write_photo(tmp_path / "large.png", (1999, 1501))
    source = Source(FolderStore(tmp_path), "large.png")
    recipe = Recipe().with_added("random_crop")
    viewport = Viewport(QSize(500, 400), margin=12)
    for variant in range(1, 9):
        rendered = Renderer().render(request(source, recipe, variant, viewport=viewport))
        shown = rendered.augmented_size * viewport.zoom_of(rendered.augmented_size)
        assert abs(rendered.augmented.width() - shown.width()) <= 1
        assert abs(rendered.augmented.height() - shown.height()) <= 1


def holed(folder: Path, size: tuple[int, int] = (64, 48), *, depth: int = 8) -> Source:
    """Write a class of pictures with black holes; return the first one's source."""
    for number in range(4):
        path = folder / "set" / "cats" / f"{number}.png"
        write_photo(path, size, seed=number)
        pixels = np.maximum(read_image(path), 1)
        height, width = pixels.shape[:2]
        pixels[height // 4 : height // 2, width // 3 : width * 2 // 3] = 0
        if depth == 16:
            pixels = pixels.astype(np.uint16) * 257
        path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return source_of(open_library(folder / "set"), "cats/0.png")


BLACK = MissingRule("no_data_colour", {"red": 0, "green": 0, "blue": 0, "tolerance": 0})


def filling(*ops: str) -> Recipe:
    recipe = replace(Recipe(), missing=(BLACK,))
    for op in ops:
        recipe = recipe.with_added(op)
    return recipe


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("fill", [each.name for each in fill_operations()])
def test_filled_pictures_are_those_of_the_export(tmp_path: Path, fill: str, depth: int) -> None:
    source = holed(tmp_path, depth=depth)
    recipe = filling("lose_rows", fill, "rotate")
    library = open_library(tmp_path / "set")
    list(export(library, recipe, tmp_path / "out", ExportOptions(copies=2)))
    for variant in (1, 2):
        rendered = Renderer().render(request(source, recipe, variant))
        written = read_image(tmp_path / "out" / "cats" / f"0_aug_{variant}.png")
        assert _plain(rendered.augmented) == _plain(to_qimage(written))


def test_a_fill_on_a_proxy_takes_nothing_from_what_is_missing(tmp_path: Path) -> None:
    source = holed(tmp_path, (1200, 900))
    viewport = Viewport(QSize(300, 225))
    rendered = Renderer().render(request(source, filling("fill_mean"), viewport=viewport))
    shown = rendered.augmented.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(shown.constBits(), np.uint8).reshape(225, -1)[:, :300]
    whole = read_image(tmp_path / "set" / "cats" / "0.png")
    edge = pixels[56 - 3 : 56 + 3, 100:200]
    assert edge.min() > 0.3 * whole[whole > 0].mean()
    assert rendered.missing is not None
    assert rendered.missing.share == pytest.approx(1 / 12, abs=0.002)


def test_what_is_missing_here_and_there_in_most_places_is_filled_on_a_proxy_too(
    tmp_path: Path,
) -> None:
    path = tmp_path / "set" / "0.png"
    write_photo(path, (1200, 900))
    pixels = np.maximum(read_image(path), 1)
    pixels[np.random.default_rng(0).random(pixels.shape[:2]) < 0.7] = 0
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    source = Source(FolderStore(path.parent), "0.png")
    viewport = Viewport(QSize(300, 225))
    rendered = Renderer().render(request(source, filling("fill_mean"), viewport=viewport))
    grey = rendered.augmented.convertToFormat(QImage.Format.Format_Grayscale8)
    shown = np.frombuffer(grey.constBits(), np.uint8).reshape(225, -1)[:, :300]
    assert abs(float(shown.mean()) - float(pixels[pixels > 0].mean())) < 30


def test_a_wholly_missing_image_has_an_original_and_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "set" / "0.png"
    path.parent.mkdir()
    path.write_bytes(cv2.imencode(".png", np.zeros((48, 64, 3), np.uint8))[1].tobytes())
    source, renderer = Source(FolderStore(path.parent), "0.png"), Renderer()
    rendered = renderer.render(request(source, filling("fill_mean")))
    assert not rendered.original.isNull()
    assert rendered.augmented.isNull()
    assert rendered.problem is not None
    assert "missing wholly" in rendered.problem.message
    strip = StripRequest(source, filling("fill_mean"), 3, QSize(99, 99), 1)
    assert renderer.render_strip(strip) == [None] * 3
    assert renderer.render(request(source, filling("rotate"))).problem is None


def test_a_drag_of_another_step_finds_no_mask_anew(tmp_path: Path) -> None:
    source, renderer = holed(tmp_path), Renderer()
    recipe = filling("fill_mean", "rotate")
    first = renderer.render(request(source, recipe))
    held = renderer.render(request(source, recipe, held=Held("rotate", "angle", 12.0)))
    assert first.missing is not None
    assert held.missing is first.missing
    other = replace(recipe, missing=(replace(BLACK, params={**BLACK.params, "tolerance": 9}),))
    assert renderer.render(request(source, other)).missing is not first.missing


def _plain(image: QImage | None) -> QImage:
    assert image is not None
    return image.convertToFormat(QImage.Format.Format_RGBA8888)
