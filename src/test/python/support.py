"""Real workers over real pipes, and directories of functions."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from typing import Any, Callable, Optional

PACKAGE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "main", "python"))
if PACKAGE not in sys.path:
    sys.path.insert(0, PACKAGE)

#: Generous: what is waited for comes in milliseconds on a quiet machine.
SECONDS = 60

_SHELL = 'exec 3<&0 4>&1 </dev/null 1>&2; exec "$0" "$@"'


def frame(message: Any) -> bytes:
    data = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack(">I", len(data)) + data


def until(condition: Callable[[], Any], what: str = "the condition") -> Any:
    end = time.monotonic() + SECONDS
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true")
        time.sleep(0.005)


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Pipes:
    """The service's ends of a worker: orders out, reports in."""

    def __init__(self, orders: int, reports: int) -> None:
        self.orders = orders
        self.reports = reports
        self._rest = bytearray()
        self._ids = 0
        #: Everything that has been received.
        self.seen: list[dict[str, Any]] = []

    def send(self, **order: Any) -> None:
        os.write(self.orders, frame(order))

    def send_bytes(self, data: bytes) -> None:
        while data:
            data = data[os.write(self.orders, data) :]

    def call(self, function: str, *args: Any, **members: Any) -> int:
        self._ids += 1
        order = {"type": "call", "id": self._ids, "attempt": 1, "function": function, "args": list(args), "kwargs": {}}
        order.update(members)
        self.send(**order)
        return self._ids

    def chunk(self, function: str, items: list[Any], **members: Any) -> int:
        self._ids += 1
        order = {"type": "chunk", "id": self._ids, "attempt": 1, "function": function, "items": items}
        order.update(members)
        self.send(**order)
        return self._ids

    def receive(self, seconds: float = SECONDS) -> Optional[dict[str, Any]]:
        """The next report; `None` at the end."""
        end = time.monotonic() + seconds
        while True:
            if len(self._rest) >= 4:
                size = 4 + struct.unpack(">I", self._rest[:4])[0]
                if len(self._rest) >= size:
                    message: dict[str, Any] = json.loads(bytes(self._rest[4:size]))
                    del self._rest[:size]
                    self.seen.append(message)
                    return message
            left = end - time.monotonic()
            poll = select.poll()
            poll.register(self.reports, select.POLLIN)
            if left <= 0 or not poll.poll(left * 1000):
                raise AssertionError(f"no report came; the last ones were {self.seen[-5:]}")
            data = os.read(self.reports, 1 << 20)
            if not data:
                if self._rest:
                    raise AssertionError("the reports end in the middle of a frame")
                return None
            self._rest += data

    def until(self, kind: str, **members: Any) -> dict[str, Any]:
        """Receives until there is such a report."""
        while True:
            message = self.receive()
            if message is None:
                raise AssertionError(f"the worker ended before {kind} {members}; last: {self.seen[-5:]}")
            if message["type"] == kind and all(message.get(name) == value for name, value in members.items()):
                return message

    def end_of(self, identity: int) -> dict[str, Any]:
        """The result or error of a call."""
        while True:
            message = self.receive()
            if message is None:
                raise AssertionError(f"the worker ended during call {identity}; last: {self.seen[-5:]}")
            if message["type"] in ("result", "error") and message["id"] == identity:
                return message

    def value(self, function: str, *args: Any, **members: Any) -> Any:
        end = self.end_of(self.call(function, *args, **members))
        if end["type"] == "error":
            raise AssertionError(end)
        return end["value"]

    def error(self, function: str, *args: Any, **members: Any) -> dict[str, Any]:
        end = self.end_of(self.call(function, *args, **members))
        if end["type"] != "error":
            raise AssertionError(end)
        return end

    def output_of(self, identity: int) -> str:
        return "".join(each["text"] for each in self.seen if each["type"] == "output" and each["id"] == identity)

    def rest(self) -> list[dict[str, Any]]:
        """All reports until the end."""
        rest = []
        while True:
            message = self.receive()
            if message is None:
                return rest
            rest.append(message)

    def close(self) -> None:
        for name in ("orders", "reports"):
            descriptor = getattr(self, name)
            if descriptor >= 0:
                os.close(descriptor)
                setattr(self, name, -1)

    def close_orders(self) -> None:
        os.close(self.orders)
        self.orders = -1


class Worker(Pipes):
    """A worker process, started as the service does."""

    def __init__(self, directory: Optional[str], hello: bool = True, **environment: str) -> None:
        orders_read, orders = os.pipe()
        reports, reports_write = os.pipe()
        super().__init__(orders, reports)
        variables = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": PACKAGE,
            "PYTHONDONTWRITEBYTECODE": "1",
            "MOTORPOOL_WORKER": f"test-{os.getpid()}-{orders}-{time.monotonic_ns()}",
        }
        if directory is not None:
            variables["MOTORPOOL_FUNCTIONS"] = directory
        variables.update(environment)
        self._accepted = tempfile.NamedTemporaryFile(prefix="motorpool-accepted-", delete=False)
        self._accepted.write(bytes(8))
        self._accepted.flush()
        variables.setdefault("MOTORPOOL_ACCEPTED", self._accepted.name)
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", _SHELL, sys.executable, "-m", "motorpool.worker"],
            stdin=orders_read,
            stdout=reports_write,
            stderr=self.errors,
            env=variables,
            start_new_session=True,
        )
        os.close(orders_read)
        os.close(reports_write)
        self.pid = self.process.pid
        self.hello: dict[str, Any] = {}
        if hello:
            self.hello = self.until("hello")

    def accepted(self) -> int:
        return int.from_bytes(os.pread(self._accepted.fileno(), 8, 0), "big")

    def wait(self) -> int:
        return self.process.wait(SECONDS)

    def printed(self) -> str:
        """What has come to standard output and error."""
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace")

    def end(self) -> None:
        """Ends it, and leaves nothing."""
        self.close()
        try:
            self.process.wait(SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
            self._accepted.close()
            self.errors.close()
            if os.path.exists(self._accepted.name):
                os.unlink(self._accepted.name)


class Forked(Pipes):
    """A worker that a template has forked."""

    def __init__(self, template: Template, identity: int, accepted: str, **environment: str) -> None:
        self.template = template
        self.identity = identity
        self._page = open(accepted, "rb", buffering=0)
        variables = {
            "MOTORPOOL_WORKER": f"forked-{os.getpid()}-{identity}",
            "MOTORPOOL_ACCEPTED": accepted,
            **environment,
        }
        template.send(type="fork", id=identity, environment=variables)
        made = template.until("forked", id=identity)
        self.pid: int = made["pid"]
        place = f"/proc/{template.pid}/fd/"
        ends = [place + str(descriptor) for descriptor in made["descriptors"]]
        super().__init__(os.open(ends[0], os.O_WRONLY), os.open(ends[1], os.O_RDONLY))
        self.output = os.open(ends[2], os.O_RDONLY)
        template.send(type="opened", id=identity)
        self.until("hello")

    def accepted(self) -> int:
        return int.from_bytes(os.pread(self._page.fileno(), 8, 0), "big")

    def wait(self) -> int:
        """The exit code, or the negative signal, as of `subprocess`."""
        ended = next(
            (each for each in self.template.seen if each["type"] == "exited" and each["id"] == self.identity), None
        )
        if ended is None:
            ended = self.template.until("exited", id=self.identity)
        return int(ended["exit_code"]) if "exit_code" in ended else -int(ended["signal"])

    def printed(self) -> str:
        """What has come to standard output and error, after its end."""
        pieces = []
        while True:
            piece = os.read(self.output, 1 << 16)
            if not piece:
                return b"".join(pieces).decode("utf-8", "replace")
            pieces.append(piece)

    def end(self) -> None:
        self.close()
        kill(self.pid)
        os.close(self.output)
        self._page.close()


class Template(Worker):
    def __init__(self, directory: str, **environment: str) -> None:
        super().__init__(directory, MOTORPOOL_ROLE="template", **environment)
        self._folder = directory
        self._forks = 0

    def fork(self, **environment: str) -> Forked:
        self._forks += 1
        descriptor, page = tempfile.mkstemp(dir=self._folder, prefix=".accepted")
        os.write(descriptor, bytes(8))
        os.close(descriptor)
        return Forked(self, self._forks, page, **environment)


class DirectoryCase(unittest.TestCase):
    """Tests that write functions into a directory of their own, and leave no process and no descriptor."""

    #: Modules that all tests of the class share.
    MODULES: dict[str, str] = {}

    directory = ""

    @classmethod
    def setUpClass(cls) -> None:
        before = os.listdir("/proc/self/fd")
        cls.addClassCleanup(lambda: cls._check_descriptors(len(before)))
        cls.addClassCleanup(lambda: until(lambda: not workers_of_tests(), "the end of all workers and their children"))
        cls.directory = tempfile.mkdtemp(prefix="motorpool-functions-")
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        for name, text in cls.MODULES.items():
            cls.write(name, text)

    @classmethod
    def _check_descriptors(cls, before: int) -> None:
        left = [
            os.readlink(f"/proc/self/fd/{n}")
            for n in os.listdir("/proc/self/fd")
            if os.path.lexists(f"/proc/self/fd/{n}")
        ]
        if len(left) > before:
            raise AssertionError(f"{cls.__name__} has left descriptors: {left}")

    @classmethod
    def write(cls, name: str, text: str) -> None:
        path = os.path.join(cls.directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(textwrap.dedent(text))

    def start(self, hello: bool = True, **environment: str) -> Worker:
        worker = Worker(self.directory, hello, **environment)
        self.addCleanup(worker.end)
        return worker


class WorkerCase(DirectoryCase):
    """Tests that share one worker, which goes on after each of them."""

    ENVIRONMENT: dict[str, str] = {}

    worker: Worker

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.worker = Worker(cls.directory, **cls.ENVIRONMENT)
        cls.addClassCleanup(cls.worker.end)


class ForkedCase(DirectoryCase):
    """Tests that have workers of their own, forked from one template."""

    template: Template

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.template = Template(cls.directory)
        cls.addClassCleanup(cls.template.end)

    def fork(self, **environment: str) -> Forked:
        forked = self.template.fork(**environment)
        self.addCleanup(forked.end)
        return forked


def workers_of_tests() -> list[int]:
    """Workers of this process, and processes that these have started."""
    marks = tuple(f"MOTORPOOL_WORKER={kind}-{os.getpid()}-".encode() for kind in ("test", "forked"))
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/environ", "rb") as file:
                carries = any(part.startswith(marks) for part in file.read().split(b"\0"))
        except OSError:
            continue
        if carries and is_alive(int(entry)):
            found.append(int(entry))
    return found


def descriptors_of(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident(pid: int) -> int:
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
