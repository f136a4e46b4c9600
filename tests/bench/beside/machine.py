"""What the machine must have, what it is, and how busy it was with other things."""
import os
import platform
import resource
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(HERE))
PACKAGES = [  # program or header that tells that it is there, Debian package
    ("kamailio", "kamailio"), ("rtpengine", "rtpengine-daemon"), ("gcc", "gcc"), ("make", "make"),
    ("pkg-config", "pkg-config"), ("/usr/include/openssl/evp.h", "libssl-dev"), ("/usr/include/srtp2/srtp.h", "libsrtp2-dev"),
]


class Missing(Exception):
    """Something is not there; the text says what to do."""


def missing_packages():
    def there(what):
        return os.path.exists(what) if what.startswith("/") else shutil.which(what, path=os.environ["PATH"] + ":/usr/sbin")
    return [package for what, package in PACKAGES if not there(what)]


def install_missing():
    missing = missing_packages()
    if not missing:
        return
    how = "apt-get install --no-install-recommends " + " ".join(missing)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(f"Debian packages are missing. As root:\n    {how}\nThen run tests/bench/run again.")
    print("installing", " ".join(missing), file=sys.stderr)
    # A daemon that starts by itself would hold port 5060: Debian asks this file whether it may.
    policy = "/usr/sbin/policy-rc.d"
    ours = not os.path.exists(policy)
    if ours:
        with open(policy, "w") as f:
            f.write("#!/bin/sh\nexit 101\n")
        os.chmod(policy, 0o755)
    try:
        command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        run = dict(env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if subprocess.run(command, **run).returncode:
            subprocess.run(["apt-get", "update"], **run)
            subprocess.run(command, **run)
    finally:
        if ours:
            os.remove(policy)
    if missing_packages():
        raise Missing(f"apt-get could not install {' '.join(missing_packages())}. Try by hand:\n    {how}")


def build(profile):
    """Builds the program and the load tools; gives the program's path."""
    if not shutil.which("cargo"):
        raise Missing("cargo is not installed: Centrale needs Rust (https://rustup.rs), or give --program FILE.")
    command = ["cargo", "build", "--locked", "--profile", profile]
    if subprocess.run(command, cwd=ROOT).returncode:
        raise Missing(f"`{' '.join(command)}` failed; its output stands above.")
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    return os.path.join(ROOT, target, {"dev": "debug"}.get(profile, profile), "centrale")


def build_tools(directory):
    made = subprocess.run(["make", "-s", "-C", os.path.join(HERE, "load"), f"BUILD={directory}"], capture_output=True, text=True)
    if made.returncode:
        raise Missing(f"the load tools did not build:\n{made.stderr}")


def describe():
    """One line that tells what the figures were taken on, and names nobody."""
    cores, memory, model = os.cpu_count(), 0, platform.machine()
    with open("/proc/meminfo") as f:
        memory = int(f.readline().split()[1]) // 1024 // 1024
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), model)
    system = "Linux"
    if os.path.exists("/etc/os-release"):
        with open("/etc/os-release") as f:
            system = next((line.split("=")[1].strip().strip('"') for line in f if line.startswith("PRETTY_NAME")), system)
    return f"{cores} cores ({model}), {memory} GiB, {system}, Linux {platform.release().split('-')[0]}"


class Busy:
    """How much of the machine others used while we measured. Asked when all that we started has ended."""

    def __init__(self):
        self.began = self._read()

    @staticmethod
    def _read():
        with open("/proc/stat") as f:
            ticks = [int(word) for word in f.readline().split()[1:9]]
        user, nice, system, _idle, _wait, irq, soft, _steal = ticks
        hertz = os.sysconf("SC_CLK_TCK")
        ours = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return (user + nice + system + irq + soft) / hertz, sum(ticks) / hertz, ours

    def others(self):
        busy, everything, ours = (now - then for now, then in zip(self._read(), self.began))
        return max(0.0, busy - ours) / max(everything, 0.01)
