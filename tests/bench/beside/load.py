"""The load tools: each call of one is one window, and gives what the tool printed."""
import json
import subprocess
import threading
import time

from .exchange import pss_kib
from .machine import Missing

WINDOW = 5  # seconds of load in each window, at least


class Sampled:
    """Calls something every second while its body runs."""

    def __init__(self, what):
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(what,))

    def _run(self, what):
        while True:
            what()
            if self.over.wait(1):
                return

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


class Tools:
    def __init__(self, directory):
        self.directory = directory

    def _run(self, command):
        tool = subprocess.run(command, capture_output=True, text=True)
        if not tool.stdout.strip():
            raise Missing(f"{' '.join(command)} printed nothing:\n{tool.stderr}")
        said = json.loads(tool.stdout)
        said["stderr"] = tool.stderr.strip()
        return said

    def sip(self, mode, side, rate, seconds=WINDOW, **more):
        command = [f"{self.directory}/sipload", mode, side.address, str(rate), str(seconds),
                   "--pid", ",".join(map(str, side.pids()))]
        for name, value in more.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        return self._run(command)

    def _media(self, command, pids):
        return self._run([f"{self.directory}/rtpload", "--secs", str(WINDOW), "--warm", "1", "--pid", ",".join(map(str, pids)), *command])

    def relay(self, side, calls, pids, *more, watch=None):
        """`watch`: a side whose memory is read while the calls are up."""
        command = ["--peer", side.address, "--calls", str(calls), "--setup-cps", "250", *more]
        if watch is None:
            return self._media(command, pids)
        most = []
        with Sampled(lambda: most.append(pss_kib(watch.pids()))):
            said = self._media(command, pids)
        said["watched_kib"] = max(most)
        return said

    def floor(self, calls):
        """The bare forwarder, alone with the generator."""
        floor = subprocess.Popen([f"{self.directory}/udpfwd", "15000", str(calls), "10000"])
        try:
            time.sleep(0.2)
            if floor.poll() is not None:
                raise Missing("the bare forwarder could not take the ports from 15000: end the program that has them.")
            return self._media(["--raw", "127.0.0.1:15000", "--calls", str(calls)], [floor.pid])
        finally:
            floor.kill()
            floor.wait()


