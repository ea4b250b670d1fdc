"""Kind process: one call at a time, in the main thread."""

from __future__ import annotations

import os
import signal
import time
import unittest

from support import ForkedCase, WorkerCase, descriptors_of, frame, is_alive, until

FUNCTIONS = """
    import atexit, logging, os, signal, subprocess, sys, threading, time, warnings
    from decimal import Decimal
    from motorpool import Cancelled, context

    def echo(value=None): return value
    def double(n: int) -> int: return 2 * n
    def price(amount: Decimal, by: int) -> Decimal: return amount * by
    def halves(n: int) -> float: return n / 2
    def fail(text):
        try:
            int("x")
        except ValueError as cause:
            raise RuntimeError(text) from cause
    def recurse(n): return recurse(n + 1)
    def hungry(): raise MemoryError
    def interrupt(): raise KeyboardInterrupt
    def pid(): return os.getpid()
    def nap(seconds):
        time.sleep(seconds)
        return seconds
    def stubborn(seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                time.sleep(seconds)
            except Cancelled:
                pass
        return context().cancelled
    def spin():
        while True: pass
    def leave_mess():
        os.chdir("/")
        os.environ["MESS"] = "1"
        os.environ.pop("PATH")
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGURG, signal.SIG_DFL)
        signal.alarm(1)
        sys.stdout = None
    def mess():
        return [os.getcwd() == "/", "MESS" in os.environ, "PATH" in os.environ,
                str(signal.getsignal(signal.SIGTERM)), sys.stdout is None]
    def at_exit():
        atexit.register(print, "at the exit")
    def main_thread(): return threading.current_thread() is threading.main_thread()
    def limit_after(seconds):
        time.sleep(seconds)
        return context().deadline.timestamp()
    def say(*texts):
        for text in texts: print(text)
    def say_or_raise(item):
        print(item)
        if item == 3: raise ValueError
        return item
    def speak():
        print("print")
        logging.warning("logging")
        warnings.warn("warning")
        os.write(1, b"descriptor\\n")
        subprocess.run(["echo", "child"])
        print("last", file=sys.stderr)
    def in_thread():
        thread = threading.Thread(target=print, args=("of a thread",))
        thread.start()
        thread.join()
    def slowly():
        print("first")
        time.sleep(30)
    def flood():
        for i in range(20_000): print(i)
        return "done"
    def see():
        it = context()
        limit = it.deadline and it.deadline.timestamp()
        return [it.job, it.function, it.pool, it.attempt, it.traceparent, it.tracestate, limit]
    def advance(n):
        for i in range(n): context().progress(i, n, "step")
        time.sleep(0.3)
        context().progress(n, n)
        time.sleep(0.3)
    def leave(code): sys.exit(code)
    def vanish(code): os._exit(code)
    def leave_at_three(n):
        if n == 3: sys.exit(3)
        return n
    def vanish_at_three(n):
        if n == 3: os._exit(3)
        return n
    def big(size): return b"x" * size
    def cycle():
        it = []
        it.append(it)
        return it
    def leave_a_flood(): return subprocess.Popen(["yes"]).pid
    def noise(size): subprocess.run(["head", "-c", str(size), "/dev/zero"])
    def crash(): os.kill(os.getpid(), signal.SIGSEGV)
    def daemon():
        child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
        return child.pid
    def close_all():
        for n in (3, 4):
            try:
                os.write(n, b"garbage")
            except OSError:
                pass
        os.closerange(3, 100)
    def forked():
        child = os.fork()
        if child == 0:
            return "the child"
        os.waitpid(child, 0)
        return "the parent"
    async def later(value): return value
    def raise_in(items):
        if items == 3: raise ValueError("three")
        return items
"""


class ProcessTest(WorkerCase):
    MODULES = {"work.py": FUNCTIONS}

    def test_arguments_and_results(self) -> None:
        value = self.worker.value
        self.assertEqual(value("work.echo", {"a": [1, None, "ä", 1.5]}), {"a": [1, None, "ä", 1.5]})
        self.assertEqual(value("work.echo", kwargs={"value": 5}), 5)
        self.assertEqual(value("work.double", 10**50), 2 * 10**50)
        self.assertEqual(value("work.double", 4.0), 8)
        self.assertEqual(value("work.later", "soon"), "soon")
        self.assertTrue(value("work.main_thread"))

    def test_decimals_keep_their_digits(self) -> None:
        order = (
            b'{"type":"call","id":90,"attempt":1,"function":"work.price","args":[0.10000000000000000001,3],"kwargs":{}}'
        )
        self.worker.send_bytes(frame(order))
        self.assertEqual(self.worker.end_of(90)["value"], 0.3)
        self.assertEqual(self.worker.value("work.price", "0.10", 3), 0.3)

    def test_orders_may_arrive_in_pieces(self) -> None:
        order = frame({"type": "call", "id": 91, "attempt": 1, "function": "work.echo", "args": ["ä"], "kwargs": {}})
        for at in range(len(order)):
            self.worker.send_bytes(order[at : at + 1])
            time.sleep(0.0005)
        self.assertEqual(self.worker.end_of(91)["value"], "ä")

    def test_exceptions(self) -> None:
        error = self.worker.error("work.fail", "broken")
        self.assertEqual(
            (error["error"], error["exception"], error["message"]), ("function-raised", "RuntimeError", "broken")
        )
        self.assertIn("ValueError: invalid literal", error["traceback"])
        self.assertIn("work.py", error["traceback"])
        self.assertNotIn("motorpool/worker", error["traceback"])
        self.assertEqual(self.worker.error("work.recurse", 1)["exception"], "RecursionError")
        self.assertEqual(self.worker.error("work.hungry")["exception"], "MemoryError")
        self.assertEqual(self.worker.error("work.interrupt")["exception"], "KeyboardInterrupt")
        self.assertEqual(self.worker.error("work.nothing")["error"], "unknown-function")
        self.assertEqual(self.worker.error("work.double", "x")["exception"], "motorpool.InvalidArguments")
        self.assertEqual(self.worker.error("work.double", 1, 2)["exception"], "motorpool.InvalidArguments")
        self.assertEqual(self.worker.error("work.double")["exception"], "TypeError")

    def test_what_a_call_left_is_put_back(self) -> None:
        before = self.worker.value("work.mess")
        self.worker.value("work.leave_mess")
        self.assertEqual(self.worker.value("work.mess"), before)
        self.worker.value("work.nap", 1.2)  # an alarm would have killed it
        identity = self.worker.call("work.spin")
        time.sleep(0.05)
        self.worker.send(type="cancel", id=identity)
        self.assertEqual(self.worker.end_of(identity)["exception"], "motorpool.Cancelled")

    def test_descriptors_that_a_function_closes_or_writes_to_are_its_own(self) -> None:
        self.worker.value("work.close_all")
        self.assertEqual(self.worker.value("work.echo", 1), 1)

    def test_a_forked_child_reports_nothing(self) -> None:
        self.assertEqual(self.worker.value("work.forked"), "the parent")
        self.assertEqual(self.worker.value("work.echo", 1), 1)

    def test_context(self) -> None:
        seen = self.worker.value(
            "work.see", job="j", pool="p", attempt=3, traceparent="00-1", tracestate="a=b", deadline=60
        )
        self.assertEqual(seen[:6], ["j", "work.see", "p", 3, "00-1", "a=b"])
        self.assertLess(abs(seen[6] - time.time() - 60), 50)
        self.assertEqual(self.worker.value("work.see")[4:], [None, None, None])

    def test_the_deadline_is_that_of_each_item(self) -> None:
        identity = self.worker.chunk("work.limit_after", [0, 0.3, 0], deadline=60)
        values = self._values(identity, 3)
        self.assertGreater(values[2] - values[0], 0.25)

    def test_progress_is_limited_and_its_last_is_sent(self) -> None:
        identity = self.worker.call("work.advance", 1000)
        self.worker.end_of(identity)
        reports = [each for each in self.worker.seen if each["type"] == "progress" and each["id"] == identity]
        self.assertLess(len(reports), 10)
        self.assertEqual((reports[-1]["done"], reports[-1]["message"]), (1000, None))

    def test_output_of_all_kinds_in_order(self) -> None:
        identity = self.worker.call("work.speak", output=True)
        self.worker.end_of(identity)
        text = self.worker.output_of(identity)
        places = [text.index(word) for word in ("print", "logging", "warning", "descriptor", "child", "last")]
        self.assertEqual(places, sorted(places), text)
        identity = self.worker.call("work.in_thread", output=True)
        self.worker.end_of(identity)
        self.assertEqual(self.worker.output_of(identity), "of a thread\n")

    def test_output_that_nobody_wants_is_printed(self) -> None:
        self.worker.value("work.say", "to standard output")
        self.assertIn("to standard output\n", self.worker.printed())
        self.assertFalse([each for each in self.worker.seen if "to standard output" in str(each.get("text"))])

    def test_large_and_impossible_results(self) -> None:
        self.assertEqual(len(self.worker.value("work.big", 10_000_000)), 13_333_336)
        self.assertEqual(self.worker.error("work.big", 13_000_000)["error"], "value-too-large")
        self.assertEqual(self.worker.error("work.cycle")["error"], "value-not-json")
        self.assertEqual(len(self.worker.value("work.echo", "x" * 3_000_000)), 3_000_000)

    def test_a_child_that_prints_more_than_a_pipe_holds(self) -> None:
        first = self.worker.call("work.nap", 0.05)
        identity = self.worker.call("work.noise", 1_000_000, output=True)
        self.worker.end_of(first)
        self.worker.end_of(identity)
        self.assertLessEqual(len(self.worker.output_of(identity)), 1_000_000)

    def test_a_child_that_floods_on_does_not_hold_up_the_end(self) -> None:
        identity = self.worker.call("work.leave_a_flood", output=True)
        pid = self.worker.end_of(identity)["value"]
        self.assertEqual(self.worker.value("work.echo", 1), 1)
        os.kill(pid, signal.SIGKILL)
        self.assertEqual(self.worker.value("work.say", "after", output=True), None)

    def test_a_flood_keeps_its_end(self) -> None:
        identity = self.worker.call("work.flood", output=True)
        self.worker.end_of(identity)
        text = self.worker.output_of(identity)
        self.assertTrue(text.endswith("19998\n19999\n"), text[-100:])

    def test_output_comes_while_the_function_runs(self) -> None:
        identity = self.worker.call("work.slowly", output=True)
        self.worker.until("output", id=identity, text="first\n")
        self.worker.send(type="cancel", id=identity)
        self.assertEqual(self.worker.end_of(identity)["exception"], "motorpool.Cancelled")

    def test_cancel_hits_one_call_only(self) -> None:
        sleeping = self.worker.call("work.slowly", output=True)
        waiting, next_one = self.worker.call("work.nap", 30), self.worker.call("work.nap", 0)
        self.worker.until("output", id=sleeping)
        self.worker.send(type="cancel", id=waiting)
        self.worker.send(type="cancel", id=999_999)
        self.worker.send(type="cancel", id=sleeping)
        error = self.worker.end_of(sleeping)
        self.assertEqual(error["exception"], "motorpool.Cancelled")
        self.assertIn("time.sleep(30)", error["traceback"])
        self.assertNotIn("motorpool/worker", error["traceback"])
        self.assertEqual(self.worker.end_of(waiting)["exception"], "motorpool.Cancelled")
        self.assertEqual(self.worker.end_of(next_one)["value"], 0)
        for _ in range(100):  # a cancellation that comes about when the call ends
            first = self.worker.call("work.echo", 1)
            self.worker.send(type="cancel", id=first)
            second = self.worker.call("work.echo", 2)
            self.worker.end_of(first)
            self.assertEqual(self.worker.end_of(second).get("value"), 2)

    def test_a_function_may_ignore_its_cancellation(self) -> None:
        identity = self.worker.call("work.stubborn", 0.5)
        time.sleep(0.1)
        self.worker.send(type="cancel", id=identity)
        self.assertIs(self.worker.end_of(identity)["value"], True)

    def test_drop_gives_back_what_has_not_started(self) -> None:
        running, first, second = (
            self.worker.call("work.nap", 30),
            self.worker.call("work.pid"),
            self.worker.call("work.pid"),
        )
        time.sleep(0.05)
        self.worker.send(type="drop", ids=[running, second, 12345])
        self.assertEqual(self.worker.until("dropped")["ids"], [second])
        self.worker.send(type="drop", ids=[])
        self.assertEqual(self.worker.until("dropped")["ids"], [])
        self.worker.send(type="ping")
        self.worker.until("pong")
        self.worker.send(type="cancel", id=running)
        self.worker.end_of(running)
        self.assertEqual(self.worker.end_of(first)["value"], self.worker.pid)

    def test_a_chunk(self) -> None:
        identity = self.worker.chunk("work.double", list(range(1000)))
        self.assertEqual(self._values(identity, 1000), {i: 2 * i for i in range(1000)})
        identity = self.worker.chunk("work.price", [["0.5", 3], [1, 2]], star=True)
        self.assertEqual(self._values(identity, 2), {0: 1.5, 1: 2})
        identity = self.worker.chunk("work.double", [1, 2.0, 3])
        self.assertEqual(self._values(identity, 3), {0: 2, 1: 4, 2: 6})
        identity = self.worker.chunk("work.raise_in", [1, 2, 3, 4])
        values = self._values(identity, 4)
        self.assertEqual([values[i] for i in (0, 1, 3)], [1, 2, 4])
        self.assertEqual(values[2]["message"], "three")
        self.worker.chunk("work.double", [])
        self.assertEqual(self.worker.value("work.echo", 1), 1)

    def test_the_output_of_a_chunk_comes_before_its_end(self) -> None:
        for items in (["a"], ["a", "b", "c"], ["a", 3]):
            identity = self.worker.chunk("work.say_or_raise", items, output=True)
            values = self._values(identity, len(items))
            self.assertEqual(len(values), len(items))
            self.assertEqual(self.worker.output_of(identity), "".join(f"{item}\n" for item in items))
            ends = [each for each in self.worker.seen if each.get("id") == identity and each["type"] != "running"]
            self.assertIn(ends[-1]["type"], ("results", "error"))

    def test_a_long_item_is_announced_and_reported_alone(self) -> None:
        identity = self.worker.chunk("work.nap", [0, 0.1, 0])
        values = self._values(identity, 3)
        self.assertEqual(values, {0: 0, 1: 0.1, 2: 0})
        mine = [
            each for each in self.worker.seen if each.get("id") == identity and each["type"] in ("running", "results")
        ]
        announced = next(place for place, each in enumerate(mine) if each["type"] == "running" and each["index"] == 1)
        before = [each for each in mine[:announced] if each["type"] == "results"]
        self.assertEqual(sum(len(each["values"]) for each in before), 1)
        self.assertEqual((mine[announced + 1]["index"], len(mine[announced + 1]["values"])), (1, 1))
        self.assertGreaterEqual(mine[announced + 1]["nanos"], 90_000_000)

    def test_items_are_cancelled_one_by_one_and_given_back(self) -> None:
        identity = self.worker.chunk("work.nap", [30, 0, 30, 30, 30])
        self.worker.until("running", id=identity, index=0)
        self.worker.send(type="cancel", id=identity, index=2)
        self.worker.send(type="cancel", id=identity, index=0)
        self.worker.until("error", id=identity, index=0)
        self.worker.until("error", id=identity, index=2)
        self.worker.until("running", id=identity, index=3)
        self.worker.send(type="drop", ids=[identity])
        self.assertEqual(self.worker.until("dropped")["from"], [4])
        self.worker.send(type="cancel", id=identity, index=3)
        self.worker.until("error", id=identity, index=3)

    def test_a_cancelled_item_is_the_only_one(self) -> None:
        for index in (0, 1, 7, 100, 300) * 10:
            identity = self.worker.chunk("work.double", list(range(400)))
            self.worker.send(type="cancel", id=identity, index=index)
            values = self._values(identity, 400)
            for place, value in values.items():
                if value != 2 * place:
                    self.assertEqual((place, value["exception"]), (index, "motorpool.Cancelled"))

    def test_given_back_at_any_moment_each_item_has_one_end(self) -> None:
        for size in (1, 2, 50, 400):
            for _ in range(8):
                identity = self.worker.chunk("work.double", list(range(size)))
                self.worker.send(type="drop", ids=[identity])
                dropped = self.worker.until("dropped")
                place = dict(zip(dropped["ids"], dropped["from"])).get(identity, size)
                values = self._values(identity, place)
                self.assertEqual(sorted(values), list(range(place)))

    def test_a_ping_is_answered_while_a_function_spins(self) -> None:
        identity = self.worker.call("work.spin")
        for _ in range(5):
            self.worker.send(type="ping")
            self.worker.until("pong")
        self.worker.send(type="cancel", id=identity)
        self.assertEqual(self.worker.end_of(identity)["exception"], "motorpool.Cancelled")

    def test_ctrl_c_is_not_for_workers(self) -> None:
        os.kill(self.worker.pid, signal.SIGINT)
        self.assertEqual(self.worker.value("work.echo", 1), 1)

    def test_orders_are_accepted_in_the_file(self) -> None:
        self.worker.value("work.echo", 1)
        before = self.worker.accepted()
        self.worker.value("work.echo", 1)
        self.assertEqual(self.worker.accepted(), before + 1)
        self.assertFalse(os.path.exists(self.worker._accepted.name))

    def test_descriptors_do_not_grow(self) -> None:
        self.worker.value("work.speak", output=True)
        before = descriptors_of(self.worker.pid)
        for _ in range(20):
            self.worker.value("work.say", "x", output=True)
        self.assertEqual(descriptors_of(self.worker.pid), before)

    def _values(self, identity: int, count: int) -> dict:  # type: ignore[type-arg]
        values: dict = {}  # type: ignore[type-arg]
        for each in self.worker.seen:
            self._take(each, identity, values)
        while len(values) < count:
            message = self.worker.receive()
            self.assertIsNotNone(message)
            self._take(message, identity, values)  # type: ignore[arg-type]
        self.assertEqual(len(values), count)
        return values

    def _take(self, message: dict, identity: int, values: dict) -> None:  # type: ignore[type-arg]
        if message.get("id") != identity:
            return
        if message["type"] == "results":
            for offset, value in enumerate(message["values"]):
                self.assertNotIn(message["index"] + offset, values)
                values[message["index"] + offset] = value
        elif message["type"] == "error":
            self.assertNotIn(message["index"], values)
            values[message["index"]] = message


class EndTest(ForkedCase):
    """The ends of a worker process."""

    MODULES = {"work.py": FUNCTIONS}

    def test_stop(self) -> None:
        worker = self.fork()
        identity = worker.call("work.nap", 0.05)
        worker.send(type="stop")
        self.assertEqual([each["type"] for each in worker.rest()], ["result", "leaving"])
        self.assertEqual((worker.wait(), identity), (0, 1))

    def test_functions_of_atexit_run_at_a_stop(self) -> None:
        worker = self.fork()
        worker.value("work.at_exit")
        worker.send(type="stop")
        self.assertEqual([each["type"] for each in worker.rest()], ["leaving"])
        self.assertEqual(worker.wait(), 0)
        self.assertEqual(os.read(worker.output, 100), b"at the exit\n")

    def test_the_end_of_orders_ends_everything_at_once(self) -> None:
        worker = self.fork()
        child = worker.value("work.daemon")
        worker.call("work.spin")
        time.sleep(0.02)
        worker.close_orders()
        begun = time.monotonic()
        self.assertEqual(worker.wait(), 0)
        self.assertLess(time.monotonic() - begun, 5)
        until(lambda: not is_alive(child), "the end of the child")

    def test_exits_say_what_they_are(self) -> None:
        for function, argument, code, printed in (
            ("work.leave", 3, 3, ""),
            ("work.leave", None, 0, ""),
            ("work.leave", "no more", 1, "no more\n"),
            ("work.vanish", 137, 137, ""),
        ):
            with self.subTest(function=function, argument=argument):
                worker = self.fork()
                identity = worker.call(function, argument, output=True)
                rest = worker.rest()
                self.assertEqual(rest[-1]["type"], "leaving")
                self.assertEqual("".join(each["text"] for each in rest[:-1]), printed)
                self.assertEqual((worker.wait(), identity), (code, 1))

    def test_an_item_that_exits_is_named(self) -> None:
        for function in ("work.leave_at_three", "work.vanish_at_three"):
            worker = self.fork()
            identity = worker.chunk(function, [1, 2, 3, 4])
            rest = worker.rest()
            self.assertEqual([each["type"] for each in rest[-2:]], ["running", "leaving"])
            self.assertEqual(rest[-2]["index"], 2)
            values = [value for each in rest[:-1] if each["type"] == "results" for value in each["values"]]
            self.assertEqual((values, identity), ([1, 2], 1))

    def test_a_crash_is_a_signal(self) -> None:
        worker = self.fork()
        worker.call("work.crash")
        self.assertEqual(worker.rest(), [])
        self.assertEqual(worker.wait(), -signal.SIGSEGV)
        self.assertIn("in crash", worker.printed())

    def test_killed_in_the_second_of_many_calls(self) -> None:
        worker = self.fork()
        first = worker.call("work.echo", 1)
        worker.call("work.nap", 30)
        worker.call("work.echo", 3)
        worker.end_of(first)
        os.kill(worker.pid, signal.SIGKILL)
        self.assertEqual(worker.rest(), [])
        self.assertGreaterEqual(worker.accepted(), 1)

    def test_a_broken_protocol_ends_the_worker(self) -> None:
        worker = self.fork()
        worker.call("work.nap", 30)
        worker.send_bytes(frame(b'{"type":"call","id":2}'))
        self.assertEqual([each["type"] for each in worker.rest()], ["leaving"])
        self.assertEqual(worker.wait(), 76)
        self.assertIn("motorpool worker: call without attempt\n", worker.printed())

    def test_half_a_frame_ends_the_worker(self) -> None:
        whole = frame(b'{"type":"ping"}')
        for at in range(1, len(whole), 3):
            worker = self.fork()
            worker.send_bytes(whole[:at])
            worker.close_orders()
            self.assertEqual(worker.wait(), 76)


if __name__ == "__main__":
    unittest.main()
