"""Hours at the window in minutes: `python -m tests.benchmarks.soak MINUTES`.

Opens data sets, looks at images, drags sliders, undoes, plans and writes exports, opens menus and
dialogs, over and over in the real window, and measures what is left behind.
"""

import ctypes
import gc
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from studio.qt.window import Window

_TIMEOUT = 60_000


class Figures(NamedTuple):
    """What the program holds: memory in bytes, and numbers of things.

    `memory` is what the system gave the process, free pieces that the allocator keeps among it;
    `in_use` is what was asked of the allocator and not given back.
    """

    memory: int
    in_use: int
    children: int
    objects: int
    threads: int
    windows: int
    files: int

    def __str__(self) -> str:
        return (
            f"{self.memory / 1e6:6.1f} MB, {self.in_use / 1e6:.1f} of them in use,"
            f" {self.children:,} Qt objects in the window,"
            f" {self.objects:,} objects of Python, {self.threads} threads, {self.windows} windows,"
            f" {self.files} open files"
        )


class Soak:
    """The window on data sets of its own, below `home`, and rounds of work in it.

    `widths` in pixels are those of its photos, of its drawings, and of one large photo.
    """

    def __init__(
        self, home: Path, images: int = 24, widths: tuple[int, int, int] = (320, 96, 1000)
    ) -> None:
        from studio.qt.app import open_window

        self._home = home
        self._rounds = 0
        photo, drawing, large = widths
        self._sets = (home / "photos", home / "drawings")
        for number in range(images):
            _write(self._sets[0] / f"class {number % 3}" / f"{number}.jpg", photo, number)
            _write(
                self._sets[1] / ("train", "test")[number % 2] / "a" / f"{number}.png",
                drawing,
                number,
            )
        _write(self._sets[0] / "class 0" / "large.png", large, 99)
        (self._sets[1] / "train" / "a" / "broken.png").write_bytes(b"no image")
        self._painted = 0
        self.window: Window = open_window(self._sets[0])
        self.window.augment_page.canvas.painted.connect(self._note_painted)

    def close(self) -> None:
        self.window.close()

    def work(self) -> None:
        """Do one round of everything."""
        self._rounds += 1
        self._open(self._sets[self._rounds % 2])
        self._look_around()
        self._edit()
        self._plan_and_export()
        self._visit_the_rest()

    def export_with_processes(self) -> None:
        """Write so many small files that processes do it."""
        folder = self._home / "tiny"
        for number in range(40):
            _write(folder / "a" / f"{number}.png", 12, number)
        self._open(folder)
        self._export(copies=100)

    def measure(self) -> Figures:
        """Return what is held when everything that could go has gone."""
        from PySide6.QtCore import QObject
        from PySide6.QtWidgets import QApplication

        # The same is open each time, and what is under way has come to an end.
        self._open(self._sets[1])
        _rest(400)
        gc.collect()
        if sys.platform == "linux":
            # What is free but kept for later is no leak.
            ctypes.CDLL(None).malloc_trim(0)
        return Figures(
            memory=_resident_bytes(),
            in_use=_bytes_in_use(),
            children=len(self.window.findChildren(QObject)),
            objects=len(gc.get_objects()),
            threads=threading.active_count(),
            windows=len(QApplication.topLevelWidgets()),
            files=_count_open_files(),
        )

    def _open(self, folder: Path) -> None:
        window, before = self.window, self.window.library
        _wait(lambda: window.open(folder), lambda: window.library is not before)
        self._paint(lambda: None)

    def _look_around(self) -> None:
        view, page = self.window.augment_page.library_view, self.window.augment_page
        for _ in range(3):
            self._paint(view.select_next)
        self._paint(page.preview.next_draw)
        for change in (page.canvas.actual_size, page.canvas.zoom_in, page.canvas.fit):
            change()
            _rest(10)

    def _edit(self) -> None:
        from superqt import QDoubleRangeSlider

        session = self.window.session
        slider = self.window.findChild(QDoubleRangeSlider, "step.rotate.angle.slider")
        assert slider is not None
        for step in range(6):
            value = (-20.0, -10.0 + (self._rounds * 3 + step) % 40)
            self._paint(partial(slider.setValue, value))
            session.end_merge()
        self._paint(lambda: session.edit(session.recipe.with_added("gaussian_blur"), "add"))
        self._paint(lambda: session.edit(session.recipe.with_added("mixup"), "add"))
        for _ in range(4):
            self._paint(session.history.undo)

    def _plan_and_export(self) -> None:
        page, dry_run = self.window.export_page, self.window.export_page._dry_run
        done: list[Any] = []
        dry_run.ready.connect(done.append)
        self.window.show_export()
        page._forecast()
        _wait(lambda: None, lambda: bool(done))
        dry_run.ready.disconnect(done.append)
        self._export(copies=1 + self._rounds % 2)

    def _export(self, copies: int) -> None:
        from PySide6.QtWidgets import QLineEdit

        from studio.qt.recipe.number_field import NumberField

        out, page = self._home / "out", self.window.export_page
        self.window.show_export()
        _find(page, NumberField, "export.copies").setValue(copies)
        _find(page, QLineEdit, "export.target").setText(str(out))
        _wait(page.start, lambda: not page.is_running())
        assert any(out.iterdir())
        shutil.rmtree(out)
        self.window.show_augment()

    def _visit_the_rest(self) -> None:
        from PySide6.QtWidgets import QDialog, QMenu

        actions = self.window.actions_by_name
        for name in ("show_preferences", "show_shortcuts", "show_about"):
            actions[name].trigger()
            for dialog in self.window.findChildren(QDialog):
                dialog.close()
        recent = actions["open_recent"].menu()
        assert isinstance(recent, QMenu)
        recent.aboutToShow.emit()
        theme = "theme_dark" if self._rounds % 2 else "theme_light"
        for name in (theme, "wipe", "side_by_side"):
            actions[name].trigger()
            _rest(10)
        self.window.message_bar.show_error("A fault", "", "details")
        self.window.message_bar.show_notice("Saved")
        self.window.message_bar.dismiss()
        self.window.message_bar.dismiss()

    def _paint(self, act: Callable[[], object]) -> None:
        """Do something, and wait until the newest picture is painted."""
        preview = self.window.augment_page.preview
        _wait(act, lambda: self._painted == preview.generation)

    def _note_painted(self, generation: int) -> None:
        self._painted = generation


def soak(minutes: float, home: Path) -> None:
    """Work for so long, and print what is held every now and then."""
    work = Soak(home)
    work.export_with_processes()
    for _ in range(5):
        work.work()
    begin, rounds = time.monotonic(), 0
    first = work.measure()
    print(f"after warming up: {first}", flush=True)
    told = begin
    while time.monotonic() - begin < 60 * minutes:
        work.work()
        rounds += 1
        if time.monotonic() - told > 60:
            told = time.monotonic()
            print(f"{rounds:5} rounds: {work.measure()}", flush=True)
    last = work.measure()
    print(f"{rounds:5} rounds: {last}")
    growth = (last.memory - first.memory) / 1e6
    each = 1000 * growth / max(1, rounds)
    print(f"growth {growth:+.1f} MB in {minutes:g} min, {each:+.1f} kB a round")
    work.close()


def _find(page: Any, kind: type, name: str) -> Any:
    found = page.findChild(kind, name)
    assert found is not None, name
    return found


def _wait(act: Callable[[], object], is_done: Callable[[], bool]) -> None:
    from PySide6.QtCore import QElapsedTimer

    act()
    clock = QElapsedTimer()
    clock.start()
    while not is_done() and clock.elapsed() < _TIMEOUT:
        _rest(2)
    assert is_done()


def _rest(milliseconds: int) -> None:
    from PySide6.QtTest import QTest

    QTest.qWait(milliseconds)


def _resident_bytes() -> int:
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class _Mallinfo(ctypes.Structure):
    """`struct mallinfo2` of glibc 2.33 and newer."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def _bytes_in_use() -> int:
    """Return the bytes allocated with malloc, or where they are not told, those of the process."""
    ask = getattr(ctypes.CDLL(None), "mallinfo2", None) if sys.platform == "linux" else None
    if ask is None:
        return _resident_bytes()
    ask.restype = _Mallinfo
    told = ask()
    return int(told.uordblks + told.hblkhd)


def _count_open_files() -> int:
    """Return the fewest of several looks: what is read at a moment is closed by the next."""
    if sys.platform != "linux":
        return 0
    counts = []
    for _ in range(10):
        counts.append(len(list(Path("/proc/self/fd").iterdir())))
        _rest(50)
    return min(counts)


def _write(path: Path, width: int, seed: int) -> None:
    from tests.qt.conftest import write_photo

    write_photo(path, (width, width * 3 // 4), seed)


def try_short(home: Path, rounds: int) -> list[Figures]:
    """Work so many rounds; return what was held before and after each, all warmed up."""
    # All of a size: threads keep the memory they worked in, and which got a large one is chance.
    work = Soak(home, images=8, widths=(720, 720, 720))
    work.export_with_processes()
    for _ in range(2):
        work.work()
    figures = [work.measure()]
    for _ in range(rounds):
        work.work()
        figures.append(work.measure())
    work.close()
    return figures


def main() -> None:
    """Work for the minutes given, ten by default."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["AUGSTUDIO_HOME"] = home
        from studio.qt.app import build_app

        app = build_app()
        soak(float(sys.argv[1]) if len(sys.argv) > 1 else 10, Path(home))
        app.quit()


if __name__ == "__main__":
    main()
