"""The descriptors of the protocol, out of the way of functions."""

from __future__ import annotations

import fcntl
import os
from typing import NamedTuple

ORDERS = 3
REPORTS = 4

_FIRST = 200


def lift(descriptor: int) -> int:
    """Moves a descriptor to a number that functions do not close or write to by mistake."""
    try:
        lifted = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _FIRST)
    except OSError:  # the system allows fewer descriptors
        os.set_inheritable(descriptor, False)
        return descriptor
    os.close(descriptor)
    return lifted


class Channel(NamedTuple):
    """The worker's ends of its two pipes."""

    orders: int
    reports: int

    @staticmethod
    def open() -> Channel:
        return Channel(lift(ORDERS), lift(REPORTS))

    def close(self) -> None:
        os.close(self.orders)
        os.close(self.reports)
