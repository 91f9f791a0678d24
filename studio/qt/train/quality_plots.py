"""The plots that quality is shown in. Imports pyqtgraph."""

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication

from studio.qt.train.plot import Plot, Series

translate = QCoreApplication.translate


def build_each() -> Iterator[tuple[str, Plot]]:
    """Build a plot for each measure, named as in a `Quality`; one takes a moment."""
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
    for name, (title, tip) in said.items():
        series = (
            Series(name, title, "accent"),
            Series("reference", "", "good"),
            Series("best", "", "warning"),
        )
        plot = Plot(f"train.quality.{name}", title, series)
        plot.setToolTip(tip)
        yield name, plot
