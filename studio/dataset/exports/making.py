"""Make the files of an export's jobs. Any worker can, thread or process."""

import os
from contextlib import suppress

import cv2
from msgspec import Struct

from studio.augment.plan import Plan
from studio.dataset.atomic_file import write_atomic
from studio.dataset.exports.copies import Item, Order, render_copies
from studio.dataset.exports.manifest import Entry, encode_line
from studio.dataset.exports.mixing import with_labels
from studio.dataset.exports.source import Loaded, load_source
from studio.dataset.hashes import hash_bytes
from studio.dataset.reading.image_file import ImageError
from studio.errors import UserError


class Job(Struct, frozen=True):
    """The items that one worker makes at a stretch; all of it is plain data."""

    order: Order
    items: tuple[Item, ...]


class Done(Struct, frozen=True):
    """What became of an item: its files, and why there are not all of them.

    `lines` are the manifest's, `latest` is the file written last, below the target. `reason` is a
    fault of the image, `fault` one of the target.
    """

    item: Item
    lines: bytes = b""
    files: int = 0
    size: int = 0
    latest: str = ""
    reason: str = ""
    fault: OSError | None = None


def make_copies(job: Job) -> list[Done]:
    """Write the job's copies, each file whole or not at all.

    An image that cannot be read or worked on, and a target that takes no file, are told in the
    result, beside the files that were written before. Nothing follows a fault of the target.
    """
    done: list[Done] = []
    for item in job.items:
        done.append(_make_item(job.order, item))
        if done[-1].fault:
            break
    return done


def _make_item(order: Order, item: Item) -> Done:
    try:
        source = load_source(order.store, item.key)
    except ImageError as error:
        return Done(item, reason=error.reason)
    except MemoryError:
        return Done(item, reason="is too large for this machine's memory")
    written = _Written(order, item.key, source)
    faults: list[str] = []
    try:
        if item.original:
            original = order.store.as_file(item.key, source.content)
            written.write(item.original, 0, None, original, {})
        for copy in render_copies(order, item, source, faults):
            written.write(copy.name, copy.plan.variant, copy.plan, copy.data, copy.partners)
    except ImageError as error:
        return written.done(item, error.reason)
    except (UserError, cv2.error, MemoryError) as error:
        return written.done(item, f"cannot be worked on: {error}")
    except OSError as error:
        return written.done(item, fault=error)
    return written.done(item, faults[0] if faults else "")


class _Written:
    """The files that were written for one item."""

    def __init__(self, order: Order, key: str, source: Loaded) -> None:
        self._order = order
        self._key = key
        self._source = source
        self._entries: list[Entry] = []
        self._size = 0

    def write(
        self, output: str, variant: int, plan: Plan | None, data: bytes, partners: dict[str, str]
    ) -> None:
        out = self._order.out
        path = f"{out}/{output}"
        try:
            write_atomic(path, data)
        except FileNotFoundError:
            # Only the first file of a folder pays for making it.
            _make_folders(str(out), output)
            write_atomic(path, data)
        self._size += len(data)
        entry = Entry(
            output=output,
            source=self._key,
            variant=variant,
            plan=plan,
            size=len(data),
            hash=hash_bytes(data),
            source_hash=self._source.hash,
            partners=partners,
        )
        self._entries.append(with_labels(entry, self._order.classes))

    def done(self, item: Item, reason: str = "", fault: OSError | None = None) -> Done:
        entries = self._entries
        return Done(
            item,
            files=len(entries),
            size=self._size,
            lines=b"".join(map(encode_line, entries)),
            latest=entries[-1].output if entries else "",
            reason=reason,
            fault=fault,
        )


def _make_folders(out: str, output: str) -> None:
    """Make the folders of a file below the target, but not the target: where that is gone, fail."""
    folder = out
    for name in output.split("/")[:-1]:
        folder = f"{folder}/{name}"
        # Another worker may be faster; a file of that name shows when the copies are written.
        with suppress(FileExistsError):
            os.mkdir(folder)  # noqa: PTH102
