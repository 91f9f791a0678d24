"""The plots that curves are shown in. Imports pyqtgraph."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from studio.qt.train.plot import Plot, Series

translate = QCoreApplication.translate


def build_plots(parent: QWidget) -> dict[str, Plot]:
    """Return the plots from top to bottom: losses, scores, penalties."""
    plots = {
        "losses": Plot(
            "train.curves.losses",
            translate("Curves", "Losses"),
            (
                Series("loss_d", translate("Curves", "discriminator"), "accent"),
                Series("loss_g", translate("Curves", "generator"), "warning"),
            ),
            parent,
        ),
        "scores": Plot(
            "train.curves.scores",
            translate("Curves", "Scores"),
            (
                Series("score_real", translate("Curves", "real images"), "good"),
                Series("score_made", translate("Curves", "generated images"), "warning"),
            ),
            parent,
        ),
        "penalties": Plot(
            "train.curves.penalties",
            translate("Curves", "Gradient penalties"),
            (
                Series("penalty_real", translate("Curves", "real images"), "good"),
                Series("penalty_made", translate("Curves", "generated images"), "warning"),
            ),
            parent,
        ),
    }
    keys = translate("Curves", "The wheel zooms, dragging moves, the arrow keys walk along.")
    for name, plot in plots.items():
        plot.setToolTip(f"{_tips()[name]}\n{keys}")
        if name != "penalties":
            plot.hide_x_labels()
    return plots


def _tips() -> dict[str, str]:
    return {
        "losses": translate(
            "Curves",
            "How wrong each network is. Near the dashed line neither one wins; losses that "
            "stay there say nothing against a training.",
        ),
        "scores": translate(
            "Curves",
            "What the discriminator gives real and generated images. The closer together, the "
            "harder they are to tell apart.",
        ),
        "penalties": translate(
            "Curves",
            "How steeply the scores change with the image. A steady rise says that the "
            "discriminator gets too sharp.",
        ),
    }
