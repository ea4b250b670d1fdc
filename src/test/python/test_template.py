"""A template forks workers."""

from __future__ import annotations

import os
import signal
import time
import unittest
from typing import Any

from support import DirectoryCase, Forked, Template, Worker, descriptors_of, is_alive, until

FUNCTIONS = """
    import os, random, subprocess, sys, time
    DATA = bytearray(os.urandom(1000)) * 1000

    def echo(value=None): return value
    def pid(): return os.getpid()
    def session(): return os.getsid(0)
    def variable(name): return os.environ.get(name)
    def chance(): return random.random()
    def descriptors(): return sorted(int(n) for n in os.listdir("/proc/self/fd"))
    def nap(seconds): time.sleep(seconds)
    def leave(code): sys.exit(code)
    def say(text):
        print(text)
        os.write(2, b"stray\\n")
    def fork():
        pid = os.fork()
        if pid == 0:
            os.setsid()
            time.sleep(1000)
        return pid
    def child(): return subprocess.Popen(["sleep", "1000"]).pid
"""


#: Files that a source keeps open.
OPENED = 4

FILES = f"""
    import tempfile
    OPEN = [tempfile.TemporaryFile() for _ in range({OPENED})]

    def write(text):
        for file in OPEN:
            file.write(text.encode())
            file.flush()
        size, = set(file.seek(0, 2) for file in OPEN)
        return size
"""


def environment_of(pid: int) -> list[str]:
    with open(f"/proc/{pid}/environ") as file:
        return file.read().split("\0")


class TemplateTest(DirectoryCase):
    MODULES = {"work.py": FUNCTIONS, "files.py": FILES}

    def template(self) -> Template:
        template = Template(self.directory)
        self.addCleanup(template.end)
        return template

    def fork(self, template: Template, **environment: str) -> Forked:
        forked = template.fork(**environment)
        self.addCleanup(forked.end)
        return forked

    def test_forked_workers(self) -> None:
        template = self.template()
        self.assertIn("fork", template.hello["features"])
        self.assertEqual(template.hello["sources"][0]["state"], "ready")
        self.assertIn("work.echo", [function["name"] for function in template.hello["functions"]])
        before = descriptors_of(template.pid)
        workers = [self.fork(template, MINE=f"value{identity}") for identity in range(1, 4)]
        values: list[Any] = []
        for worker in workers:
            self.assertEqual(worker.value("work.pid"), worker.pid)
            self.assertEqual(worker.value("work.session"), worker.pid)
            self.assertEqual(worker.value("work.variable", "MINE"), f"value{worker.identity}")
            self.assertEqual(
                worker.value("work.variable", "MOTORPOOL_WORKER"), f"forked-{os.getpid()}-{worker.identity}"
            )
            values.append(worker.value("work.chance"))
            # 0 to 4, two for what is printed outside of calls, two of the pipe that captures what is
            # printed in them, the page of accepted orders, and the listing's.
            self.assertEqual(len(worker.value("work.descriptors")), 11 + OPENED)
        self.assertEqual(len(set(values)), 3)
        self._sync(template)
        # Nothing is left in the template but what tells the end of its children.
        self.assertEqual(descriptors_of(template.pid), before + len(workers))
        workers[0].call("work.leave", 3)
        self.assertEqual(workers[0].rest()[-1]["type"], "leaving")
        self.assertEqual(template.until("exited"), {"type": "exited", "id": 1, "exit_code": 3})
        os.kill(workers[1].pid, signal.SIGKILL)
        self.assertEqual(template.until("exited"), {"type": "exited", "id": 2, "signal": 9})
        workers[2].close_orders()
        self.assertEqual(template.until("exited"), {"type": "exited", "id": 3, "exit_code": 0})
        self._sync(template)
        self.assertEqual(descriptors_of(template.pid), before)

    def test_files_that_sources_open_at_import_are_those_of_workers(self) -> None:
        forked = self.fork(self.template())
        self.assertEqual(forked.value("files.write", "a"), 1)
        self.assertEqual(forked.value("files.write", "b"), 2)

    def test_a_worker_and_what_it_forks_carry_its_own_mark(self) -> None:
        template = self.template()
        mark = next(part for part in environment_of(template.pid) if part.startswith("MOTORPOOL_WORKER="))
        worker = self.fork(template)
        own = f"MOTORPOOL_WORKER=forked-{os.getpid()}-{worker.identity}"
        child = worker.value("work.fork")
        for pid in (worker.pid, child, worker.value("work.child")):
            self.assertIn(own, environment_of(pid))
            self.assertNotIn(mark, environment_of(pid))
        longer = self.fork(template, MOTORPOOL_WORKER="forked-" + "x" * 1000)
        self.assertNotIn(mark, environment_of(longer.pid))
        self.assertEqual(longer.value("work.variable", "MOTORPOOL_WORKER"), "forked-" + "x" * 1000)
        worker.close_orders()
        until(lambda: not is_alive(child), "the end of the forked child")

    def test_output_goes_to_a_pipe_of_its_own(self) -> None:
        template = self.template()
        worker = self.fork(template)
        worker.value("work.say", "printed")
        printed = b""
        while len(printed) < len(b"printed\nstray\n"):
            printed += os.read(worker.output, 100)
        self.assertEqual(printed.splitlines(), [b"printed", b"stray"])
        identity = worker.call("work.say", "reported", output=True)
        worker.end_of(identity)
        self.assertEqual(worker.output_of(identity), "reported\nstray\n")

    def test_workers_outlive_a_killed_template(self) -> None:
        template = self.template()
        worker = self.fork(template)
        identity = worker.call("work.nap", 0.2)
        os.kill(template.pid, signal.SIGKILL)
        template.wait()
        self.assertIsNone(worker.end_of(identity)["value"])
        self.assertEqual(worker.value("work.echo", 1), 1)
        worker.close_orders()
        until(lambda: not is_alive(worker.pid), "the end of the worker")

    def test_a_template_that_is_killed_before_opening_leaves_no_worker(self) -> None:
        template = self.template()
        template.send(type="fork", id=1, environment={})
        pid = template.until("forked")["pid"]
        os.kill(template.pid, signal.SIGKILL)
        until(lambda: not is_alive(pid), "the end of the worker")

    def test_a_worker_that_has_ended_is_there_until_it_is_opened(self) -> None:
        template = self.template()
        template.send(type="fork", id=1, environment={})
        pid = template.until("forked")["pid"]
        os.kill(pid, signal.SIGKILL)
        for _ in range(3):
            self._sync(template)
        self.assertTrue(os.path.exists(f"/proc/{pid}"), "its pid is still its own")
        template.send(type="opened", id=1)
        self.assertEqual(template.until("exited"), {"type": "exited", "id": 1, "signal": 9})

    def test_the_end_of_its_orders_ends_the_template(self) -> None:
        template = self.template()
        worker = self.fork(template)
        child = worker.value("work.child")
        template.close_orders()
        self.assertEqual(template.wait(), 0)
        self.assertEqual(worker.value("work.echo", 1), 1)
        worker.close_orders()
        until(lambda: not is_alive(child), "the end of the worker's child")

    def test_stop_and_ping(self) -> None:
        template = self.template()
        self._sync(template)
        template.send(type="stop")
        self.assertEqual([each["type"] for each in template.rest()], ["leaving"])
        self.assertEqual(template.wait(), 0)

    def test_kinds_of_many_slots_can_be_forked(self) -> None:
        template = self.template()
        for kind in ("thread", "coroutine"):
            worker = self.fork(template, MOTORPOOL_KIND=kind, MOTORPOOL_SLOTS="4")
            self.assertEqual(worker.value("work.echo", 5), 5)

    def test_a_fork_takes_milliseconds(self) -> None:
        template = self.template()
        times = []
        for _ in range(5):
            begun = time.monotonic()
            worker = self.fork(template)
            worker.value("work.echo", 1)
            times.append(time.monotonic() - begun)
        self.assertLess(min(times), 0.5)

    def _sync(self, template: Template) -> None:
        template.send(type="ping")
        template.until("pong")


class ThreadsTest(DirectoryCase):
    MODULES = {
        "busy.py": """
            import threading, time
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
            def echo(value): return value
        """,
        "quiet.py": "def echo(value): return value",
    }

    def test_threads_at_import_are_told(self) -> None:
        template = Template(self.directory)
        self.addCleanup(template.end)
        self.assertNotIn("fork", template.hello["features"])
        source = template.hello["sources"][0]
        self.assertEqual(source["state"], "ready")
        self.assertIn("threads", source["reason"])
        template.send(type="fork", id=7, environment={})
        self.assertEqual(template.until("failed")["id"], 7)

    def test_the_probe_knows_whether_a_template_can_fork(self) -> None:
        for name, forks in (("busy", False), ("quiet", True)):
            probe = Worker(self.directory, MOTORPOOL_ROLE="probe", MOTORPOOL_SOURCES=f'["{name}"]')
            self.addCleanup(probe.end)
            self.assertEqual("fork" in probe.hello["features"], forks, name)


if __name__ == "__main__":
    unittest.main()
