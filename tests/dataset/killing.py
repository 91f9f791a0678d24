"""Exports that are killed and resumed: `python -m tests.dataset.killing FOLDER COUNT`.

FOLDER holds `set`. Every export runs in a process that is forked from this one, which has loaded
the program, and killed at a random moment of the time that a whole one takes. Ends with code 0 if
each, resumed, came out like the whole one.
"""

import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from studio.augment.recipe import starting_recipe
from studio.dataset.exports.export import export
from studio.dataset.exports.manifest import MANIFEST
from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import open_library
from tests.dataset.trees import contents, drain

OPTIONS = ExportOptions(copies=4, include_originals=True, workers=2)


def begin(source: Path, out: Path) -> int:
    """Export in a process of its own, or resume what is there; return its number."""
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        resume = (out / MANIFEST).exists()
        drain(export(open_library(source), starting_recipe(), out, OPTIONS, resume=resume))
        code = 0
    finally:
        os._exit(code)


def main(folder: Path, count: int) -> None:
    """Kill and resume so many exports; some are killed again while they are resumed."""
    source, out, seconds = folder / "set", folder / "out", 0.0
    for _ in range(2):
        shutil.rmtree(out, ignore_errors=True)
        start = time.perf_counter()
        assert os.waitpid(begin(source, out), 0)[1] == 0
        seconds = time.perf_counter() - start
    whole = contents(out)
    dice = random.Random()
    kept: list[int] = []
    for number in range(count):
        shutil.rmtree(out)
        for _ in range(1 + number % 2):
            process = begin(source, out)
            time.sleep(dice.uniform(0, seconds))
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        there = out / MANIFEST
        kept.append(there.read_bytes().count(b"\n") - 1 if there.exists() else -1)
        assert os.waitpid(begin(source, out), 0)[1] == 0
        found = contents(out)
        other = sorted(name for name in {*whole, *found} if found.get(name) != whole.get(name))
        assert not other, other
    print(f"{seconds:.2f} s for a whole one; files there when killed: {sorted(kept)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
