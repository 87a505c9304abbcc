"""The program itself, as an operator starts it, with a private PostgreSQL in a folder that is removed afterwards."""

import json
import os
import signal
import subprocess
import tempfile
import threading

PATIENCE = 60


class Program:
    """A program that serves; leaving the `with` block ends it, if it still runs."""

    def __init__(self, binary, *arguments, **environment):
        self.printed = []
        self._folder = tempfile.TemporaryDirectory(prefix="courtesy-")
        os.chmod(self._folder.name, 0o711)  # the database's user passes through
        self._log_path = os.path.join(self._folder.name, "log")
        self._arguments = arguments
        self._environment = environment
        self.url = self._start(binary, "127.0.0.1:0")

    def _start(self, binary, listen):
        kept = {name: os.environ[name] for name in ("PATH", "COURTESY_PG_BIN") if name in os.environ}
        settings = {
            "COURTESY_DATA_DIR": os.path.join(self._folder.name, "data"),
            "COURTESY_LISTEN": listen,
            "COURTESY_LIMITS": "off",
        }
        with open(self._log_path, "ab") as log:
            self._process = subprocess.Popen(
                [binary, "serve", *self._arguments], env=kept | settings | self._environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
            )
        self._binary = binary
        return self._wait()

    def _wait(self):
        """What it says it listens on."""
        too_late = threading.Timer(PATIENCE, self._process.kill)
        too_late.start()
        for line in self._process.stdout:
            if line.startswith("listening on "):
                too_late.cancel()
                return line.removeprefix("listening on ").strip()
            self.printed.append(line.rstrip())
        too_late.cancel()
        log = self.log()
        self.__exit__()
        raise SystemExit(f"courtesy did not start:\n{log}")

    def log(self):
        with open(self._log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def complaints(self):
        """The lines of the log that a program without faults does not write."""
        return [line for line in self.log().splitlines() if "panicked" in line or is_error(line)]

    def kill(self):
        """Ends it as a power cut would."""
        self._process.kill()
        self._process.wait(PATIENCE)
        self._process.stdout.close()

    def start_again(self, binary=None):
        """After it has ended: at the same address, on the same data, perhaps another version of it."""
        self._start(binary or self._binary, self.url.removeprefix("http://"))

    def stop(self):
        """Asks it to end, as an operator does, and returns its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # As an operator does it, so that PostgreSQL has ended as well and writes nothing more into the folder.
        if self._process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process.stdout.close()
        self._folder.cleanup()


def is_error(line):
    """Whether the log line says that the program itself failed."""
    try:
        return json.loads(line).get("level") == "ERROR"
    except ValueError:
        return "a request failed" in line
