# SPDX-License-Identifier: MIT
"""The machine that the figures come from: what has to be told with them, and what has to be set before."""

import os
import platform
import resource
import subprocess
from dataclasses import dataclass
from pathlib import Path

DESCRIPTORS_WANTED = 32768


def raise_descriptor_limit():
    """As many descriptors as 8,000 connections need, for the bench and for each server alike. Returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard > DESCRIPTORS_WANTED:
        wanted = (DESCRIPTORS_WANTED, DESCRIPTORS_WANTED)  # the same for all: some servers make tables of this size
    else:
        wanted = (DESCRIPTORS_WANTED, DESCRIPTORS_WANTED) if os.geteuid() == 0 else (hard, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, wanted)
    except (OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def read_first_line(path, fallback):
    try:
        return Path(path).read_text().splitlines()[0].strip()
    except (OSError, IndexError):
        return fallback


def processor_model():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def core_count():
    return len(os.sched_getaffinity(0))


def memory_mib():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


@dataclass(frozen=True)
class ProcessorTime:
    """Of all processors together, in seconds since the start of the machine: the first line of /proc/stat, see proc(5)."""

    busy: float
    idle: float
    stolen: float  # by other virtual machines

    @classmethod
    def now(cls):
        user, nice, system, idle, iowait, irq, softirq, stolen = (
            int(field) / os.sysconf("SC_CLK_TCK") for field in Path("/proc/stat").read_text().split(maxsplit=9)[1:9]
        )
        return cls(user + nice + system + irq + softirq, idle + iowait, stolen)

    def since(self, before):
        return ProcessorTime(self.busy - before.busy, self.idle - before.idle, self.stolen - before.stolen)

    def shares(self, known_seconds):
        """What of it was idle, and what was lost to others than those whose `known_seconds` the busy time has in it."""
        total = self.busy + self.idle + self.stolen
        lost = max(0.0, self.busy - known_seconds) + self.stolen
        return {"idle": self.idle / total, "lost": lost / total} if total > 0 else {"idle": None, "lost": None}


def load_average():
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def commit():
    """Of the checkout that this bench belongs to; a "+" when it has changes."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty=+"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "unknown commit"
    return done.stdout.strip() or "unknown commit"


def describe():
    """What the machine is, as names and texts in the order in which they are printed."""
    governor = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
    libc = " ".join(platform.libc_ver()) or "unknown"
    return {
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}, C library {libc}",
        "processor": f"{processor_model()}, {core_count()} cores",
        "frequency governor": read_first_line(governor, "none to be seen (a virtual machine?)"),
        "memory": f"{memory_mib()} MiB",
        "load before the bench": load_average(),
        "open files": str(resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
        "net.core.somaxconn": read_first_line("/proc/sys/net/core/somaxconn", "?"),
        "net.ipv4.ip_local_port_range": read_first_line("/proc/sys/net/ipv4/ip_local_port_range", "?"),
        "net.ipv4.tcp_tw_reuse": read_first_line("/proc/sys/net/ipv4/tcp_tw_reuse", "?"),
    }
