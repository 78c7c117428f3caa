"""Everything that is measured: `make bench`. Ends with 1 if a bar is missed.

`python -m benchmarks postgres` measures the moderation queue on the server that BENCH_DATABASE_URL
names, in databases of its own (`make bench-postgres`).
"""

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks import pages, postgres, queue, sites

SLOWER = 3  # times what SQLite may take, which asks no other process


def _everything(folder: Path) -> int:
    missing = [name for name in ("nginx", "wrk") if not shutil.which(name)]
    if missing:
        sys.exit(f"The benchmark needs {' and '.join(missing)}: apt-get install nginx wrk")
    built = sites.build(folder)
    return queue.report(built) + pages.report(built, folder)


def _postgres(folder: Path) -> int:
    server = os.environ.get("BENCH_DATABASE_URL", "")
    if not server:
        sys.exit("BENCH_DATABASE_URL names the server: postgresql://user@127.0.0.1/postgres")
    names = [f"broadsheet_bench_{kind}_{os.getpid()}" for kind in ("small", "large")]
    with postgres.databases(server, *names) as addresses:
        return queue.report(sites.build(folder, *addresses), SLOWER)


def main() -> int:
    """Print a line for each figure beside its bar; return 1 if one is missed."""
    work = _postgres if sys.argv[1:] == ["postgres"] else _everything
    machine = f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx reads it as another user
        missed = work(folder)
    print(f"bars missed: {missed}" if missed else "every bar holds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
