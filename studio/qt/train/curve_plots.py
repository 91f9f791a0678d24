"""The plots that curves are shown in. Imports pyqtgraph."""

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication

from studio.qt.train.plot import Plot, Series

translate = QCoreApplication.translate


def build_each() -> Iterator[tuple[str, Plot]]:
    """Build the plots from top to bottom, each with its name; one takes a moment."""
    keys = translate("Curves", "The wheel zooms, dragging moves, the arrow keys walk along.")
    for name, (title, tip, series) in _said().items():
        plot = Plot(f"train.curves.{name}", title, series)
        plot.setToolTip(f"{tip}\n{keys}")
        if name != "penalties":
            plot.hide_x_labels()
        yield name, plot


def _said() -> dict[str, tuple[str, str, tuple[Series, ...]]]:
    real = translate("Curves", "real images")
    made = translate("Curves", "generated images")
    return {
        "losses": (
            translate("Curves", "Losses"),
            translate(
                "Curves",
                "How wrong each network is. Near the dashed line neither one wins; losses that "
                "stay there say nothing against a training.",
            ),
            (
                Series("loss_d", translate("Curves", "discriminator"), "accent"),
                Series("loss_g", translate("Curves", "generator"), "warning"),
            ),
        ),
        "scores": (
            translate("Curves", "Scores"),
            translate(
                "Curves",
                "What the discriminator gives real and generated images. The closer together, the "
                "harder they are to tell apart.",
            ),
            (Series("score_real", real, "good"), Series("score_made", made, "warning")),
        ),
        "penalties": (
            translate("Curves", "Gradient penalties"),
            translate(
                "Curves",
                "How steeply the scores change with the image. A steady rise says that the "
                "discriminator gets too sharp.",
            ),
            (Series("penalty_real", real, "good"), Series("penalty_made", made, "warning")),
        ),
    }
