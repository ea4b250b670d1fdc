"""Orders at random moments: each item has one end, in order, and only what was cancelled is cancelled."""

from __future__ import annotations

import random
import time
import unittest
from typing import Any

from support import Forked, ForkedCase

ITEMS = 20
ROUNDS = 25


class StressTest(ForkedCase):
    MODULES = {
        "work.py": """
            import asyncio, time
            def spin(millis):
                end = time.perf_counter() + millis / 1000
                while time.perf_counter() < end: pass
                return millis
            def nap(millis):
                time.sleep(millis / 1000)
                return millis
            async def wait(millis):
                await asyncio.sleep(millis / 1000)
                return millis
        """
    }

    def test_process(self) -> None:
        self._run(["work.spin", "work.nap"])

    def test_threads(self) -> None:
        self._run(["work.spin", "work.nap"], MOTORPOOL_KIND="thread", MOTORPOOL_SLOTS="4")

    def test_coroutines(self) -> None:
        self._run(["work.nap", "work.wait"], MOTORPOOL_KIND="coroutine", MOTORPOOL_SLOTS="4")

    def _run(self, functions: list[str], **environment: str) -> None:
        source = random.Random(3)
        worker = self.fork(**environment)
        for _ in range(ROUNDS):
            function = source.choice(functions)
            items = [source.choice((0, 0.05, 0.3, 0.6, 1.2)) for _ in range(ITEMS)]
            chunk, call = worker.chunk(function, items), worker.call(function, 0.5)
            cancelled: set[int] = set()
            for _ in range(source.randrange(4)):
                time.sleep(source.random() * 0.004)
                kind = source.randrange(4)
                if kind == 0:
                    worker.send(type="drop", ids=[chunk])
                elif kind == 1:
                    worker.send(type="ping")
                elif kind == 2:
                    cancelled.add(source.randrange(ITEMS))
                    worker.send(type="cancel", id=chunk, index=list(cancelled)[-1])
                    worker.send(type="cancel", id=chunk, index=source.choice(list(cancelled)))
                else:
                    worker.send(type="cancel", id=call)
            self._check(worker, chunk, call, items, cancelled)

    def _check(self, worker: Forked, chunk: int, call: int, items: list[float], cancelled: set[int]) -> None:
        """Receives the ends of a chunk and of a call."""
        ended: list[int] = []
        end, call_ended = ITEMS, False
        while len(ended) < end or not call_ended:
            report: dict[str, Any] = worker.receive() or self.fail("the worker has ended")
            kind = report["type"]
            if kind == "results":
                self.assertEqual(report["index"], len(ended))
                self.assertEqual(report["values"], items[len(ended) : len(ended) + len(report["values"])])
                ended += range(len(ended), len(ended) + len(report["values"]))
            elif kind == "error":
                self.assertIn("Cancelled", report["exception"])
                if report["id"] == chunk:
                    self.assertIn(report["index"], cancelled)
                    self.assertEqual(report["index"], len(ended))
                    ended.append(report["index"])
                else:
                    call_ended = True
            elif kind == "result":
                self.assertEqual((report["id"], call_ended), (call, False))
                call_ended = True
            elif kind == "running":
                self.assertEqual(report["index"], len(ended))
            elif kind == "dropped" and chunk in report["ids"]:
                end = report["from"][report["ids"].index(chunk)]
        self.assertEqual(len(ended), end)


if __name__ == "__main__":
    unittest.main()
