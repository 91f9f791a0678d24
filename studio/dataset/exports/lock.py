"""One writer for a target at a time. A lock that a dead process has left is no obstacle."""

# ruff: noqa: PTH108, PTH116
import contextlib
import errno
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.dataset.atomic_file import OURS
from studio.errors import UserError

LOCK = f"{OURS}.lock"
_FLAGS = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NOINHERIT", 0)
_LONGEST_TEXT = 300
_LONGEST_WAIT = 10.0
_PAUSE = 0.05
_UNSUPPORTED = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


@contextmanager
def locked(out: Path) -> Iterator[int]:
    """Be the only one to write to a folder; give the lock's handle, which other processes may hold.

    UserError where somebody else writes to it, naming the process. The operating system lets go of
    the lock when the last process that holds it is dead. OSError where the folder takes no lock.
    """
    path = str(out / LOCK)
    handle = _take_patiently(out, path)
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()} {socket.gethostname()}".encode())
        yield handle
    finally:
        _release(handle, path)


def check_unlocked(out: Path) -> None:
    """Raise UserError while somebody writes to the folder. Nothing is written."""
    path = str(out / LOCK)
    try:
        handle = os.open(path, os.O_RDONLY | _FLAGS & ~os.O_RDWR)
    except OSError:
        return
    try:
        if not _try_lock(handle, shared=True):
            raise _refusal(out, _read_name(handle))
    finally:
        os.close(handle)


def _take_patiently(out: Path, path: str) -> int:
    end = time.monotonic() + _LONGEST_WAIT
    while True:
        handle = os.open(path, _FLAGS | os.O_CREAT, 0o666)
        try:
            if _try_lock(handle):
                if _is_at(handle, path):
                    return handle
            else:
                name = _read_name(handle)
                if not _is_dead(name) or time.monotonic() > end:
                    raise _refusal(out, name)
                # Worker processes end as soon as they notice that theirs is gone.
                threading.Event().wait(_PAUSE)
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _release(handle: int, path: str) -> None:
    with contextlib.suppress(OSError):
        if sys.platform != "win32":
            # As long as the lock is held: afterwards the file may be somebody else's.
            os.unlink(path)
    os.close(handle)
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            os.unlink(path)


def _is_at(handle: int, path: str) -> bool:
    """Tell whether the open file is still the one of that name, not one its owner has removed."""
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path, follow_symlinks=False))
    except FileNotFoundError:
        return False


def _try_lock(handle: int, *, shared: bool = False) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            # Far behind the text, which others may want to read.
            os.lseek(handle, 1 << 30, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True
    import fcntl

    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        # Some network folders know no locks; there the name in the file has to do.
        name = _read_name(handle)
        return not name or _is_dead(name)
    return True


def _read_name(handle: int) -> str:
    """Return what the owner wrote: process and host, or nothing yet."""
    os.lseek(handle, 0, os.SEEK_SET)
    return os.read(handle, _LONGEST_TEXT).decode(errors="replace")


def _is_dead(name: str) -> bool:
    number, _, host = name.partition(" ")
    if host != socket.gethostname() or not number.isdecimal() or sys.platform == "win32":
        return False
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:
        return False
    return False


def _refusal(out: Path, name: str) -> UserError:
    number, _, host = name.partition(" ")
    if _is_dead(name):
        message = f"{out}: processes that an export has left behind are still writing to it"
        return UserError(message, "Wait until they are done, or end them.")
    who = f"process {number} on {host}" if number.isdecimal() and host else "another process"
    return UserError(f"{out}: {who} is writing to it", "Wait until it is done, or stop it.")
