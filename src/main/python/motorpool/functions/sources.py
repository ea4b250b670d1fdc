"""Finds the sources of a directory, imports them, and finds out which functions they expose."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import keyword
import os
import sys
from typing import Any, Callable, Iterator, NamedTuple, Optional

from motorpool.declaring import MARK
from motorpool.functions.loading import Folder
from motorpool.functions.signatures import Function


class Source(NamedTuple):
    """A module or package of the directory; `file` is relative to it."""

    name: str
    file: str


class LoadedSource:
    """What became of a source: its functions, or the reason why there are none."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.functions: list[Function] = []
        self.failed = False
        self.reason: Optional[str] = None
        self.traceback: Optional[str] = None

    def fail(self, reason: str, traceback: Optional[str] = None) -> None:
        self.failed, self.reason, self.traceback, self.functions = True, reason, traceback, []

    def describe(self) -> dict[str, Any]:
        return {
            "name": self.source.name,
            "file": self.source.file,
            "state": "failed" if self.failed else "ready",
            "reason": self.reason,
            "traceback": self.traceback,
            "functions": [function.name for function in self.functions],
        }


def sources_of(directory: str) -> list[Source]:
    """Modules and packages, by name. What begins with `.` or `_` is no source."""
    found = []
    try:
        entries = sorted(os.listdir(directory))
    except OSError:
        return []
    for entry in entries:
        if entry[0] in "._":
            continue
        path = os.path.join(directory, entry)
        if entry.endswith(".py") and os.path.isfile(path):
            found.append(Source(entry[:-3], entry))
        elif os.path.isfile(os.path.join(path, "__init__.py")):
            found.append(Source(entry, entry + "/__init__.py"))
    return found


class SourceLoader:
    """Imports sources one by one, so that a bad one fails alone."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._pid = os.getpid()

    def load(self, source: Source, duplicate: bool = False) -> LoadedSource:
        loaded = LoadedSource(source)
        fault = _unfit_name(source.name) or (
            f"the directory has both {source.name}.py and {source.name}/" if duplicate else None
        )
        if fault is not None:
            loaded.fail(fault)
            return loaded
        tasks = _tasks()
        try:
            self._check_place(source)
            module = importlib.import_module(source.name)
            self._check_process()
            loaded.functions = [
                Function(f"{source.name}.{name}", source.name, target) for name, target in exposed(module)
            ]
            _check_unique(loaded.functions)
        except BaseException as thrown:
            self._check_process()
            loaded.fail(*self._reason(thrown))
        if not loaded.failed and _tasks() > tasks:
            loaded.reason = "importing it has started threads, so workers of kind process are not forked but spawned"
        return loaded

    def _check_place(self, source: Source) -> None:
        """The directory is the last place that modules are searched in."""
        spec = importlib.util.find_spec(source.name)
        expected = os.path.join(self._folder.place, *source.file.split("/"))
        if spec is not None and spec.origin != expected:
            raise ImportError(f"a module of this name comes first: {spec.origin or spec.name}")

    def _check_process(self) -> None:
        if os.getpid() != self._pid:  # the source has forked, and this is the child
            os._exit(0)

    def _reason(self, thrown: BaseException) -> tuple[str, Optional[str]]:
        from motorpool.functions.failures import Failure, message_of, place_of

        failure = Failure.of(thrown)
        if isinstance(thrown, SystemExit):
            text = f"importing it calls sys.exit({message_of(thrown)})"
        elif isinstance(thrown, SyntaxError) and thrown.filename:
            return f"{failure.exception}: {thrown.msg} ({self._relative(thrown.filename)}, line {thrown.lineno})", (
                failure.traceback
            )
        else:
            text = f"{failure.exception}: {failure.message}" if failure.message else failure.exception
        place = place_of(thrown)
        if place is not None:
            text += f" ({self._relative(place[0])}, line {place[1]})"
        return text, failure.traceback

    def _relative(self, path: str) -> str:
        prefix = self._folder.place + os.sep
        return path[len(prefix) :] if path.startswith(prefix) else path


def load_all(
    folder: Folder,
    names: Optional[list[str]] = None,
    before: Callable[[str], None] = lambda name: None,
) -> list[LoadedSource]:
    """Loads all sources, or those of some names; `before` is called with the name of each.

    A name that the directory does not have is a source that has failed.
    """
    loader, seen = SourceLoader(folder), set()
    loaded = []
    for source in sources_of(folder.directory):
        if names is None or source.name in names:
            duplicate = source.name in seen
            seen.add(source.name)
            before(source.name)
            loaded.append(loader.load(source, duplicate))
    for name in names or ():
        if name not in seen:
            missing = LoadedSource(Source(name, name))
            missing.fail("the directory does not have it")
            loaded.append(missing)
    return loaded


def exposed(module: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The functions that a module offers, with the last part of their names."""
    marked: dict[int, tuple[str, Callable[..., Any]]] = {}
    for value in list(vars(module).values()):
        declaration = vars(value).get(MARK) if hasattr(value, "__dict__") and callable(value) else None
        if declaration is not None and _belongs(value, module):
            name = declaration.name or value.__name__
            if name.startswith("_") or not name.isidentifier():
                raise ValueError(f"@function marks {name}, whose name is private; give it another by name=")
            marked.setdefault(id(value), (name, value))
    if marked:
        return iter(marked.values())
    if "__all__" in vars(module):
        return _listed(module)
    return (
        (name, value)
        for name, value in list(vars(module).items())
        if not name.startswith("_") and _is_function(value) and value.__module__ == module.__name__
    )


def _listed(module: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in module.__all__:
        if not hasattr(module, name):
            raise AttributeError(f"__all__ names {name}, which the module does not have")
        value = getattr(module, name)
        if not name.startswith("_") and _is_function(value):
            yield name, value


def _belongs(value: Any, module: Any) -> bool:
    """Modules of a package are no sources, so what they mark is the package's."""
    home = str(getattr(value, "__module__", ""))
    return home == module.__name__ or home.startswith(module.__name__ + ".")


def _is_function(value: Any) -> bool:
    return inspect.isroutine(value) or (
        callable(value) and not isinstance(value, type) and hasattr(value, "__wrapped__")
    )


def _check_unique(functions: list[Function]) -> None:
    seen = set()
    for function in functions:
        if function.name in seen:
            raise ValueError(f"two functions are named {function.name}")
        seen.add(function.name)


def _unfit_name(name: str) -> Optional[str]:
    if not name.isidentifier() or keyword.iskeyword(name):
        return f"{name} is not a name that Python can import: use letters, digits and _"
    if name in standard_modules():
        return f"{name} is the name of a module of Python's standard library; choose another"
    if name == "motorpool":
        return "motorpool is the package that functions import; choose another name"
    return None


def standard_modules() -> frozenset[str]:
    if sys.version_info >= (3, 10):
        return sys.stdlib_module_names
    import sysconfig

    names = set(sys.builtin_module_names)
    library = sysconfig.get_paths()["stdlib"]
    for folder in (library, os.path.join(library, "lib-dynload")):
        for entry in os.listdir(folder) if os.path.isdir(folder) else ():
            names.add(entry.partition(".")[0])
    return frozenset(names - {"site-packages", "lib-dynload", "__pycache__"})


def _tasks() -> int:
    """How many threads this process has, native ones too."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        import threading

        return threading.active_count()
