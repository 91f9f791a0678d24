"""Python pickles that hold plain containers and arrays of numbers; nothing in them is ever run.

The unpickler is Python's own, in Python, cut down to the operations that such pickles use. What
stands for numpy's functions only keeps what it is given: hostile arguments reach no code of numpy.
"""

import io
import pickle
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.dataset.archives.region import ArchiveError
from studio.dataset.archives.stream import faults_as

_ADMITTED = (
    pickle.PROTO,
    pickle.FRAME,
    pickle.STOP,
    pickle.MARK,
    pickle.NONE,
    pickle.NEWTRUE,
    pickle.NEWFALSE,
    pickle.INT,
    pickle.BININT,
    pickle.BININT1,
    pickle.BININT2,
    pickle.LONG1,
    pickle.BINFLOAT,
    pickle.STRING,
    pickle.BINSTRING,
    pickle.SHORT_BINSTRING,
    pickle.BINBYTES,
    pickle.SHORT_BINBYTES,
    pickle.BINBYTES8,
    pickle.UNICODE,
    pickle.BINUNICODE,
    pickle.SHORT_BINUNICODE,
    pickle.BINUNICODE8,
    pickle.EMPTY_LIST,
    pickle.LIST,
    pickle.APPEND,
    pickle.APPENDS,
    pickle.EMPTY_TUPLE,
    pickle.TUPLE,
    pickle.TUPLE1,
    pickle.TUPLE2,
    pickle.TUPLE3,
    pickle.EMPTY_DICT,
    pickle.DICT,
    pickle.SETITEM,
    pickle.SETITEMS,
    pickle.GLOBAL,
    pickle.STACK_GLOBAL,
    pickle.REDUCE,
    pickle.BUILD,
    pickle.PUT,
    pickle.BINPUT,
    pickle.LONG_BINPUT,
    pickle.MEMOIZE,
    pickle.GET,
    pickle.BINGET,
    pickle.LONG_BINGET,
)
_KEYS = (str, bytes, int)
_NUMBERS = frozenset(["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "b1"])


class _Type:
    """Stands for a numpy.dtype."""

    def __init__(self, name: Any = "", *_: Any) -> None:
        self.name = name.decode("latin-1") if isinstance(name, bytes) else str(name)
        self.order = "<"

    def __setstate__(self, state: Any) -> None:
        order = state[1]
        self.order = order.decode("latin-1") if isinstance(order, bytes) else str(order)


class _Array:
    """Stands for a numpy.ndarray."""

    def __init__(self, *_: Any) -> None:
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def values(self) -> NDArray[Any]:
        _, shape, dtype, is_fortran, raw = self.state
        if not isinstance(dtype, _Type) or dtype.name not in _NUMBERS:
            raise ArchiveError("holds an array of something else than whole numbers")
        if isinstance(raw, str):
            raw = raw.encode("latin-1")
        order = dtype.order if dtype.order in "<>" else "<"
        values = np.frombuffer(raw, order + dtype.name)
        return values.reshape(shape, order="F" if is_fortran else "C")


class _Class:
    """Stands for numpy.ndarray itself, which is only ever an argument."""


def _encode(text: str, encoding: str = "latin-1") -> bytes:
    if encoding not in ("latin1", "latin-1"):
        raise pickle.UnpicklingError("an encoding of another kind")
    return text.encode("latin-1")


_KNOWN = {
    ("numpy", "dtype"): _Type,
    ("numpy", "ndarray"): _Class,
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
    ("_codecs", "encode"): _encode,
}


class _Unpickler(pickle._Unpickler):
    stack: list[Any]
    append: Callable[[Any], None]
    pop_mark: Callable[[], list[Any]]
    dispatch: ClassVar[dict[int, Callable[..., Any]]] = {
        code[0]: pickle._Unpickler.dispatch[code[0]] for code in _ADMITTED
    }

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _KNOWN[module, name]
        except (KeyError, TypeError):
            raise ArchiveError(
                f"holds Python code ({module}.{name}); only arrays and plain containers are read"
            ) from None

    def load_reduce(self) -> None:
        arguments, function = self.stack[-1], self.stack[-2]
        if not isinstance(arguments, tuple) or function not in _KNOWN.values():
            raise pickle.UnpicklingError("a call of something else")
        self.stack[-2:] = [function(*arguments)]

    def load_build(self) -> None:
        state = self.stack.pop()
        if not isinstance(self.stack[-1], _Array | _Type):
            raise pickle.UnpicklingError("a state of something else")
        self.stack[-1].__setstate__(state)

    def load_setitem(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._set((key, value))

    def load_setitems(self) -> None:
        self._set(self.pop_mark())

    def load_dict(self) -> None:
        items = self.pop_mark()
        self.append({})
        self._set(items)

    def _set(self, items: Any) -> None:
        # The hash of nested tuples can take for ever.
        if not isinstance(self.stack[-1], dict) or len(items) % 2:
            raise pickle.UnpicklingError("an item of something else")
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, _KEYS):
                raise pickle.UnpicklingError("a key of another kind")
            self.stack[-1][key] = value

    for _code, _function in (
        (pickle.REDUCE, load_reduce),
        (pickle.BUILD, load_build),
        (pickle.SETITEM, load_setitem),
        (pickle.SETITEMS, load_setitems),
        (pickle.DICT, load_dict),
    ):
        dispatch[_code[0]] = _function


def read_pickle(data: bytes) -> dict[str, Any]:
    """Return the dictionary that a pickle holds, with texts for its keys and arrays for numpy's.

    ArchiveError for all that holds anything else than arrays, containers, texts and numbers.
    """
    with faults_as("is truncated or damaged, or nested too deeply"):
        found = _Unpickler(io.BytesIO(data), encoding="bytes").load()
        if not isinstance(found, dict):
            raise ArchiveError("holds no table of arrays")
        return {_text(key): _resolve(value) for key, value in found.items()}


def _resolve(value: Any) -> Any:
    return value.values() if isinstance(value, _Array) else value


def _text(key: Any) -> str:
    return key.decode("latin-1") if isinstance(key, bytes) else str(key)
