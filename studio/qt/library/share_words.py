"""What the library pane says of the share of an image that is missing."""

from PySide6.QtCore import QObject

from studio.qt.library.badge import Badge
from studio.qt.library.measuring import Measured
from studio.qt.library.missing_filter import MissingKind


class ShareWords(QObject):
    """Phrases about missing pixels."""

    def name_share(self, share: float) -> str:
        """Return a share as a percentage; what is not all or nothing is never told as such."""
        percent = 100 * share
        if 0 < percent < 0.1:
            return self.tr("<0.1 %")
        if 0 < percent < 9.95 or 99 < percent < 100:
            return self.tr("{} %").format(f"{min(percent, 99.9):.1f}")
        return self.tr("{} %").format(f"{percent:.0f}")

    def make_badge(self, found: Measured | None) -> Badge | None:
        """Return what a tile shows, None where there is nothing to say."""
        if found is None:
            return None
        if found.reason:
            return Badge("?", is_unsure=True)
        if not found.share:
            return None
        return Badge(self.name_share(found.share), is_grave=found.share >= 1)

    def describe(self, found: Measured | None) -> str:
        """Return the same in a phrase, "" where there is nothing to say."""
        if found is None:
            return ""
        if found.reason:
            return self.tr("missing pixels unknown: {}").format(found.reason)
        if not found.share:
            return ""
        if found.share >= 1:
            return self.tr("is missing wholly; nothing is known to fill it from")
        return self.tr("{} of it is missing").format(self.name_share(found.share))

    def explain_empty(self, kind: MissingKind, text: str, *, is_busy: bool) -> str:
        """Return why no image of one kind is shown; `text` is what is searched for."""
        if is_busy:
            return self.tr("Looking for missing pixels …")
        texts = {
            "some": self.tr("No image here has missing pixels"),
            "none": self.tr("No image here is complete"),
            "whole": self.tr("No image here is missing wholly"),
        }
        if text:
            return self.tr("{}, of those with “{}” in the name").format(texts[kind], text)
        return texts[kind]
