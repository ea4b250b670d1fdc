"""The ways in which a worker process ends."""

from __future__ import annotations

import atexit
import os
import sys
from typing import Callable, NoReturn, Optional

from motorpool.worker import messages
from motorpool.worker.output import OutputRoute
from motorpool.worker.processes import FORK, kill_descendants
from motorpool.worker.reports import Reports

BROKEN = 76

_exit_now = os._exit


class ProcessExit:
    """Each way kills the processes that functions have started."""

    def __init__(self, standard_error: int = 2) -> None:
        self._standard_error = standard_error
        self._reports: Optional[Reports] = None
        self._route: Optional[OutputRoute] = None
        self._flush: Callable[[], None] = lambda: None
        #: Whether the exit has been announced.
        self._left = False

    def announce(self, reports: Reports, route: OutputRoute, flush: Callable[[], None] = lambda: None) -> None:
        """From now on exits are reported, those by `os._exit` too, after what `flush` reports."""
        self._reports, self._route, self._flush = reports, route, flush
        os._exit = self._announced_exit

    def at_once(self) -> NoReturn:
        """The service has gone, or wants this worker gone. Running functions are not asked."""
        if not FORK.escaped:
            try:
                kill_descendants(daemons=True)
            except BaseException:
                pass
        _exit_now(0)

    def in_order(self, code: int = 0) -> NoReturn:
        """After the last call, or because a function has asked for it."""
        if FORK.escaped:
            _exit_now(code)
        try:
            # Before the functions of atexit, so that the service ends a worker in which one hangs.
            self._leave()
            atexit._run_exitfuncs()
        except BaseException:
            pass
        self._announced_exit(code)

    def of(self, exit: SystemExit) -> NoReturn:
        """A function has called `sys.exit`."""
        code = exit.code
        if code is None:
            self.in_order(0)
        if not isinstance(code, int):
            print(code, file=sys.stderr)
            self.in_order(1)
        self.in_order(code & 0xFF)

    def broken(self, fault: object) -> NoReturn:
        """The orders cannot be followed."""
        if not FORK.escaped:
            line = f"motorpool worker: {fault}\n".encode("utf-8", "replace")
            try:
                os.write(self._standard_error, line)
                self._leave()
                kill_descendants()
            except BaseException:
                pass
        _exit_now(BROKEN)

    def _announced_exit(self, status: int) -> NoReturn:
        if not FORK.escaped:
            try:
                self._leave()
                kill_descendants()
            except BaseException:
                pass
        _exit_now(status)

    def _leave(self) -> None:
        if self._route is not None:
            self._route.flush()
        if self._reports is not None and not self._left:
            self._left = True
            self._flush()
            self._reports.write_through(messages.LEAVING)
