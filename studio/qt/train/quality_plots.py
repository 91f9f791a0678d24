"""The plots that quality is shown in. Imports pyqtgraph."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from studio.qt.train.plot import Plot, Series

translate = QCoreApplication.translate


def build_plots(parent: QWidget) -> dict[str, Plot]:
    """Return a plot for each measure, by its name in a `Quality`."""
    said = {
        "kid": (
            translate("Quality", "KID"),
            translate(
                "Quality",
                "Kernel inception distance: how far apart generated and real images are as a "
                "whole, with its spread over random subsets. Smaller is better.",
            ),
        ),
        "agreement": (
            translate("Quality", "Agreement"),
            translate(
                "Quality",
                "The share of generated images that a classifier takes for the class they were "
                "made for. Larger is better, up to what real images get.",
            ),
        ),
        "coverage": (
            translate("Quality", "Coverage"),
            translate(
                "Quality",
                "The share of real images that have a generated one nearby: how much of the "
                "variety is there. Larger is better.",
            ),
        ),
        "density": (
            translate("Quality", "Density"),
            translate(
                "Quality",
                "How many real images a generated one has nearby: how typical it is. About 1 is "
                "as good as real; more than that means too little variety.",
            ),
        ),
    }
    plots = {}
    for name, (title, tip) in said.items():
        series = (
            Series(name, title, "accent"),
            Series("reference", "", "good"),
            Series("best", "", "warning"),
        )
        plots[name] = Plot(f"train.quality.{name}", title, series, parent)
        plots[name].setToolTip(tip)
    return plots
