"""Puts back what a call has left in its process."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # signal.getsignal makes enums, which takes longer
import os
import signal
import sys
from typing import Any

_SIGNALS = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGALRM,
    signal.SIGCHLD,
    signal.SIGPIPE,
    signal.SIGURG,
    signal.SIGUSR1,
    signal.SIGUSR2,
)


class ProcessState:
    """The working directory, the environment, signal handlers, the alarm, and the standard streams."""

    def __init__(self) -> None:
        self._directory = os.getcwd()
        self._environment: dict[Any, Any] = dict(os.environ._data)  # type: ignore[attr-defined]
        self._handlers = [(int(number), _signal.getsignal(number)) for number in _SIGNALS]
        self._streams = (sys.stdout, sys.stderr)

    def restore(self) -> None:
        """Called by the main thread after each call, so it only compares where nothing has changed."""
        if os.environ._data != self._environment:  # type: ignore[attr-defined]
            self._restore_environment()
        try:
            moved = os.getcwd() != self._directory
        except OSError:
            moved = True
        if moved:
            try:
                os.chdir(self._directory)
            except OSError:
                pass
        if _signal.getitimer(signal.ITIMER_REAL)[0]:
            _signal.setitimer(signal.ITIMER_REAL, 0)
        getsignal = _signal.getsignal
        for number, handler in self._handlers:
            if getsignal(number) is not handler:
                _signal.signal(number, handler)
        if sys.stdout is not self._streams[0] or sys.stderr is not self._streams[1]:
            sys.stdout, sys.stderr = self._streams

    def _restore_environment(self) -> None:
        kept = {os.fsdecode(name): os.fsdecode(value) for name, value in self._environment.items()}
        for name in list(os.environ):
            if name not in kept:
                del os.environ[name]
        os.environ.update(kept)
