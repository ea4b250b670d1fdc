"""Many calls in constant memory. `MOTORPOOL_TEST_CALLS=1000000` makes them a million."""

from __future__ import annotations

import os
import threading
import unittest
from typing import Any

from support import DirectoryCase, Worker, descriptors_of, frame, resident

CALLS = int(os.environ.get("MOTORPOOL_TEST_CALLS", "100000"))


class EnduranceTest(DirectoryCase):
    MODULES = {
        "work.py": """
            def echo(value: int) -> int: return value
            def sometimes(value):
                if value % 10 == 0: raise ValueError(value)
                return {"value": [value]}
        """
    }

    def test_calls(self) -> None:
        worker = self.start()
        self._run(worker, 5_000, 0)
        memory, descriptors = resident(worker.pid), descriptors_of(worker.pid)
        self._run(worker, CALLS, 10_000)
        self.assertLess(resident(worker.pid), memory + 8 * 1024 * 1024)
        self.assertEqual(descriptors_of(worker.pid), descriptors)

    def test_chunks(self) -> None:
        worker = self.start()
        for round_number in range(3):
            identity = worker.chunk("work.echo", list(range(CALLS)))
            count = 0
            while count < CALLS:
                count += len(worker.until("results", id=identity)["values"])
            worker.seen.clear()
            if round_number == 0:
                memory = resident(worker.pid)
        self.assertLess(resident(worker.pid), memory * 1.5 + 8 * 1024 * 1024)

    def _run(self, worker: Worker, count: int, first: int) -> None:
        """Keeps 64 calls in the worker, of which a part fails and a part prints."""
        functions = ["work.echo", "work.sometimes"]

        def order(identity: int) -> bytes:
            message: dict[str, Any] = {"type": "call", "id": identity, "attempt": 1, "kwargs": {}}
            return frame({**message, "function": functions[identity % 50 == 0], "args": [identity]})

        room = threading.Semaphore(64)

        def send() -> None:
            for identity in range(first, first + count, 8):
                for _ in range(8):
                    room.acquire()
                worker.send_bytes(b"".join(order(identity + i) for i in range(8)))

        sender = threading.Thread(target=send)
        sender.start()
        for identity in range(first, first + count):
            report = worker.receive()
            self.assertEqual(report and report["id"], identity)
            room.release()
            worker.seen.clear()
        sender.join()


if __name__ == "__main__":
    unittest.main()
