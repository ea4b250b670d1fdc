"""Frames and orders, cut and broken in all ways."""

from __future__ import annotations

import json
import os
import unittest
from typing import Any

from motorpool.worker import orders
from motorpool.worker.frames import BrokenProtocol, FrameReader
from support import frame

CALL = {"type": "call", "id": 1, "attempt": 1, "function": "f", "args": [1], "kwargs": {}}


class FramesTest(unittest.TestCase):
    def setUp(self) -> None:
        self.read_end, self.write_end = os.pipe()
        self.addCleanup(os.close, self.read_end)
        self.reader = FrameReader(self.read_end, 100_000)

    def test_cut_at_every_byte(self) -> None:
        messages = [b"{}", b'{"a":"' + b"x" * 300 + b'"}', b"[]"]
        whole = b"".join(map(frame, messages))
        for at in range(1, len(whole)):
            got: list[bytes] = []
            for piece in (whole[:at], whole[at:]):
                os.write(self.write_end, piece)
                got += self.reader.read() or []
            self.assertEqual(got, messages)
        got = []
        for at in range(len(whole)):
            os.write(self.write_end, whole[at : at + 1])
            got += self.reader.read() or []
        self.assertEqual(got, messages)
        os.close(self.write_end)
        self.assertIsNone(self.reader.read())

    def test_the_end_within_a_frame(self) -> None:
        os.write(self.write_end, frame(b"{}")[:5])
        os.close(self.write_end)
        self.assertEqual(self.reader.read(), [])
        with self.assertRaises(BrokenProtocol):
            self.reader.read()

    def test_lengths(self) -> None:
        for head in (b"\0\0\0\0", b"\0\0\0\1", b"\xff\xff\xff\xff", (100_001).to_bytes(4, "big")):
            read_end, write_end = os.pipe()
            os.write(write_end, head)
            with self.assertRaises(BrokenProtocol):
                FrameReader(read_end, 100_000).read()
            os.close(read_end)
            os.close(write_end)
        os.close(self.write_end)


class OrdersTest(unittest.TestCase):
    def test_orders(self) -> None:
        for order in (
            CALL,
            {**CALL, "job": None, "pool": "p", "deadline": 1.5, "output": True, "traceparent": "t", "unknown": [1]},
            {"type": "chunk", "id": 1, "attempt": 1, "function": "f", "items": [[1]], "star": True},
            {"type": "cancel", "id": 1},
            {"type": "drop", "ids": []},
            {"type": "ping", "more": 1},
            {"type": "stop"},
        ):
            self.assertEqual(orders.parse(json.dumps(order).encode()), order)
            self.assertEqual(orders.parse((" " + json.dumps(order, indent=1) + "\n").encode()), order)

    def test_broken_orders(self) -> None:
        broken: list[Any] = [
            {**CALL, name: value}
            for name, value in (
                ("id", -1),
                ("id", 1 << 63),
                ("id", True),
                ("id", 1.0),
                ("id", "1"),
                ("attempt", None),
                ("function", 5),
                ("function", "f" * 1025),
                ("args", {}),
                ("kwargs", []),
                ("output", "yes"),
                ("job", 5),
                ("pool", 5),
                ("deadline", "soon"),
                ("traceparent", 5),
            )
        ]
        broken += [{k: v for k, v in CALL.items() if k != name} for name in CALL]
        broken += [
            {"type": "chunk", "id": 1, "attempt": 1, "function": "f", "items": [1], "star": True},
            {"type": "chunk", "id": 1, "attempt": 1, "function": "f"},
            {"type": "cancel"},
            {"type": "cancel", "id": 1, "index": -1},
            {"type": "drop"},
            {"type": "drop", "ids": ["1"]},
            {"type": "result", "id": 1},
            [],
            5,
            None,
            "call",
            {"type": []},
        ]
        texts = [json.dumps(each).encode() for each in broken]
        texts += [
            b"",
            b"{",
            b"{}{}",
            b'{"type":"ping"}\xff',
            b'\xef\xbb\xbf{"type":"ping"}',
            b'{"type":"ping","x":NaN}',
            b'{"type":"ping","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"type":"ping","x":01}',
        ]
        for text in texts:
            with self.subTest(text=text[:100]):
                with self.assertRaises(BrokenProtocol):
                    orders.parse(text)


if __name__ == "__main__":
    unittest.main()
