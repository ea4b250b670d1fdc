"""Kinds thread and coroutine: many calls at once in one process."""

from __future__ import annotations

import time
import unittest

from support import ForkedCase, WorkerCase, resident

FUNCTIONS = """
    import asyncio, os, sys, threading, time
    from motorpool import context

    def echo(value=None): return value
    def nap(seconds):
        time.sleep(seconds)
        return seconds
    def spin():
        while True: pass
    def say(text, seconds=0.0):
        for i in range(3):
            print(text, i)
            time.sleep(seconds)
        return context().job
    def leave(code): sys.exit(code)
    def thread(): return threading.get_ident()
    async def sleep(seconds):
        await asyncio.sleep(seconds)
        return seconds
    async def speak(text, seconds=0.01):
        for i in range(3):
            print(text, i)
            await asyncio.sleep(seconds)
        return context().job
    async def quit(code): sys.exit(code)
    async def block(seconds): time.sleep(seconds)
    async def stray():
        async def fails(): sys.exit(1)
        asyncio.ensure_future(fails())
        await asyncio.sleep(0.01)
        return "here"
    async def protected():
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            return "caught"
    def fail(): raise ValueError("broken")
    async def fail_later(): raise ValueError("broken later")
    def vanish(): os._exit(9)
"""


class Common(WorkerCase):
    MODULES = {"work.py": FUNCTIONS}

    def test_calls_run_at_once(self) -> None:
        begun = time.monotonic()
        calls = [self.worker.call("work.nap", 0.3) for _ in range(8)]
        self.worker.call("work.echo", 1)
        self.assertEqual(self.worker.until("result")["value"], 1)
        for _ in calls:
            self.worker.until("result")
        self.assertLess(time.monotonic() - begun, 2.0)

    def test_output_belongs_to_its_call(self) -> None:
        calls = {self.worker.call("work.say", f"text{i}", 0.01, output=True, job=f"j{i}"): i for i in range(4)}
        for _ in calls:
            self.assertEqual(self.worker.until("result")["value"][0], "j")
        for identity, i in calls.items():
            self.assertEqual(self.worker.output_of(identity), "".join(f"text{i} {n}\n" for n in range(3)))

    def test_exits_and_failures_harm_no_neighbour(self) -> None:
        sleeping = self.worker.call("work.nap", 0.3)
        error = self.worker.error("work.leave", 3)
        self.assertEqual((error["error"], error["exception"], error["message"]), ("function-raised", "SystemExit", "3"))
        self.assertEqual(self.worker.error("work.fail")["exception"], "ValueError")
        self.assertEqual(self.worker.error("work.none")["error"], "unknown-function")
        self.assertEqual(self.worker.end_of(sleeping)["value"], 0.3)

    def test_a_cancellation_hits_its_call_only(self) -> None:
        spinning, sleeping = self.worker.call("work.spin"), self.worker.call("work.nap", 0.2)
        time.sleep(0.05)
        self.worker.send(type="cancel", id=spinning)
        ends = {end["id"]: end for end in (self.worker.receive(), self.worker.receive()) if end}
        self.assertEqual(ends[spinning]["exception"], "motorpool.Cancelled")
        self.assertEqual(ends[sleeping]["value"], 0.2)
        for _ in range(50):
            first, second = self.worker.call("work.echo", 1), self.worker.call("work.echo", 2)
            self.worker.send(type="cancel", id=first)
            ends = {end["id"]: end for end in (self.worker.receive(), self.worker.receive()) if end}
            self.assertEqual(ends[second].get("value"), 2)

    def test_chunks(self) -> None:
        identity = self.worker.chunk("work.echo", list(range(500)))
        values: list = []  # type: ignore[type-arg]
        while len(values) < 500:
            report = self.worker.until("results", id=identity)
            self.assertEqual(report["index"], len(values))
            values += report["values"]
        self.assertEqual(values, list(range(500)))
        identity = self.worker.chunk("work.nap", [0, 0.1, 0, 30])
        self.worker.until("running", id=identity, index=3)
        self.worker.send(type="cancel", id=identity, index=3)

    def test_a_cancelled_item_of_a_chunk_is_the_only_one(self) -> None:
        functions = ("work.echo", "work.sleep") if self.ENVIRONMENT["MOTORPOOL_KIND"] == "coroutine" else ("work.echo",)
        for function in functions:
            for index in (0, 1, 7, 30) * 5:
                identity = self.worker.chunk(function, [0] * 40)
                self.worker.send(type="cancel", id=identity, index=index)
                ended = 0
                while ended < 40:
                    report = self.worker.receive() or {}
                    if report.get("type") == "results" and report["id"] == identity:
                        ended += len(report["values"])
                    elif report.get("type") == "error":
                        self.assertEqual((report["id"], report["index"]), (identity, index))
                        ended += 1

    def test_ping_and_drop(self) -> None:
        self.worker.send(type="ping")
        self.worker.until("pong")
        self.worker.send(type="drop", ids=[1, 2])
        self.assertEqual(self.worker.until("dropped")["ids"], [])


class ThreadTest(Common):
    ENVIRONMENT = {"MOTORPOOL_KIND": "thread", "MOTORPOOL_SLOTS": "16"}

    def test_coroutine_functions_work_too(self) -> None:
        self.assertEqual(self.worker.value("work.sleep", 0.01), 0.01)


class CoroutineTest(Common):
    ENVIRONMENT = {"MOTORPOOL_KIND": "coroutine", "MOTORPOOL_SLOTS": "20000"}

    def test_ten_thousand_sleeps(self) -> None:
        count = 10_000
        begun = time.monotonic()
        orders = []
        from support import frame

        for identity in range(100_000, 100_000 + count):
            orders.append(
                frame(
                    {"type": "call", "id": identity, "attempt": 1, "function": "work.sleep", "args": [1], "kwargs": {}}
                )
            )
        sent = b"".join(orders)
        self.worker.send_bytes(sent)
        for _ in range(count):
            self.assertEqual(self.worker.until("result")["value"], 1)
        self.assertLess(time.monotonic() - begun, 30)
        self.assertLess(resident(self.worker.pid), 200 * 1024 * 1024)

    def test_tasks(self) -> None:
        calls = {self.worker.call("work.speak", f"task{i}", output=True, job=f"j{i}"): i for i in range(4)}
        for _ in calls:
            self.worker.until("result")
        for identity, i in calls.items():
            self.assertEqual(self.worker.output_of(identity), "".join(f"task{i} {n}\n" for n in range(3)))
        error = self.worker.error("work.fail_later")
        self.assertEqual(error["message"], "broken later")
        self.assertNotIn("asyncio", error["traceback"])
        self.assertEqual(self.worker.error("work.quit", 3)["exception"], "SystemExit")
        self.assertEqual(self.worker.value("work.stray"), "here")
        self.assertEqual(self.worker.value("work.echo", 1), 1)

    def test_tasks_are_cancelled(self) -> None:
        identity = self.worker.call("work.sleep", 30)
        caught = self.worker.call("work.protected")
        time.sleep(0.05)
        self.worker.send(type="cancel", id=identity)
        self.assertEqual(self.worker.end_of(identity)["exception"], "asyncio.exceptions.CancelledError")
        self.worker.send(type="cancel", id=caught)
        self.assertEqual(self.worker.end_of(caught)["value"], "caught")
        for _ in range(50):
            first, second = self.worker.call("work.sleep", 0), self.worker.call("work.sleep", 0)
            self.worker.send(type="cancel", id=first)
            ends = {end["id"]: end for end in (self.worker.receive(), self.worker.receive()) if end}
            self.assertEqual(ends[second].get("value"), 0)

    def test_a_blocked_loop_answers_pings(self) -> None:
        identity = self.worker.call("work.block", 0.3)
        self.worker.send(type="ping")
        self.assertEqual((self.worker.receive() or {})["type"], "pong")
        self.worker.end_of(identity)


class EndTest(ForkedCase):
    MODULES = {"work.py": FUNCTIONS}

    def test_stop_waits_for_what_runs(self) -> None:
        for kind in ("thread", "coroutine"):
            with self.subTest(kind=kind):
                worker = self.fork(MOTORPOOL_KIND=kind, MOTORPOOL_SLOTS="4")
                worker.call("work.nap", 0.1)
                worker.call("work.sleep", 0.1)
                worker.send(type="stop")
                self.assertEqual([each["type"] for each in worker.rest()], ["result", "result", "leaving"])
                self.assertEqual(worker.wait(), 0)

    def test_the_end_of_orders(self) -> None:
        for kind in ("thread", "coroutine"):
            with self.subTest(kind=kind):
                worker = self.fork(MOTORPOOL_KIND=kind, MOTORPOOL_SLOTS="4")
                worker.call("work.spin")
                worker.call("work.block", 30)
                worker.close_orders()
                self.assertEqual(worker.wait(), 0)

    def test_an_exit_of_the_process_is_announced(self) -> None:
        worker = self.fork(MOTORPOOL_KIND="thread", MOTORPOOL_SLOTS="4")
        worker.call("work.vanish")
        self.assertEqual([each["type"] for each in worker.rest()], ["leaving"])
        self.assertEqual(worker.wait(), 9)

    def test_one_slot_runs_coroutines_in_order(self) -> None:
        worker = self.fork(MOTORPOOL_KIND="coroutine", MOTORPOOL_SLOTS="1")
        first = worker.call("work.speak", "started", 0.3, output=True)
        second, third = worker.call("work.sleep", 0), worker.call("work.sleep", 0)
        worker.until("output", id=first)
        worker.send(type="drop", ids=[first, second])
        self.assertEqual(worker.until("dropped")["ids"], [second])
        self.assertEqual(worker.until("result")["id"], first)
        self.assertEqual(worker.until("result")["id"], third)

    def test_without_the_file_acceptance_is_reported(self) -> None:
        worker = self.start(MOTORPOOL_ACCEPTED="/nowhere", MOTORPOOL_KIND="thread", MOTORPOOL_SLOTS="2")
        worker.send(type="ping")
        worker.call("work.echo", 1)
        worker.until("pong")
        self.assertEqual(worker.receive(), {"type": "accepted", "orders": 2})
        self.assertEqual((worker.receive() or {})["type"], "result")


del Common

if __name__ == "__main__":
    unittest.main()
