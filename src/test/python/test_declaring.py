"""What authors import."""

from __future__ import annotations

import unittest
from typing import Any

import support  # noqa: F401
from motorpool import Field, __version__, context, function
from motorpool.declaring import MARK


class DeclaringTest(unittest.TestCase):
    def test_a_marked_function_stays_as_it_is(self) -> None:
        def plain(n: int) -> int:
            return n + 1

        self.assertIs(function(plain), plain)
        self.assertIs(function()(plain), plain)
        self.assertIs(function(timeout=5, workload="io")(plain), plain)
        self.assertEqual(plain(1), 2)
        self.assertEqual(getattr(plain, MARK).defaults, {"timeout": 5})

    def test_wrong_options(self) -> None:
        options: list[dict[str, Any]] = [
            {"name": "a.b"},
            {"name": "_a"},
            {"name": 5},
            {"workload": "gpu"},
            {"timeout": 0},
            {"timeout": float("nan")},
            {"retries": -1},
            {"retries": 1.5},
            {"retry_delay": -1},
            {"priority": 101},
            {"pool": ""},
        ]
        for each in options:
            with self.subTest(options=each):
                with self.assertRaises(ValueError):
                    function(**each)
        for wrong in ("name", type("Kind", (), {})):
            with self.assertRaises(TypeError):
                function(wrong)

    def test_fields(self) -> None:
        field = Field(minimum=0, max_length=3, description="d")
        self.assertEqual(
            field.apply({"type": "string"}), {"type": "string", "minimum": 0, "maxLength": 3, "description": "d"}
        )
        self.assertEqual(Field(min_length=1).apply({"type": "array"}), {"type": "array", "minItems": 1})

    def test_outside_of_a_call_the_context_is_empty(self) -> None:
        it = context()
        self.assertEqual((it.job, it.function, it.pool, it.deadline, it.cancelled), (None, None, None, None, False))
        it.progress(1, 2, "x")

    def test_version(self) -> None:
        self.assertRegex(__version__, r"^\d+\.\d+\.\d+")


if __name__ == "__main__":
    unittest.main()
