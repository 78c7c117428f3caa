"""Servers and the load on them: started, measured, and ended by process id."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
# Prints what a run of wrk saw as one line of JSON: seconds, counts, and latencies in milliseconds.
_REPORT = """
done = function(summary, latency, requests)
  local e = summary.errors
  local errors = e.connect + e.read + e.write + e.status + e.timeout
  local form = '\\nREPORT {"seconds": %f, "requests": %d, "errors": %d, '
    .. '"p50": %f, "p95": %f, "p99": %f}\\n'
  io.write(form:format(summary.duration / 1e6, summary.requests, errors,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
"""


@dataclass
class Server:
    """A server under test."""

    name: str
    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds of processor time that it and its workers have used."""
        return sum(_cpu(pid) for pid in self.processes())

    def processes(self) -> list[int]:
        """The server's process and its workers."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [self.pid, *map(int, children)]

    def memory(self) -> float:
        """Megabytes of its workers, shared pages by their share."""
        return sum(_pss(pid) for pid in self.processes()[1:]) / 1024


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("Pss:")))


@contextmanager
def running(name: str, port: int, command: list[str], **environment: str) -> Iterator[Server]:
    """Start a server, wait until it answers, and end it afterwards."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port)
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int, within: float = 30) -> float:
    """Seconds until a server answers. Raises TimeoutError."""
    start = time.perf_counter()
    while time.perf_counter() - start < within:
        try:
            fetch(port, "/")
        except OSError:
            time.sleep(0.005)
        else:
            return time.perf_counter() - start
    raise TimeoutError(f"nothing answers on port {port}")


def fetch(port: int, path: str, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@dataclass(frozen=True)
class Result:
    """What one run of load cost: processor time for each request, and how they fared."""

    per_second: float
    cpu: float  # milliseconds for each request
    p50: float  # milliseconds
    p95: float
    p99: float
    errors: int
    requests: int


def strain(
    server: Server, path: str, *, seconds: int, clients: int = 32, script: str = "", **headers: str
) -> Result:
    """Ask a server as fast as it answers, with wrk, and see what it costs."""
    lua = Path(f"/tmp/broadsheet-bench-{os.getpid()}.lua")
    lua.write_text(script + _REPORT)
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}", "-s", str(lua)]
    for name, value in headers.items():
        command += ["-H", f"{name.replace('_', '-')}: {value}"]
    before = server.cpu()
    run = subprocess.run(
        [*command, f"http://127.0.0.1:{server.port}{path}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    used = server.cpu() - before
    lua.unlink()
    line = next(each for each in run.stdout.splitlines() if each.startswith("REPORT "))
    seen = json.loads(line.removeprefix("REPORT "))
    count = max(1, int(seen["requests"]))
    return Result(
        per_second=count / seen["seconds"],
        cpu=used * 1000 / count,
        p50=seen["p50"],
        p95=seen["p95"],
        p99=seen["p99"],
        errors=int(seen["errors"]),
        requests=count,
    )


def nginx(folder: Path, port: int) -> list[str]:
    """The command of an nginx with two workers that serves a folder, compressed files first."""
    config = folder / "nginx.conf"
    config.write_text(
        f"worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/nginx.log; daemon off;"
        "events { worker_connections 2048; }"
        "http { access_log off; gzip_static on; sendfile on; types { text/html html; }"
        f"server {{ listen 127.0.0.1:{port}; root {folder}; }} }}"
    )
    return ["nginx", "-c", str(config)]


def granian(target: str, port: int) -> list[str]:
    """The command of a plain application under the server that Broadsheet uses, two workers."""
    return [
        sys.executable, "-m", "granian", target, "--factory", "--interface", "wsgi", "--workers",
        "2", "--blocking-threads", "16", "--no-ws", "--host", "127.0.0.1", "--port", str(port),
        "--workers-kill-timeout", "10", "--log-level", "error",
    ]  # fmt: skip
