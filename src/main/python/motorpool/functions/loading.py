"""Imports modules from a copy of the author's directory, while they show the author's paths."""

from __future__ import annotations

import importlib.machinery
import os
import sys
from typing import Any, Optional

#: The paths that modules show, and those that they were loaded from.
LOADED: dict[str, str] = {}


class Folder:
    """The directory that is loaded from, and the author's, which are the same in local runs."""

    def __init__(self, directory: str, place: Optional[str] = None) -> None:
        self.directory = os.path.abspath(directory)
        self.place = os.path.abspath(place or directory)

    def shown(self, path: str) -> str:
        """The author's path of a file in the directory."""
        if path == self.directory or path.startswith(self.directory + os.sep):
            return self.place + path[len(self.directory) :]
        return path

    def install(self) -> None:
        """Puts the directory at the end of `sys.path`, with a finder of its own."""
        sys.path_hooks.insert(0, self._finder)
        sys.path_importer_cache.pop(self.directory, None)
        sys.path.append(self.directory)

    def _finder(self, path: str) -> Any:
        absolute = os.path.abspath(path)
        if absolute != self.directory and not absolute.startswith(self.directory + os.sep):
            raise ImportError
        return _Finder(absolute, self)


class _Finder(importlib.machinery.FileFinder):
    def __init__(self, path: str, folder: Folder) -> None:
        self._folder = folder
        super().__init__(
            path,
            (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES),
            (_Loader, importlib.machinery.SOURCE_SUFFIXES),
        )

    def find_spec(self, fullname: str, target: Any = None) -> Optional[importlib.machinery.ModuleSpec]:
        spec = super().find_spec(fullname, target)
        if spec is not None and isinstance(spec.loader, _Loader):
            spec.loader.shown = self._folder.shown(spec.loader.path)
            spec.origin = spec.loader.shown
            spec.cached = None
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles with the author's file name, and writes nothing beside the sources."""

    shown = ""

    def get_code(self, fullname: str) -> Any:
        LOADED[self.shown] = self.path
        return self.source_to_code(self.get_data(self.path), self.shown)

    def get_filename(self, name: Optional[str] = None) -> str:
        return self.shown
