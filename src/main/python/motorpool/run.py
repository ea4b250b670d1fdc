"""`python -m motorpool.run NAME ARG...`: calls a function without a service.

    $ python -m motorpool.run orders.total '[10, 20]'
    35.7

Each ARG is one argument: JSON if it parses as such, else text. Functions are looked for in
`functions/python` if that is there, else in the current directory; `--directory` names another.
The checks of arguments and the conversions are those of the service's workers.
Exit codes: 0; 1 if the function raised or its result is no JSON; 2 if the call is wrong.
"""

from __future__ import annotations

import json
import os
import sys
import time
import types
from decimal import Decimal
from typing import Any, Optional

from motorpool.calling import CURRENT, RunningContext
from motorpool.errors import InvalidArguments
from motorpool.functions.failures import Failure
from motorpool.functions.loading import Folder
from motorpool.functions.results import ResultEncoder, ValueNotJson, ValueTooLarge
from motorpool.functions.signatures import Function
from motorpool.functions.sources import SourceLoader, sources_of
from motorpool.functions.validation import check_arguments

USAGE = "usage: python -m motorpool.run [--directory DIRECTORY] NAME [ARGUMENT...]"
_VALUE_LIMIT = 16 * 1024 * 1024


class CallRefused(Exception):
    """The call is wrong, and nothing has run."""


def main(words: list[str]) -> int:
    try:
        directory, words = _directory(words)
        if not words or words[0] in ("-h", "--help"):
            print(USAGE, file=sys.stdout if words else sys.stderr)
            return 0 if words else 2
        function = _find(directory, words[0])
        arguments = [argument(word) for word in words[1:]]
        check_arguments(function.description, arguments, {})
        value = _call(function, arguments)
    except (CallRefused, InvalidArguments) as refused:
        print(refused, file=sys.stderr)
        return 2
    except Exception as raised:
        failure = Failure.of(raised)
        print(failure.traceback or f"{failure.exception}: {failure.message}", end="", file=sys.stderr)
        return 1
    try:
        encoded = ResultEncoder(_VALUE_LIMIT).encode(value)
    except (ValueNotJson, ValueTooLarge) as unfit:
        print(f"{function.name}: {unfit}", file=sys.stderr)
        return 1
    sys.stdout.flush()
    os.write(sys.stdout.fileno(), encoded + b"\n")
    return 0


def argument(word: str) -> Any:
    """JSON with exact numbers, or text."""
    try:
        return json.loads(word, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return word


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise CallRefused("an object has a name twice")
    return members


def _directory(words: list[str]) -> tuple[str, list[str]]:
    if words and words[0] == "--directory":
        if len(words) < 2:
            raise CallRefused(USAGE)
        return words[1], words[2:]
    usual = os.environ.get("MOTORPOOL_FUNCTIONS") or os.path.join("functions", "python")
    return usual if os.path.isdir(usual) else ".", words


def _find(directory: str, name: str) -> Function:
    module = name.partition(".")[0]
    known = sources_of(directory)
    for source in known:
        if source.name == module:
            break
    else:
        names = ", ".join(source.name for source in known) or "none"
        raise CallRefused(f"{directory} has no source {module}; it has: {names}")
    folder = Folder(directory)
    folder.install()
    loaded = SourceLoader(folder).load(source)
    if loaded.failed:
        raise CallRefused((loaded.traceback or "") + f"{source.file} cannot be loaded: {loaded.reason}")
    for function in loaded.functions:
        if function.name == name:
            return function
    names = ", ".join(function.name for function in loaded.functions) or "no functions"
    raise CallRefused(f"{source.file} has no function {name}; it has: {names}")


def _call(function: Function, arguments: list[Any]) -> Any:
    CURRENT.of_process = RunningContext({"function": function.name}, time.time(), _progress)
    try:
        value = function.invoke_exactly(arguments, {})
        if type(value) is types.CoroutineType:
            import asyncio

            value = asyncio.run(value)
        return value
    finally:
        CURRENT.of_process = None


def _progress(done: int, total: int, message: Optional[str]) -> None:
    print(f"{done}/{total}" + (f" {message}" if message else ""), file=sys.stderr)


if __name__ == "__main__":
    # As a worker does: the current directory is no place to import from, only the functions' is.
    if sys.path and sys.path[0] in ("", os.getcwd()) and os.path.dirname(os.path.dirname(__file__)) != os.getcwd():
        del sys.path[0]
    sys.exit(main(sys.argv[1:]))
