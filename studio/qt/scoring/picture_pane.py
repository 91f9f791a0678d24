"""What a method made of one image: which image, its pictures, and the scale of their difference."""

from collections.abc import Mapping

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.augment.engine import Partner
from studio.dataset.library import Library
from studio.dataset.scoring.methods import Method
from studio.dataset.scoring.record import Scores
from studio.errors import UserError
from studio.qt.errors import report as report_error
from studio.qt.latest import Latest
from studio.qt.scoring.legend import DifferenceLegend
from studio.qt.scoring.parts import make_flat_button, name_control, name_method
from studio.qt.scoring.picture_view import PictureView
from studio.qt.scoring.pictures import PictureMaker, Pictures, Wanted

_PATIENCE = 250


class PicturePane(QWidget):
    """Fills the chosen image again on a thread of its own, as it was scored, and shows it."""

    image_changed = Signal()
    """Another image is the chosen one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PictureView()
        self._image = QComboBox()
        self._previous = make_flat_button("previous", "chevron-left", self.tr("Previous image"))
        self._next = make_flat_button("next", "chevron-right", self.tr("Next image"))
        self._legend = DifferenceLegend()
        self._fit = make_flat_button("fit", "fit", self.tr("Show the whole pictures"))
        self._actual = make_flat_button(
            "actual_size", "actual-size", self.tr("One image pixel on one screen pixel")
        )
        self._library: Library | None = None
        self._scores: Scores | None = None
        self._partner: Partner | None = None
        self._method: Method | None = None
        self._methods: dict[str, Method] = {}
        self._wanted: Wanted | None = None
        self._latest: Latest | None = None
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._lay_out()
        self._connect()
        self.clear("")

    def set_methods(self, methods: Mapping[str, Method]) -> None:
        """Set what the methods' names stand for."""
        self._methods = dict(methods)

    def show_scores(self, library: Library, scores: Scores, partner: Partner | None) -> None:
        """Offer the images of a scoring; pictures come with `show_method`."""
        self._library, self._scores, self._partner = library, scores, partner
        kept = self.key()
        with QSignalBlocker(self._image):
            self._image.clear()
            self._image.addItems([row.key for row in scores.rows])
            self._image.setCurrentIndex(max(0, self._image.findText(kept)))
        self._follow_image()

    def show_method(self, method: Method | None) -> None:
        """Show what this method made of the chosen image; None leaves it to the best one on it."""
        self._method = method
        self._request()

    def clear(self, text: str, detail: str = "") -> None:
        """Show a text in place of pictures, and offer no images."""
        self._scores = self._wanted = None
        self._patience.stop()
        if self._latest is not None:
            self._latest.request(None)
        with QSignalBlocker(self._image):
            self._image.clear()
        self.view.show_message(text, detail)
        self._legend.show_levels(0)
        self._follow_ability()

    def key(self) -> str:
        """Return the chosen image's key, "" while there is none."""
        return self._image.currentText()

    def close_thread(self) -> None:
        """End the thread that makes pictures; asking for others starts a new one."""
        self._patience.stop()
        self._wanted = None
        if self._latest is not None:
            self._latest.close()
            self._latest.deleteLater()
            self._latest = None

    # Pictures

    @Slot()
    def _request(self) -> None:
        if self._scores is None or self._library is None or not self.key():
            return
        method = self._method or self._find_best(self._scores)
        if method is None:
            return
        shown = self._wanted
        scale = 0.0
        if self.view.has_pictures and shown is not None and shown.key == self.key():
            scale = self.view.needed_scale()
        self._ask(
            Wanted(
                library=self._library,
                scores=self._scores,
                key=self.key(),
                method=method,
                scale=scale,
                levels=self._legend.levels(),
                partner=self._partner,
            )
        )

    def _ask(self, wanted: Wanted) -> None:
        if self._latest is None:
            self._latest = Latest(PictureMaker().make, self)
            self._latest.ready.connect(self._show)
            self._latest.failed.connect(self._fail)
        self._wanted = wanted
        self._patience.start()
        self._latest.request(wanted)

    def _find_best(self, scores: Scores) -> Method | None:
        return self._methods.get(scores.row(self.key()).best)

    @Slot(object, object)
    def _show(self, wanted: Wanted | None, pictures: Pictures) -> None:
        if wanted is None or wanted is not self._wanted or self._scores is None:
            return
        self._patience.stop()
        row = self._scores.row(wanted.key)
        score = row.fills[wanted.method.name]
        filled = self.tr("{method}, {psnr} dB").format(
            method=name_method(wanted.method), psnr=f"{score.psnr:.2f}"
        )
        size = f"{pictures.size.width()} × {pictures.size.height()}"
        text = self.tr("{share} %, as in {name}") if row.like not in ("", row.key) else "{share} %"
        hidden = text.format(share=f"{row.share:.3g}", name=row.like)
        worst = self.tr("{levels} at most").format(levels=pictures.worst)
        self._legend.show_levels(pictures.levels)
        self.view.show_pictures(pictures, (size, hidden, filled, worst))
        self._follow_scale()

    @Slot()
    def _follow_scale(self) -> None:
        wanted = self._wanted
        if wanted is None or not self.view.has_pictures:
            return
        scale = self.view.needed_scale()
        if scale != wanted.scale:
            self._ask(replace(wanted, scale=scale))

    @Slot(object, object)
    def _fail(self, wanted: Wanted, error: Exception) -> None:
        if wanted is not self._wanted:
            return
        self._patience.stop()
        if isinstance(error, UserError):
            text = self.tr("There are no pictures of this image")
            self.view.show_message(text, error.message, is_problem=True)
        else:
            report_error(error)

    # Choosing

    @Slot()
    def _choose_previous(self) -> None:
        self._step(-1)

    @Slot()
    def _choose_next(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        index = self._image.currentIndex() + by
        if 0 <= index < self._image.count():
            self._image.setCurrentIndex(index)

    @Slot()
    def _follow_image(self) -> None:
        self._follow_ability()
        self._image.setToolTip(self.key() or self.tr("The image whose pictures are shown"))
        self.image_changed.emit()
        self._request()

    def _follow_ability(self) -> None:
        index, count = self._image.currentIndex(), self._image.count()
        self._image.setEnabled(count > 0)
        self._previous.setEnabled(index > 0)
        self._next.setEnabled(0 <= index < count - 1)
        for widget in (self._legend, self._fit, self._actual):
            widget.setEnabled(count > 0)

    # Building

    def _connect(self) -> None:
        self._image.currentIndexChanged.connect(self._follow_image)
        self._previous.clicked.connect(self._choose_previous)
        self._next.clicked.connect(self._choose_next)
        self._legend.changed.connect(self._request)
        self._fit.clicked.connect(self.view.fit)
        self._actual.clicked.connect(self.view.actual_size)
        self.view.proxy_scale_changed.connect(self._follow_scale)
        self._patience.timeout.connect(self.view.show_waiting)

    def _lay_out(self) -> None:
        tip = self.tr("The image whose pictures are shown")
        name_control(self._image, "image", self.tr("Image"), tip)
        self._image.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._image.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._image.setMinimumContentsLength(12)
        self._image.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        above = QHBoxLayout()
        above.setSpacing(4)
        for widget in (self._image, self._previous, self._next):
            above.addWidget(widget)
        below = QHBoxLayout()
        below.setSpacing(4)
        below.addWidget(self._legend)
        below.addStretch(1)
        below.addWidget(self._fit)
        below.addWidget(self._actual)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(above)
        column.addWidget(self.view, 1)
        column.addLayout(below)
