"""Calls functions by name with JSON arguments."""

from __future__ import annotations

import types
from typing import Any, Coroutine, Iterable, Optional

from motorpool.errors import InvalidArguments
from motorpool.functions.failures import Failure
from motorpool.functions.results import ResultEncoder, ValueNotJson, ValueTooLarge
from motorpool.functions.shapes import InexactNumber
from motorpool.functions.signatures import Function
from motorpool.worker import messages
from motorpool.worker.orders import Order, arguments_exactly


class UnknownFunction(LookupError):
    """The worker does not have the function."""


class Caller:
    """The functions of this worker. Immutable, so threads share it."""

    def __init__(self, functions: Iterable[Function], value_limit: int) -> None:
        self._functions = {function.name: function for function in functions}
        self.encode = ResultEncoder(value_limit).encode

    def find(self, name: str) -> Function:
        try:
            return self._functions[name]
        except KeyError:
            raise UnknownFunction(f"this worker has no function {name}") from None

    def call(self, function: Function, order: Order, message: bytes) -> Any:
        """What the function returns: for `async def` a coroutine."""
        if not function.exact:
            try:
                return function.invoke(order["args"], order["kwargs"])
            except InexactNumber:
                pass
        exact = arguments_exactly(message)
        return function.invoke_exactly(exact["args"], exact["kwargs"])


def run_coroutine(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine where there is no event loop."""
    import asyncio

    return asyncio.run(coroutine)


def is_coroutine(value: Any) -> bool:
    return type(value) is types.CoroutineType


def error_report(identity: int, index: int, nanos: int, thrown: BaseException) -> bytes:
    """The report of a call, or item, that has ended without a value."""
    kind, failure = "function-raised", None
    if isinstance(thrown, ValueNotJson):
        kind, failure = "value-not-json", Failure("", str(thrown), None)
    elif isinstance(thrown, ValueTooLarge):
        kind, failure = "value-too-large", Failure("", str(thrown), None)
    elif isinstance(thrown, UnknownFunction):
        failure = Failure("LookupError", str(thrown), None)
    else:
        failure = Failure.of(thrown)
        if isinstance(thrown, InvalidArguments):
            failure = failure._replace(traceback=None)
    return messages.error(identity, index, nanos, kind, failure)


class Items:
    """The items of a chunk as arguments; parsed once more where digits count."""

    def __init__(self, order: Order, message: bytes) -> None:
        self._order = order
        self._message = message
        self._exact: Optional[list[Any]] = None
        self.count = len(order["items"])
        self._star: bool = order.get("star", False)

    def call(self, function: Function, index: int) -> Any:
        if not function.exact:
            item = self._order["items"][index]
            try:
                return function.invoke(item if self._star else [item], {})
            except InexactNumber:
                pass
        if self._exact is None:
            self._exact = arguments_exactly(self._message)["items"]
        item = self._exact[index]
        return function.invoke_exactly(item if self._star else [item], {})
