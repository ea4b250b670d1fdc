"""Publishes how many orders have been read, before any call among them can start."""

from __future__ import annotations

import contextlib
import mmap
import os
from typing import Optional

from motorpool.worker import messages
from motorpool.worker.reports import Reports

_SIZE = 8


class Acceptance:
    """Owned by the thread that reads the orders.

    The number is stored in a page that the service shares, which needs no system call; without the
    page it is sent as a report.
    """

    def __init__(self, reports: Reports, file: Optional[str]) -> None:
        self._reports = reports
        self._page = None if file is None else _map(file)

    def publish(self, orders: int) -> None:
        """When this returns, the service can see that these orders may start."""
        if self._page is not None:
            self._page[0:_SIZE] = orders.to_bytes(_SIZE, "big")
        else:
            self._reports.write_through(messages.accepted(orders))


def _map(file: str) -> Optional[mmap.mmap]:
    """Maps the file and removes its name; `None` if it is not the one that the service has made.

    In a sandbox the file is a mount, whose name stays as long as the worker.
    """
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        with contextlib.suppress(OSError):
            os.unlink(file)
        return mmap.mmap(descriptor, _SIZE) if os.fstat(descriptor).st_size == _SIZE else None
    except (OSError, ValueError):
        return None
    finally:
        os.close(descriptor)
