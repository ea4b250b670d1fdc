"""`python -m motorpool.worker`: what the service starts."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Starts after it has removed the current directory from the path: nothing is imported from there."""
    if sys.version_info < (3, 9):
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"motorpool needs Python 3.9 or newer; {sys.executable} is {found}")
    if sys.path and sys.path[0] in ("", os.getcwd()) and not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    from motorpool.worker import start

    start.start()


if __name__ == "__main__":
    main()
