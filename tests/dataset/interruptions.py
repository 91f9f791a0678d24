"""A small export, whole, and what tells whether one that was interrupted came out the same."""

from pathlib import Path

from msgspec.structs import replace

from studio.augment.recipe import Recipe
from studio.augment.recipe_file import build_recipe
from studio.dataset.exports.export import export
from studio.dataset.exports.manifest import MANIFEST
from studio.dataset.exports.order import ExportOptions
from studio.dataset.exports.record import ExportReport
from studio.dataset.exports.resume import find_unfinished
from studio.dataset.library import open_library
from tests.dataset.trees import contents, drain, write_classes

RECIPE = build_recipe({"version": 1, "seed": 5, "steps": [{"op": "rotate"}, {"op": "scale"}]})
MIXING = build_recipe({"version": 1, "seed": 5, "steps": [{"op": "mixup"}]})
OPTIONS = ExportOptions(copies=2, include_originals=True, workers=2)


class Case:
    """A data set below a folder, and whole exports of it to compare with."""

    def __init__(self, folder: Path, recipe: Recipe = RECIPE, options: ExportOptions = OPTIONS):
        self.source = write_classes(folder / "set")
        self.out = folder / "out"
        self.recipe = recipe
        self.options = options
        self.write(folder / "whole")
        self.whole = contents(folder / "whole")

    def write(self, out: Path) -> ExportReport:
        return drain(export(open_library(self.source), self.recipe, out, self.options))

    def resume(self) -> ExportReport:
        library = open_library(self.source)
        return drain(export(library, self.recipe, self.out, self.options, resume=True))

    def go_on(self) -> None:
        """Resume where there is something to, else begin anew, as a person would."""
        if (self.out / MANIFEST).exists():
            self.resume()
        else:
            self.write(self.out)

    def stop_after(self, reports: int) -> None:
        """Export and press stop."""
        options = replace(self.options, workers=1)
        work = export(open_library(self.source), self.recipe, self.out, options)
        for _ in range(reports):
            next(work)
        work.close()

    def assert_same(self) -> None:
        assert contents(self.out) == self.whole
        assert find_unfinished(self.out) is None
