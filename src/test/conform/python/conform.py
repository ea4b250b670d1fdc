"""The functions that the conformance kit calls, and two more that misbehave."""

import os
import subprocess
import sys
import time
from typing import Any

from motorpool import context


def _nested(levels: int) -> list:
    return [_nested(levels - 1)] if levels else []


def echo(value: Any) -> Any:
    return value


def size(text: str) -> int:
    return len(text)


def text(count: int) -> str:
    return "x" * count


def fail(message: str) -> None:
    raise RuntimeError(message)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def write(text: str) -> None:
    print(text)
    print(text, file=sys.stderr)
    os.write(1, text.encode())


def unfit(kind: str) -> Any:
    return {"nan": float("nan"), "deep": _nested(200), "digits": 10**4096}[kind]


def signal(number: int, seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), number)


def exit(code: int) -> None:
    sys.exit(code)


def spawn(seconds: float) -> int:
    return subprocess.Popen(["sleep", str(seconds)]).pid


def hang() -> None:
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def babble(count: int) -> int:
    for done in range(count):
        context().progress(done, count, "more")
        print("more")
    return count
