"""`python -m motorpool.worker`: what the service starts."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Removes the current directory from the path, so that nothing is imported from there."""
    if sys.path and sys.path[0] in ("", os.getcwd()) and not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    from motorpool.worker import start

    start.start()


if __name__ == "__main__":
    main()
