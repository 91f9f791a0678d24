"""What every test needs: no display, no network, and user folders of its own."""

import atexit
import os
import shutil
import tempfile

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["AUGSTUDIO_HOME"] = tempfile.mkdtemp(prefix="augstudio-tests-")
atexit.register(shutil.rmtree, os.environ["AUGSTUDIO_HOME"], ignore_errors=True)
