"""Calls functions by name with JSON arguments."""

from __future__ import annotations

import types
from typing import Any, Callable, Coroutine, Iterable

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
        kind, failure = "unknown-function", Failure("", str(thrown), None)
    else:
        failure = Failure.of(thrown)
        if isinstance(thrown, InvalidArguments):
            failure = failure._replace(traceback=None)
    return messages.error(identity, index, nanos, kind, failure)


class Items:
    """The items of a chunk as arguments; parsed once more where digits count."""

    def __init__(self, order: Order, message: bytes) -> None:
        self.values: list[Any] = order["items"]
        self._message = message
        self._star: bool = order.get("star", False)
        self._exact = False

    def caller(self, function: Function) -> Callable[[Any], Any]:
        """What calls the function with one of the values; it may raise `InexactNumber`."""
        if function.exact and not self._exact:
            self.read_exactly()
        invoke = function.invoke_exactly if self._exact else function.invoke
        if self._star:
            return lambda item: invoke(item, {})
        return (lambda item: invoke([item], {})) if self._exact else function.invoke_item

    def read_exactly(self) -> None:
        """From now on numbers with a fraction are decimals."""
        self._exact = True
        self.values = arguments_exactly(self._message)["items"]

    def call(self, function: Function, index: int) -> Any:
        try:
            return self.caller(function)(self.values[index])
        except InexactNumber:
            self.read_exactly()
            return self.caller(function)(self.values[index])
