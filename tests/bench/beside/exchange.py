"""The programs that are measured, each started in a directory of its own and ended with everything it started."""
import os
import re
import shutil
import socket
import struct
import subprocess
import time
import wave

from .machine import HERE, Missing

OURS, PEER = "127.0.0.1:5070", "127.0.0.1:5060"
PATIENCE = 20  # seconds to the first answer


def options(address, number):
    """A ping as phones send it."""
    return (f"OPTIONS sip:{address} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5196;branch=z9hG4bKst{os.getpid()}{number};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:ping@127.0.0.1>;tag=s{number}\r\nTo: <sip:{address}>\r\n"
            f"Call-ID: st{os.getpid()}-{number}\r\nCSeq: 1 OPTIONS\r\nContact: <sip:ping@127.0.0.1:5196>\r\n"
            "Content-Length: 0\r\n\r\n").encode()


def ensure_free(address):
    host, port = address.split(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.bind((host, int(port)))
        except OSError as error:
            raise Missing(f"port {port} on {host} is taken ({error.strerror}): end the program that listens there, "
                          "the bench needs 5060, 5070, 5078 and 5190 to 5200.") from error


def tree(root):
    """A process and all its descendants."""
    children = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as f:
                text = f.read()
        except OSError:
            continue
        children.setdefault(int(text[text.rindex(")") + 2:].split()[1]), []).append(int(entry))
    found, todo = [], [root]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def pss_kib(pids):
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
        except (OSError, AttributeError):
            pass
    return total


def cpu_seconds(pids):
    """Seconds on a CPU, exact, of all their threads and of those that ended: each process's own clock (clock_getcpuclockid(3))."""
    total = 0.0
    for pid in pids:
        try:
            total += time.clock_gettime((~pid << 3) | 2)
        except OSError:
            pass
    return total


class Running:
    """Processes that make up one side."""

    def __init__(self, name, address):
        self.name, self.address, self.processes, self.start_ms = name, address, [], None

    def spawn(self, command, directory, log):
        with open(os.path.join(directory, log), "ab") as out:
            self.processes.append(subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=out, stderr=out))
        return self.processes[-1]

    def await_answer(self, began):
        """Sends OPTIONS every 5 ms until an answer comes."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 5196))
            s.settimeout(0.005)
            host, port = self.address.split(":")
            number = 0
            while time.monotonic() - began < PATIENCE:
                number += 1
                try:
                    s.sendto(options(self.address, number), (host, int(port)))
                    if s.recv(4096).startswith(b"SIP/2.0"):
                        self.start_ms = (time.monotonic() - began) * 1000
                        return
                except TimeoutError:
                    pass
                except OSError:
                    time.sleep(0.005)
                if any(p.poll() is not None for p in self.processes):
                    break
        raise Missing(f"{self.name} did not start; its log stands above." if self.show_log() else f"{self.name} did not start.")

    def show_log(self):
        for log in self.logs:
            if os.path.exists(log):
                with open(log, errors="replace") as f:
                    print(f.read()[-3000:])
        return bool(self.logs)

    def pids(self):
        return [pid for process in self.processes for pid in tree(process.pid)]

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = []


def make_town(program, directory):
    """The bench's town with its accounts and a prompt of three seconds."""
    shutil.copytree(os.path.join(HERE, "town"), directory)
    os.makedirs(os.path.join(directory, "prompts", "nl"))
    with wave.open(os.path.join(directory, "prompts", "nl", "demo-menu.wav"), "wb") as sound:
        sound.setparams((1, 2, 16000, 0, "NONE", ""))
        sound.writeframes(b"".join(struct.pack("<h", 4000 if i // 20 % 2 else -4000) for i in range(3 * 16000)))
    with open(os.path.join(directory, "accounts.csv"), "w") as f:
        f.write("account,password,digests\n")
        f.writelines(f"u{i:06d},secret,md5\n" for i in range(2000))
    town = os.path.join(directory, "centrale.toml")
    imported = subprocess.run([program, "--config", town, "account", "import", os.path.join(directory, "accounts.csv")],
                              cwd=directory, capture_output=True, text=True)
    if imported.returncode:
        raise Missing(f"the bench's accounts could not be made:\n{imported.stdout}{imported.stderr}")


def start_ours(program, directory):
    ensure_free(OURS)
    side = Running("Centrale", OURS)
    side.logs = [os.path.join(directory, "log")]
    began = time.monotonic()
    side.spawn([program, "--config", os.path.join(directory, "centrale.toml")], directory, "log")
    side.await_answer(began)
    return side


def start_peer(directory):
    """Kamailio with rtpengine, without its debugging allocator; the media relay is the first process."""
    ensure_free(PEER)
    os.makedirs(directory, exist_ok=True)
    side = Running("Kamailio + rtpengine", PEER)
    side.logs = [os.path.join(directory, log) for log in ("rtpengine.log", "kamailio.log")]
    path = os.environ["PATH"] + ":/usr/sbin"
    began = time.monotonic()
    side.spawn([shutil.which("rtpengine", path=path), "--table=-1", "--interface=127.0.0.1", "--listen-ng=127.0.0.1:2223",
                "--foreground", "--port-min=20000", "--port-max=39999", "--log-level=4", "--log-stderr",
                f"--pidfile={directory}/rtpengine.pid"], directory, "rtpengine.log")
    side.spawn([shutil.which("kamailio", path=path), "-DD", "-E", "-m", "4096", "-M", "16", "-x", "fm", "-X", "fm", "-Y", directory,
                "-P", f"{directory}/kamailio.pid", "-A", "WITH_RTPENGINE", "-f",
                os.path.join(HERE, "peers", "kamailio.cfg")], directory, "kamailio.log")
    side.await_answer(began)
    time.sleep(1)  # its workers find rtpengine by a ping of their own
    return side
