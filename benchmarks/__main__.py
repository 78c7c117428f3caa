"""Everything that is measured: `make bench`. Ends with 1 if a bar is missed."""

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks import pages, queue, sites


def main() -> int:
    """Print a line for each figure beside its bar; return 1 if one is missed."""
    missing = [name for name in ("nginx", "wrk") if not shutil.which(name)]
    if missing:
        sys.exit(f"The benchmark needs {' and '.join(missing)}: apt-get install nginx wrk")
    machine = f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx reads it as another user
        built = sites.build(folder)
        missed = queue.report(built) + pages.report(built, folder)
    print(f"bars missed: {missed}" if missed else "every bar holds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
