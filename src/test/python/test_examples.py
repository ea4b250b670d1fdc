"""The examples do what they say."""

from __future__ import annotations

import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest

from support import PACKAGE

EXAMPLES = os.path.abspath(os.path.join(PACKAGE, "..", "..", "..", "examples", "python"))


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/here" else 404)
        self.end_headers()
        self.wfile.write(b"x" * 1000)

    def log_message(self, *arguments: object) -> None:
        pass


def run(*words: str) -> str:
    command = [sys.executable, "-m", "motorpool.run", "--directory", EXAMPLES, *words]
    ended = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": PACKAGE}, capture_output=True, text=True, timeout=60
    )
    if ended.returncode:
        raise AssertionError(ended.stderr)
    return ended.stdout


class ExamplesTest(unittest.TestCase):
    def test_the_command_of_the_readme(self) -> None:
        with open(os.path.join(EXAMPLES, "README.md")) as file:
            text = file.read()
        argument = re.search(r"prices.invoice '(.*)'", text)
        assert argument is not None
        self.assertIn("`" + run("prices.invoice", argument[1]).strip() + "`", text)

    def test_crawler(self) -> None:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            root = f"http://127.0.0.1:{server.server_port}"
            urls = [root + "/here", root + "/gone", "ftp://nowhere"]
            pages = json.loads(run("crawler.crawl", json.dumps(urls)))
            self.assertEqual([page["status"] for page in pages], [200, 404, None])
            self.assertEqual(pages[0]["size"], 1000)
            self.assertIn("only http", pages[2]["error"])
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def test_words(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number in range(3):
                paths.append(os.path.join(folder, f"{number}.txt"))
                with open(paths[-1], "w") as file:
                    file.write("The cat, the dog.\n" * (number + 1))
            self.assertEqual(json.loads(run("words.count", paths[0])), {"the": 2, "cat": 1, "dog": 1})
            self.assertEqual(json.loads(run("words.most_common", json.dumps(paths), "2")), [["the", 12], ["cat", 6]])

    def test_primes(self) -> None:
        primes = {"0": "false", "2": "true", "91": "false", "97": "true"}
        self.assertEqual({number: run("primes.is_prime", number).strip() for number in primes}, primes)
        self.assertEqual(run("primes.count", "0", "1000000").strip(), "78498")


if __name__ == "__main__":
    unittest.main()
