"""Which functions a directory exposes, also a hostile one."""

from __future__ import annotations

import os
import unittest
from typing import Any

from support import DirectoryCase, kill, until

MODULES = {
    "plain.py": """
        import os, json
        from os import system, path
        from json import dumps
        from collections import OrderedDict
        from functools import lru_cache, wraps
        VALUE = 5
        class Thing: pass
        def total(prices, rate=0.19): return sum(prices)
        async def later(): pass
        def _private(): pass
        def __dunder__(): pass
        @lru_cache
        def cached(n): return n
        def _decorate(f):
            @wraps(f)
            def inner(*args): return f(*args)
            return inner
        @_decorate
        def wrapped(n: int): return n
        double = lambda x: 2 * x
    """,
    "marked.py": """
        from motorpool import function
        from plain import total
        @function
        def one(): "First."
        @function(name="renamed", workload="io", timeout=30, retries=2, retry_delay=1, priority=5, pool="mine", description="Other")
        def two(): pass
        def unmarked(): pass
        again = one
    """,
    "imports_marked.py": """
        from marked import one
        def own(): pass
    """,
    "listed.py": """
        from os import getcwd
        __all__ = ["one", "VALUE", "_hidden", "getcwd"]
        VALUE = 1
        def one(): pass
        def two(): pass
        def _hidden(): pass
    """,
    "package/__init__.py": """
        from motorpool import function
        from .inner import marked, unmarked
        @function
        def outer(): return marked() + 1
    """,
    "package/inner.py": """
        from motorpool import function
        @function
        def marked(): return 1
        def unmarked(): pass
    """,
    "no_package/file.py": "def f(): pass",
    "_helper.py": "def f(): pass",
    ".hidden.py": "def f(): pass",
    "uses_helper.py": "import _helper\ndef g(): return _helper.f()",
    "place.py": """
        def where(): return __file__
        def fail(): raise ValueError("here")
    """,
    "broken.py": "x = 1\ndef f(:\n  pass",
    "missing.py": "import os\nimport nothing_of_this_name",
    "json.py": "def f(): pass",
    "my-module.py": "def f(): pass",
    "class.py": "def f(): pass",
    "motorpool.py": "def f(): pass",
    "twice.py": """
        from motorpool import function
        @function(name="same")
        def one(): pass
        @function(name="same")
        def two(): pass
    """,
    "private_mark.py": "from motorpool import function\n@function\ndef _hidden(): pass",
    "wrong_mark.py": "from motorpool import function\n@function(timeout=-1)\ndef f(): pass",
    "native.py": "from math import hypot\nfrom builtins import max\n__all__ = ['hypot', 'max']",
    "bad_all.py": "__all__ = ['nothing']",
    "both.py": "def f(): pass",
    "both/__init__.py": "def f(): pass",
    "quits.py": "import sys\nprint('going')\nsys.exit(3)",
    "interrupts.py": "raise KeyboardInterrupt",
    "forks.py": "import os\nPID = os.fork()\ndef f(): pass",
    "forks_and_raises.py": "import os\nif os.fork() == 0: raise ValueError\ndef f(): pass",
    "prints.py": "import os\nprint('x' * 100)\nos.write(1, b'y')\ndef f(): pass",
    "naughty.py": "import os\nos.close(0)\ndef f(): pass",
    "empty.py": "",
    "not_utf8.py": "",
}


class SourcesTest(DirectoryCase):
    MODULES = MODULES
    sources: dict[str, dict[str, Any]] = {}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        with open(os.path.join(cls.directory, "not_utf8.py"), "wb") as file:
            file.write(b"x = '\xff'")
        from support import Worker

        worker = Worker(cls.directory, MOTORPOOL_ROLE="probe", MOTORPOOL_FUNCTIONS_PLACE="/author/functions")
        try:
            cls.sources = {source["name"]: source for source in worker.hello["sources"]}
            cls.functions = {function["name"]: function for function in worker.hello["functions"]}
            cls.loading = [each["source"] for each in worker.seen if each["type"] == "loading"]
            cls.rest = worker.rest()
            cls.code = worker.wait()
            cls.printed = worker.printed()
        finally:
            worker.end()

    def test_plain_modules_expose_what_they_define(self) -> None:
        self.assertEqual(
            self.sources["plain"]["functions"],
            ["plain.total", "plain.later", "plain.cached", "plain.wrapped", "plain.double"],
        )
        self.assertTrue(self.functions["plain.later"]["asynchronous"])
        self.assertEqual(self.functions["plain.later"]["workload"], "io")
        self.assertEqual(self.functions["plain.wrapped"]["parameters"]["properties"]["n"], {"type": "integer"})

    def test_marks(self) -> None:
        self.assertEqual(self.sources["marked"]["functions"], ["marked.one", "marked.renamed"])
        renamed = self.functions["marked.renamed"]
        self.assertEqual((renamed["workload"], renamed["description"]), ("io", "Other"))
        self.assertEqual(
            renamed["defaults"], {"timeout": 30, "retries": 2, "retry_delay": 1, "priority": 5, "pool": "mine"}
        )
        self.assertEqual(self.sources["imports_marked"]["functions"], ["imports_marked.own"])

    def test_lists_and_packages(self) -> None:
        self.assertEqual(self.sources["listed"]["functions"], ["listed.one", "listed.getcwd"])
        self.assertEqual(sorted(self.sources["package"]["functions"]), ["package.marked", "package.outer"])
        self.assertEqual(self.sources["package"]["file"], "package/__init__.py")

    def test_what_is_no_source(self) -> None:
        for name in ("no_package", "_helper", ".hidden"):
            self.assertNotIn(name, self.sources)
        self.assertEqual(self.sources["uses_helper"]["functions"], ["uses_helper.g"])

    def test_reasons(self) -> None:
        for name, reason in {
            "broken": r"^SyntaxError: .*\(broken.py, line 2\)$",
            "missing": r"^ModuleNotFoundError: No module named 'nothing_of_this_name' \(missing.py, line 2\)$",
            "json": "standard library",
            "my-module": "not a name that Python can import",
            "class": "not a name that Python can import",
            "motorpool": "choose another name",
            "twice": "two functions are named twice.same",
            "private_mark": "private",
            "wrong_mark": r"timeout must be greater than 0.*\(wrong_mark.py, line 2\)",
            "bad_all": "__all__ names nothing",
            "quits": r"calls sys.exit\(3\)",
            "interrupts": "KeyboardInterrupt",
            "not_utf8": "SyntaxError",
        }.items():
            with self.subTest(source=name):
                self.assertEqual(self.sources[name]["state"], "failed")
                self.assertRegex(self.sources[name]["reason"], reason)
                self.assertEqual(self.sources[name]["functions"], [])
        self.assertIn("/author/functions/missing.py", self.sources["missing"]["traceback"])
        self.assertIn("import nothing_of_this_name", self.sources["missing"]["traceback"])

    def test_a_bad_source_fails_alone(self) -> None:
        self.assertEqual(self.functions["native.max"]["rest"], True)
        for name in ("forks", "forks_and_raises", "prints", "naughty", "empty", "place"):
            self.assertEqual(self.sources[name]["state"], "ready", self.sources[name])
        both = [source for source in self.loading if source == "both"]
        self.assertEqual(len(both), 2)

    def test_the_probe_says_what_it_loads_and_ends(self) -> None:
        self.assertEqual(sorted(set(self.loading)), sorted(self.sources))
        self.assertEqual([each["type"] for each in self.rest], ["leaving"])
        self.assertEqual(self.code, 0)
        self.assertIn("going", self.printed)
        self.assertIn("plain.py: without a schema", self.printed)

    def test_what_has_gone_has_failed(self) -> None:
        worker = self.start(MOTORPOOL_SOURCES='["gone", "place"]')
        states = {source["name"]: source["state"] for source in worker.hello["sources"]}
        self.assertEqual(states, {"gone": "failed", "place": "ready"})

    def test_places_are_the_author_s(self) -> None:
        worker = self.start(MOTORPOOL_FUNCTIONS_PLACE="/author/functions", MOTORPOOL_SOURCES='["place"]')
        self.assertEqual([source["name"] for source in worker.hello["sources"]], ["place"])
        self.assertEqual(worker.value("place.where"), "/author/functions/place.py")
        traceback = worker.error("place.fail")["traceback"]
        self.assertIn('File "/author/functions/place.py", line 3, in fail', traceback)
        self.assertIn('raise ValueError("here")', traceback)
        self.assertEqual(worker.error("os.system", "true")["error"], "unknown-function")

    def test_nothing_is_written_into_the_directory(self) -> None:
        found = {name for _, folders, files in os.walk(self.directory) for name in folders + files}
        self.assertNotIn("__pycache__", found)


class HostileTest(DirectoryCase):
    MODULES = {"good.py": "def f(): return 1", "later.py": "def f(): return 2"}

    def test_the_source_that_hangs_kills_or_ends_the_probe_is_known(self) -> None:
        for name, text in {
            "hangs": "while True: pass",
            "vanishes": "import os\nos._exit(5)",
            "crashes": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
        }.items():
            with self.subTest(source=name):
                self.write(name + ".py", text)
                try:
                    worker = self.start(hello=False, MOTORPOOL_ROLE="probe")
                    until(lambda: worker.receive() == {"type": "loading", "source": name})
                    if name == "hangs":
                        kill(worker.pid)
                    self.assertIsNone(worker.receive())
                    again = self.start(MOTORPOOL_ROLE="probe", MOTORPOOL_SOURCES='["good", "later"]')
                    self.assertEqual([source["state"] for source in again.hello["sources"]], ["ready", "ready"])
                finally:
                    os.unlink(os.path.join(self.directory, name + ".py"))


if __name__ == "__main__":
    unittest.main()
