"""What is missing, in words."""

from PySide6.QtCore import QCoreApplication

from studio.qt.missing.finder import Shown


def describe_share(shown: Shown | None) -> str:
    """Return how much of the chosen picture is missing, or why that cannot be told."""
    if shown is None:
        return ""
    if shown.fault:
        return shown.fault
    if shown.share == 0:
        return _text("Nothing is missing here")
    if shown.share == 1:
        return _text("All of this picture is missing")
    if shown.share < 0.001:
        return _text("Less than 0.1 % of this picture is missing")
    # A picture of which anything is known is not missing wholly.
    percent = min(99.9, shown.share * 100)
    return _text("{share} % of this picture is missing").format(share=f"{percent:.1f}")


def _text(text: str) -> str:
    return QCoreApplication.translate("MissingCard", text)
