"""Write functions for Motorpool.

from motorpool import function, context

@function(workload="io", timeout=30)
def fetch(url: str) -> int:
    context().progress(0, 1, url)
    ...
"""

from motorpool._version import VERSION as __version__
from motorpool.calling import Context, context
from motorpool.declaring import Field, function
from motorpool.errors import Cancelled, InvalidArguments

__all__ = ["Cancelled", "Context", "Field", "InvalidArguments", "__version__", "context", "function"]
