"""A generator as Keras keeps it: `generator.keras`, read in safe mode."""

import zipfile
from pathlib import Path

import keras

from studio.errors import UserError

# Registers the layers of our own, without which Keras would not know them.
from studio.gan.networks import spectral  # noqa: F401

_SUFFIX = ".keras"


def load_generator_file(path: Path) -> keras.Model:
    """Return the generator in a `.keras` file: latents (N, L) and labels (N,) in, images out.

    UserError for another kind of file, a damaged one, or one that would run code of its own.
    """
    if path.suffix != _SUFFIX:
        raise UserError(f"{path}: is no {_SUFFIX} file", "Other kinds can run code when read.")
    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
        if "lambda" in str(error).lower():
            message = f"{path}: is refused: it holds code that would run when it is read"
            raise UserError(message, "Take generators only from those you trust.") from error
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(f"{path}: cannot be read: {reason}") from error
    if len(model.inputs) != 2 or len(model.outputs) != 1:
        raise UserError(f"{path}: is no generator", "It must take latents and labels.")
    return model
