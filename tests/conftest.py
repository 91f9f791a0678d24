"""What every test needs: no display, no network, and user folders of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["AUGSTUDIO_HOME"] = tempfile.mkdtemp(prefix="augstudio-tests-")


@pytest.fixture(scope="session", autouse=True)
def _user_folders() -> Iterator[None]:
    yield
    shutil.rmtree(os.environ["AUGSTUDIO_HOME"], ignore_errors=True)
