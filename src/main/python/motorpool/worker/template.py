"""A process that has imported the sources, and forks workers."""

from __future__ import annotations

import gc
import os
import random
import select
import signal
import sys
from typing import NamedTuple, Optional

from motorpool.functions.sources import LoadedSource
from motorpool.worker import many_slots, messages, one_slot, orders
from motorpool.worker.channel import ORDERS, REPORTS, Channel, lift
from motorpool.worker.exits import ProcessExit
from motorpool.worker.frames import BrokenProtocol, FrameReader
from motorpool.worker.processes import FORK, fork_feature, show_mark
from motorpool.worker.reports import Reports
from motorpool.worker.settings import PROTOCOL, Settings

#: Imported here, so that no worker has to.
PRELOADED = (many_slots, one_slot)

_WITHOUT_PIDFD_MILLIS = 20


class _Pipes(NamedTuple):
    """The two ends of a worker's three pipes: for orders, for reports, and for what is printed."""

    own: tuple[int, int, int]
    service: tuple[int, int, int]


class Template:
    """Obeys `fork` and `opened` in one thread. In a forked worker `run` returns."""

    def __init__(
        self,
        settings: Settings,
        loaded: list[LoadedSource],
        channel: Channel,
        reports: Reports,
        process_exit: ProcessExit,
    ) -> None:
        self._settings = settings
        self._channel = channel
        self._reports = reports
        self._exit = process_exit
        self._frames = FrameReader(channel.orders, settings.frame_limit)
        self._poll = select.poll()
        #: Children by pid: the id of their fork, and a descriptor that becomes readable at their end, or -1.
        self._children: dict[int, tuple[int, int]] = {}
        #: Children that the service has not opened yet, by the id of the fork: the pid, and the service's ends.
        #: Their exits are not waited for, so that the service knows whom it opens.
        self._unopened: dict[int, tuple[int, tuple[int, int, int]]] = {}
        feature = fork_feature()
        self._threads = not feature
        functions = [function.description for source in loaded for function in source.functions]
        self._hello = messages.report(
            type="hello",
            version=PROTOCOL,
            functions=functions,
            sources=[source.describe() for source in loaded],
            features=[*feature, "ping"],
        )

    def run(self) -> Settings:
        """Returns the settings of a worker, in the worker."""
        gc.collect()
        gc.freeze()
        self._reports.write_through(self._hello)
        self._poll.register(self._channel.orders, select.POLLIN)
        try:
            while True:
                slow = any(descriptor < 0 for _, descriptor in self._children.values())
                ready = self._poll.poll(_WITHOUT_PIDFD_MILLIS if slow else None)
                self._reap()
                if any(descriptor == self._channel.orders for descriptor, _ in ready):
                    settings = self._obey()
                    if settings is not None:
                        return settings
        except BrokenProtocol as broken:
            self._exit.broken(broken)

    def _obey(self) -> Optional[Settings]:
        read = self._frames.read()
        if read is None:
            os._exit(0)
        for message in read:
            order = orders.parse(message)
            kind = order["type"]
            if kind == "fork":
                settings = self._fork(order["id"], order["environment"])
                if settings is not None:
                    return settings
            elif kind == "opened":
                self._opened(order["id"])
            elif kind == "ping":
                self._reports.write_through(messages.PONG)
            elif kind == "stop":
                self._reports.write_through(messages.LEAVING)
                os._exit(0)
            else:
                raise BrokenProtocol(f"{kind}, which a template does not understand")
        return None

    def _fork(self, identity: int, environment: dict[str, Optional[str]]) -> Optional[Settings]:
        if self._threads:
            self._failed(identity, "importing the sources has started threads")
            return None
        try:
            pipes = _pipes()
        except OSError as fault:
            self._failed(identity, fault)
            return None
        FORK.intended = True
        try:
            pid = os.fork()
        except OSError as fault:
            for descriptor in pipes.own + pipes.service:
                os.close(descriptor)
            self._failed(identity, fault)
            return None
        finally:
            FORK.intended = False
        if pid == 0:
            return self._become_worker(pipes, environment)
        for descriptor in pipes.own:
            os.close(descriptor)
        self._unopened[identity] = (pid, pipes.service)
        self._reports.write_through(
            messages.report(type="forked", id=identity, pid=pid, descriptors=list(pipes.service))
        )
        return None

    def _opened(self, identity: int) -> None:
        if identity not in self._unopened:
            return
        pid, descriptors = self._unopened.pop(identity)
        for descriptor in descriptors:
            os.close(descriptor)
        self._children[pid] = (identity, self._watch(pid))

    def _failed(self, identity: int, fault: object) -> None:
        self._reports.write_through(messages.report(type="failed", id=identity, message=str(fault)))

    def _watch(self, pid: int) -> int:
        try:
            descriptor = os.pidfd_open(pid)
        except (OSError, AttributeError):
            return -1
        self._poll.register(descriptor, select.POLLIN)
        return descriptor

    def _reap(self) -> None:
        for pid, (identity, descriptor) in list(self._children.items()):
            try:
                ended, status = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                ended, status = pid, 0
            if ended == 0:
                continue
            del self._children[pid]
            if descriptor >= 0:
                self._poll.unregister(descriptor)
                os.close(descriptor)
            signalled = os.WIFSIGNALED(status)
            how = {"signal": os.WTERMSIG(status)} if signalled else {"exit_code": os.WEXITSTATUS(status)}
            self._reports.write_through(messages.report(type="exited", id=identity, **how))

    def _become_worker(self, pipes: _Pipes, environment: dict[str, Optional[str]]) -> Settings:
        """In the child: its own descriptors and session, and nothing of the template's."""
        os.setsid()
        self._channel.close()
        for descriptor in pipes.service:
            os.close(descriptor)
        for _, unopened in self._unopened.values():
            for descriptor in unopened:
                os.close(descriptor)
        for _, descriptor in self._children.values():
            if descriptor >= 0:
                os.close(descriptor)
        orders_end, reports_end, output = pipes.own
        for end, place in ((orders_end, ORDERS), (reports_end, REPORTS), (output, 1), (output, 2)):
            os.dup2(end, place, inheritable=place < ORDERS)
        for end in pipes.own:
            os.close(end)
        for name, value in environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        os.environ["MOTORPOOL_ROLE"] = "worker"
        show_mark(os.environ.get("MOTORPOOL_WORKER", ""))
        random.seed()
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()
        signal.set_wakeup_fd(-1)
        return Settings.of_environment()


def _pipes() -> _Pipes:
    made: list[int] = []
    try:
        for _ in range(3):
            made += map(lift, os.pipe())  # out of the way of 3 and 4
    except OSError:
        for descriptor in made:
            os.close(descriptor)
        raise
    orders_read, orders_write, reports_read, reports_write, output_read, output_write = made
    return _Pipes((orders_read, reports_write, output_write), (orders_write, reports_read, output_read))
