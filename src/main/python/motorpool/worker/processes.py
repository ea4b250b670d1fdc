"""Forks, and the processes that functions have started."""

from __future__ import annotations

import os
import signal
from typing import Iterator, Optional

from motorpool.worker.channel import Channel

_MARK = "MOTORPOOL_WORKER"


class Fork:
    """Keeps children that functions fork from speaking the protocol."""

    def __init__(self) -> None:
        #: Whether this process is such a child.
        self.escaped = False
        #: Set by the template around the forks of its workers.
        self.intended = False
        self._guarded = False
        self._channel = Channel(-1, -1)

    def guard(self, channel: Channel) -> None:
        self._channel = channel
        if not self._guarded:
            self._guarded = True
            os.register_at_fork(after_in_child=self._after)

    def _after(self) -> None:
        if self.intended:
            return
        self.escaped = True
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in self._channel:
            os.dup2(nothing, descriptor, inheritable=False)
        os.close(nothing)


FORK = Fork()


def fork_feature() -> list[str]:
    """The feature `fork`, unless this process has threads, native ones too, which a fork would not have."""
    try:
        return ["fork"] if len(os.listdir("/proc/self/task")) == 1 else []
    except OSError:
        return []


def show_mark(mark: str) -> None:
    """Writes the variable by which the service finds processes to where `/proc` shows it.

    A forked process shows the environment that its template was started with. A mark that is longer
    than the template's leaves an empty one.
    """
    name = _MARK.encode() + b"="
    try:
        with open("/proc/self/stat", "rb", buffering=0) as stat:
            fields = stat.read().rpartition(b")")[2].split()
        start, end = int(fields[47]), int(fields[48])
        with open("/proc/self/mem", "r+b", buffering=0) as memory:
            shown = os.pread(memory.fileno(), end - start, start)
            at = (b"\0" + shown).index(b"\0" + name) + len(name)
            room = shown.index(b"\0", at) - at
            value = os.fsencode(mark)
            os.pwrite(memory.fileno(), (value if len(value) <= room else b"").ljust(room, b"\0"), start + at)
    except (OSError, ValueError, IndexError):
        return  # another system; the service has the worker's session, too


def kill_descendants(daemons: bool = False) -> None:
    """Kills descendants and, if this process leads it, the session.

    daemons: also what has left both and carries the variable that the service gives each worker
    """
    own = os.getpid()
    leads = os.getsid(0) == own
    mark = os.environ.get(_MARK) if daemons else None
    marked = f"{_MARK}={mark}".encode() if mark else None
    for _ in range(10):  # what is killed may have started more meanwhile
        if not _kill_once(own, leads, marked):
            return


def _kill_once(own: int, leads: bool, marked: Optional[bytes]) -> bool:
    parents: dict[int, int] = {}
    doomed = set()
    for pid, parent, session, state in _processes():
        if pid == own or state in b"ZX":
            continue
        parents[pid] = parent
        if (leads and session == own) or (marked is not None and _carries(pid, marked)):
            doomed.add(pid)
    for pid in parents:
        step, seen = pid, 0
        while step in parents and seen < 1000:
            step, seen = parents[step], seen + 1
        if step == own:
            doomed.add(pid)
    for pid in doomed:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    return bool(doomed)


def _processes() -> Iterator[tuple[int, int, int, bytes]]:
    try:
        entries = os.listdir("/proc")
    except OSError:
        return
    for entry in entries:
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", "rb", buffering=0) as file:
                    state, parent, _, session = file.read().rpartition(b")")[2].split(None, 4)[:4]
            except (OSError, ValueError):
                continue
            yield int(entry), int(parent), int(session), state


def _carries(pid: int, marked: bytes) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb", buffering=0) as file:
            return marked in file.read().split(b"\0")
    except OSError:
        return False
