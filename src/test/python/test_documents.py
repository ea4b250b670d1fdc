"""What docs/functions.md shows is what happens without a service, too."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import unittest

from support import PACKAGE, DirectoryCase

PAGE = os.path.abspath(os.path.join(PACKAGE, "..", "..", "..", "docs", "functions.md"))


class DocumentsTest(DirectoryCase):
    def test_its_functions_load_and_its_commands_print_what_it_shows(self) -> None:
        with open(PAGE) as file:
            text = file.read()
        blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        self.assertGreaterEqual(len(blocks), 4)
        for number, block in enumerate(blocks):
            self.write(f"functions/python/{'orders' if number == 0 else f'page{number}'}.py", block)
            self.assertLess(block.count("\n"), 20)
        commands = re.findall(r"^\$ python3 (-m motorpool.run .*)\n(.*)$", text, re.MULTILINE)
        self.assertEqual(len(commands), 2)
        for command, expected in commands:
            self.assertEqual(self._run(*shlex.split(command)), expected)
        run = ("-m", "motorpool.run")
        self.assertEqual(self._run(*run, "page1.sum", "[1, 2]"), "3")
        self.assertEqual(self._run(*run, "page2.net", '[{"price": 0.10, "quantity": 3}]'), "0.30")
        self.assertIn("2", self._run(*run, "page3.convert", '["a", "b"]'))

    def _run(self, *words: str) -> str:
        ended = subprocess.run(
            [sys.executable, *words],
            cwd=self.directory,
            env={**os.environ, "PYTHONPATH": PACKAGE},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        return ended.stdout.rstrip("\n")


if __name__ == "__main__":
    unittest.main()
