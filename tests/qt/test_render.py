"""What the preview renders is what the export writes: the same draws, the same pixels."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from studio.augment.image import Image
from studio.augment.plan import Held
from studio.augment.recipe import Recipe, starting_recipe
from studio.dataset.export import ExportOptions, export
from studio.dataset.image_file import read_image
from studio.dataset.library import open_library
from studio.dataset.manifest import read_manifest
from studio.qt.compare.render import Renderer, RenderRequest, Source, StripRequest
from studio.qt.pixels import to_qimage

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
    return Source(path, "cats/0.png")


def full_size(source: Source, recipe: Recipe, variant: int, held: Held | None) -> RenderRequest:
    return RenderRequest(source, recipe, variant, held, scale=1.0, shown_scale=1.0, generation=1)


def test_canvas_and_strip_are_the_copies_of_the_export(source: Source, tmp_path: Path) -> None:
    recipe, out = starting_recipe().with_added("erase").with_added("contrast"), tmp_path / "out"
    library = open_library(tmp_path / "set")
    list(export(library, recipe, out, ExportOptions(copies=COPIES)))
    _, entries = read_manifest((out / "manifest.jsonl").read_bytes())
    renderer = Renderer()
    tiles = renderer.render_strip(StripRequest(source, recipe, COPIES, QSize(99, 99), 1))
    for entry, tile in zip(entries, tiles, strict=True):
        rendered = renderer.render(full_size(source, recipe, entry.variant, None))
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
    rendered = Renderer().render(full_size(source, recipe, 3, held))
    written = read_image(tmp_path / "out" / "cats" / "0_aug_3.png")
    assert _plain(rendered.augmented) == _plain(to_qimage(written))


def _plain(image: QImage | None) -> QImage:
    assert image is not None
    return image.convertToFormat(QImage.Format.Format_RGBA8888)
