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


def hold_places() -> None:
    """Keeps the two numbers taken: what sources open while they are imported stays open in forked workers."""
    null = lift(os.open(os.devnull, os.O_RDWR))
    for place in (ORDERS, REPORTS):
        os.dup2(null, place, inheritable=False)
    os.close(null)


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
