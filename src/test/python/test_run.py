"""`python -m motorpool.run`."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest

from support import PACKAGE, DirectoryCase


class RunTest(DirectoryCase):
    MODULES = {
        "functions/python/orders.py": """
            import sys
            from decimal import Decimal
            from motorpool import context
            def total(prices: list[float], rate: float = 0.19) -> float:
                return sum(prices) * (1 + rate)
            def exact(price: Decimal) -> Decimal: return price * 3
            async def later(text: str): return text
            def fail(): raise ValueError("broken")
            def leave(): sys.exit(7)
            def report():
                context().progress(1, 2, "half")
                print(context().function)
            def odd(): return object()
        """,
        "functions/python/broken.py": "def f(:",
    }

    def run_with(self, *words: str) -> tuple[int, str, str]:
        ended = subprocess.run(
            [sys.executable, "-m", "motorpool.run", *words],
            cwd=self.directory,
            env={**os.environ, "PYTHONPATH": PACKAGE},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return ended.returncode, ended.stdout, ended.stderr

    def test_calls(self) -> None:
        self.assertEqual(self.run_with("orders.total", "[10, 20]", "0.5"), (0, "45.0\n", ""))
        self.assertEqual(self.run_with("orders.exact", "0.10000000000000000001"), (0, "0.30000000000000000003\n", ""))
        self.assertEqual(self.run_with("orders.later", "just text"), (0, '"just text"\n', ""))
        self.assertEqual(self.run_with("orders.report"), (0, "orders.report\nnull\n", "1/2 half\n"))

    def test_refusals(self) -> None:
        for words, message in (
            (["orders.total", '[1, "x"]'], "/args/0/1: must be a number, not 'x'\n"),
            (["orders.total"], "the argument prices is missing\n"),
            (["orders.totl"], "it has: orders.total"),
            (["order.total"], "has no source order; it has: broken, orders"),
            (["broken.f"], "broken.py cannot be loaded: SyntaxError"),
            ([], "usage: "),
        ):
            with self.subTest(words=words):
                code, out, err = self.run_with(*words)
                self.assertEqual((code, out), (2, ""))
                self.assertIn(message, err)

    def test_failures(self) -> None:
        code, out, err = self.run_with("orders.fail")
        self.assertEqual((code, out), (1, ""))
        self.assertTrue(err.endswith("ValueError: broken\n"))
        self.assertNotIn("motorpool" + os.sep, err)
        self.assertEqual(self.run_with("orders.leave")[0], 7)
        self.assertEqual(self.run_with("orders.odd")[::2], (1, "orders.odd: builtins.object has no JSON form\n"))


if __name__ == "__main__":
    unittest.main()
