"""TensorBoard's event files: the figures as scalars and the grids as images, by images seen."""

import time
from pathlib import Path
from typing import Any

import tensorflow as tf

from studio.gan.reports import Grid, Quality, Reference, Report, Stats

_STATS = (
    *("loss_d", "loss_g", "score_real", "score_made", "accuracy"),
    *("penalty_real", "penalty_made", "images_per_second"),
)
_QUALITY = ("kid", "density", "coverage", "agreement")


_Value = tf.compat.v1.Summary.Value


def _describe(plugin: str, kind: int) -> Any:
    """Return what tells TensorBoard how to show a tensor. Its own package is not needed for it."""
    proto = tf.compat.v1.SummaryMetadata
    return proto(plugin_data=proto.PluginData(plugin_name=plugin), data_class=kind)


_SCALAR = _describe("scalars", 1)
_PICTURES = _describe("images", 3)


class EventFile:
    """Writes what reports tell to `folder`; the file is made with the first one that is kept.

    Event by event, as `tf.summary` takes five milliseconds for what is half of one here.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: Any = None

    def note(self, report: Report) -> None:
        """Keep figures and pictures; other reports have none."""
        if isinstance(report, Stats):
            self._note_figures("training", _STATS, report, report.images)
        elif isinstance(report, Quality):
            part = "held out" if isinstance(report, Reference) else "quality"
            self._note_figures(part, _QUALITY, report, report.images)
        elif isinstance(report, Grid):
            pictures = {"average": report.average, "raw": report.raw}
            values = [self._describe_picture(*picture) for picture in pictures.items()]
            self._write(report.images, values)

    def close(self) -> None:
        """Bring everything to the disk."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _note_figures(self, part: str, names: tuple[str, ...], report: Report, step: int) -> None:
        values = []
        for name in names:
            value = getattr(report, name)
            if value is not None:
                tensor = tf.make_tensor_proto(value, tf.float32)
                values.append(_Value(tag=f"{part}/{name}", tensor=tensor, metadata=_SCALAR))
        self._write(step, values)

    def _describe_picture(self, kind: str, name: str) -> Any:
        # As TensorBoard wants them: width, height, then the picture's own bytes.
        content = (self._folder / name).read_bytes()
        width, height = (str(int.from_bytes(content[at : at + 4])).encode() for at in (16, 20))
        tensor = tf.make_tensor_proto([width, height, content], tf.string)
        return _Value(tag=f"samples/{kind}", tensor=tensor, metadata=_PICTURES)

    def _write(self, step: int, values: list[Any]) -> None:
        if self._writer is None:
            path = self._folder / f"events.out.tfevents.{time.time():.6f}.v2"
            self._writer = tf.io.TFRecordWriter(str(path))
            self._write_event(file_version="brain.Event:2")
        self._write_event(step=step, summary=tf.compat.v1.Summary(value=values))
        self._writer.flush()

    def _write_event(self, **content: Any) -> None:
        event = tf.compat.v1.Event(wall_time=time.time(), **content)
        self._writer.write(event.SerializeToString())
