"""What a function raised, as the texts that its caller sees."""

from __future__ import annotations

import os
from typing import Any, NamedTuple, Optional

from motorpool.functions.loading import LOADED

LIMIT = 16 * 1024
_MESSAGE = 8 * 1024
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_PLUMBING = ("<frozen importlib", os.sep + "asyncio" + os.sep, os.sep + "importlib" + os.sep)


class Failure(NamedTuple):
    """The members of an error's report."""

    exception: str
    message: str
    traceback: Optional[str]

    @staticmethod
    def of(thrown: BaseException) -> Failure:
        return Failure(name_of(type(thrown)), message_of(thrown), _traceback(thrown))


def name_of(kind: type) -> str:
    """The qualified name; builtins have no module."""
    module = kind.__module__
    if module in ("builtins", "__main__") or not isinstance(module, str):
        return kind.__qualname__
    return ("motorpool" if module == "motorpool.errors" else module) + "." + kind.__qualname__


def message_of(thrown: BaseException) -> str:
    try:
        text = str(thrown)
    except BaseException:
        return ""
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= _MESSAGE else text[: _MESSAGE - 3] + "..."


def place_of(thrown: BaseException) -> Optional[tuple[str, int]]:
    """File and line of the innermost frame that is neither ours nor of the import system."""
    place = None
    step = thrown.__traceback__
    while step is not None:
        if not _is_plumbing(step.tb_frame.f_code.co_filename):
            place = (step.tb_frame.f_code.co_filename, step.tb_lineno)
        step = step.tb_next
    return place


def _traceback(thrown: BaseException) -> Optional[str]:
    try:
        import traceback

        _prime_lines()
        formatted = traceback.TracebackException(type(thrown), thrown, _function_frames(thrown))
        _leave_out_own_frames(formatted)
        text = "".join(formatted.format())
    except BaseException:  # a hostile exception, or no memory
        return None
    text = text.encode("utf-8", "replace").decode()
    if len(text) <= LIMIT:
        return text
    # The beginning says where it came from, the end what it was.
    return text[: LIMIT // 3] + "\n  ...\n" + text[-(LIMIT * 2 // 3 - 10) :]


def _leave_out_own_frames(formatted: Any) -> None:
    """Removes the worker's frames from an exception and its causes, as of an interrupt."""
    waiting = [formatted]
    for each in waiting:  # a cause cannot be seen twice, so this ends
        each.stack[:] = [frame for frame in each.stack if not frame.filename.startswith(_PACKAGE)]
        waiting += [cause for cause in (each.__cause__, each.__context__) if cause is not None]


def _function_frames(thrown: BaseException) -> Any:
    """The traceback without the frames by which the worker or Python's import came to the function."""
    step = thrown.__traceback__
    while step is not None and _is_plumbing(step.tb_frame.f_code.co_filename):
        step = step.tb_next
    return step


def _is_plumbing(file: str) -> bool:
    return file.startswith(_PACKAGE) or any(part in file for part in _PLUMBING)


def _prime_lines() -> None:
    """Lets tracebacks quote what was loaded, even if the author has changed the file since."""
    import linecache

    for shown, path in list(LOADED.items()):
        entry = linecache.cache.get(shown)
        if entry is None or len(entry) == 1 or entry[1] is not None:
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    lines = file.readlines()
            except OSError:
                continue
            linecache.cache[shown] = (sum(map(len, lines)), None, lines, shown)
