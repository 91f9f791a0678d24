"""What the library pane says in words: counts, and why there is nothing to see."""

from PySide6.QtCore import QObject

from studio.dataset.library import Library
from studio.qt.library.scopes import FindingKind


class LibraryWords(QObject):
    """Phrases about a library."""

    def count_images(self, count: int) -> str:
        return self.tr("1 image") if count == 1 else self.tr("{} images").format(f"{count:,}")

    def describe_library(self, library: Library | None, shown: int | None) -> str:
        """Return how many images and classes there are; with `shown`, how many are shown."""
        if library is None:
            return self.tr("Open a folder of images")
        all_images = self.count_images(len(library.images))
        if shown is not None:
            return self.tr("{} of {}").format(f"{shown:,}", all_images)
        classes = len({class_name for _, class_name in library.counts()} - {""})
        return all_images + self._count_classes(classes)

    def explain_empty(self, library: Library | None, text: str) -> str:
        """Return why no image is shown; `text` is what is searched for."""
        if library is None:
            return self.tr("The images of the folder appear here")
        if text:
            return self.tr("No image here has “{}” in its name").format(text)
        return self.tr("No images here")

    def count_findings(self, kind: FindingKind, listed: int, count: int) -> str:
        """Return how many problems or notes there are, and how many of them are listed."""
        if kind == "problems":
            text = self.tr("1 problem") if count == 1 else self.tr("{} problems")
        else:
            text = self.tr("1 note") if count == 1 else self.tr("{} notes")
        text = text.format(f"{count:,}")
        return text if listed == count else self.tr("{} of {}").format(f"{listed:,}", text)

    def describe_check(self, done: int, total: int, bad: int) -> str:
        """Return what a check of `total` files came to, of which `done` were decoded."""
        if done < total:
            text = self.tr("The check was stopped after {} of {} files: {}")
            found = self.tr("{} cannot be read").format(f"{bad:,}") if bad else self.tr("all sound")
            return text.format(f"{done:,}", f"{total:,}", found)
        if bad:
            return self.tr("{} of {} files cannot be read").format(f"{bad:,}", f"{total:,}")
        if total == 1:
            return self.tr("The one file is sound")
        return self.tr("All {} files are sound").format(f"{total:,}")

    def describe_rescan(self, before: Library, after: Library) -> str:
        """Return what came and what went between two looks at a data set."""
        come = gone = 0
        if before.images != after.images:
            old = {image.key for image in before.images}
            new = {image.key for image in after.images}
            come, gone = len(new - old), len(old - new)
        parts = []
        if come:
            parts.append(self.tr("{} new").format(self.count_images(come)))
        if gone:
            parts.append(self.tr("{} gone").format(self.count_images(gone)))
        text = ", ".join(parts) or self.tr("no image has come or gone")
        return self.tr("Rescanned: {}").format(text)

    def _count_classes(self, count: int) -> str:
        if count == 0:
            return ""
        if count == 1:
            return self.tr(" · 1 class")
        return self.tr(" · {} classes").format(f"{count:,}")
