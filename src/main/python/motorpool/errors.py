"""Exceptions that functions and their callers see."""

from __future__ import annotations


class Cancelled(BaseException):
    """Raised inside a function whose result nobody wants any more.

    It is no `Exception`, so that `except Exception` does not swallow it. In a coroutine
    `asyncio.CancelledError` is raised instead.
    """


class InvalidArguments(ValueError):
    """The arguments of a call do not fit the function's parameters.

    `pointer` is the JSON Pointer of the place, such as `/args/0` or `/kwargs/rate`.
    """

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message if not pointer else pointer + ": " + message)
        self.pointer = pointer
