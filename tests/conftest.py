"""What every test needs: no display, no network, and user folders of its own."""

import atexit
import os
import shutil
import tempfile
from typing import Any

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["AUGSTUDIO_HOME"] = tempfile.mkdtemp(prefix="augstudio-tests-")
atexit.register(shutil.rmtree, os.environ["AUGSTUDIO_HOME"], ignore_errors=True)

TOGETHER = {
    # One child that has imported TensorFlow is used again by all of them.
    "tests/qt/test_train_page.py": "train page",
    # One training is enough for all of them.
    "tests/gan/test_generate.py": "generate",
    "tests/qt/test_generate_page.py": "generate",
    "tests/test_generate_command.py": "generate",
}
"""Files whose tests run in one worker, and what they are called."""


# Marks of groups (xdist_group) have no effect with pytest 9.2: pytest-xdist #1386.
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return TOGETHER.get(nodeid.partition("::")[0], nodeid)

    return Scheduling(config, log)
