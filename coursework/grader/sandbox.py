"""A kernel for strangers' code: no network, no files but its own, bounded processes, memory and output.

bubblewrap hides the machine, a filter of system calls refuses memory that no process shows, and a watchdog outside
counts the rest. The kernel has no network; it speaks through sockets in a small folder in memory that only the
sandbox has, and we reach them through /proc.
"""

import errno
import functools
import json
import os
import platform
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from typing import Any

import psutil
import zmq.asyncio
from jupyter_client.manager import AsyncKernelManager

import descent
from descent.datasets import DATA

MB = 2**20
SOCKETS = "/run/kernel/k"  # in the sandbox; -1 to -5 are added


class NoSandboxError(RuntimeError):
    """Raised where students' code can't be sandboxed."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use: seconds per cell and in all, processes, and MB.

    ``memory`` is what all its processes hold together; ``file`` bounds what it writes, ``output`` what it prints.
    """

    cell: float = 30
    total: float = 180
    memory: int = 1500
    processes: int = 40
    file: int = 32
    output: int = 2


def require() -> None:
    """Raises NoSandboxError where students' code can't be sandboxed."""
    if not shutil.which("bwrap") or not shutil.which("prlimit"):
        raise NoSandboxError(
            "students' code runs in a sandbox, and that needs bubblewrap (Debian: apt install bubblewrap), which "
            "only Linux has. With --unsandboxed it runs with your rights instead: it can read and delete your files"
        )
    if platform.machine() not in REFUSED:
        raise NoSandboxError(
            f"the sandbox is made for {' and '.join(REFUSED)}, and this machine is {platform.machine()}. "
            "With --unsandboxed students' code runs with your rights: it can read and delete your files"
        )


class SandboxedKernel(AsyncKernelManager):
    """A kernel behind bubblewrap. Made by `kernel`, which knows its folder and limits."""

    folder: Path
    limits: Limits
    _told: tuple[int, int]
    _filter: int

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """The command line, as jupyter_client asks for it."""
        return command(self.folder, self.limits, self._told[1], self._filter)

    async def start_kernel(self, **arguments: Any) -> None:  # type: ignore[override]  # as AsyncKernelManager has it
        """Start it. Raises NoSandboxError, with the reason, where bubblewrap cannot."""
        self._told, self._filter = os.pipe(), _filter()
        passed = (self._told[1], self._filter)
        try:
            # An empty environment: that of bubblewrap itself can be read inside, at /proc/1.
            await super().start_kernel(**arguments, env={}, pass_fds=passed)
        finally:
            os.close(self._told[0])
            os.close(self._filter)

    async def _async_launch_kernel(self, kernel_cmd: list[str], **arguments: Any) -> None:
        await super()._async_launch_kernel(kernel_cmd, **arguments)
        os.close(self._told[1])
        with open(self._told[0], closefd=False) as told:  # until bubblewrap has made the sandbox, or given up
            said = told.read()
        if not said:
            raise NoSandboxError(
                "bubblewrap cannot make a sandbox here; `bwrap --unshare-all --dev-bind / / true` says why"
            )
        self.ip = f"/proc/{json.loads(said)['child-pid']}/root{SOCKETS}"


def command(folder: Path, limits: Limits, info: int, rules: int) -> list[str]:
    """The command line of the kernel whose connection file is `folder`/kernel.json.

    ``info`` and ``rules`` are open files: where bubblewrap writes its process, and from where it reads the filter.
    """
    home = "/home/student"
    seen = ["/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", sys.prefix, sys.base_prefix]
    seen += [str(Path(descent.__file__).parent), str(DATA), str(folder / "kernel.json")]
    fonts = Path(_matplotlib_cache())
    show = [word for path in dict.fromkeys(seen) if Path(path).exists() for word in ("--ro-bind", path, path)]
    env = {
        "HOME": home,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "IPYTHONDIR": f"{home}/.ipython",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return [
        str(shutil.which("bwrap")),
        *("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session", "--clearenv"),
        *("--cap-drop", "ALL", "--info-fd", str(info), "--seccomp", str(rules)),
        *("--proc", "/proc", "--dev", "/dev"),
        *(word for path in ("/tmp", "/home", "/dev/shm") for word in ("--size", str(64 * MB), "--tmpfs", path)),
        *("--dir", home),
        *show,
        *("--ro-bind", str(fonts), f"{home}/.matplotlib/{fonts.name}"),
        *("--size", str(MB), "--tmpfs", str(Path(SOCKETS).parent)),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *(word for name, value in env.items() for word in ("--setenv", name, value)),
        *("--chdir", home),
        # Inside: these count for the sandbox alone.
        *("prlimit", f"--nproc={limits.processes}", f"--as={2 * limits.memory * MB}"),
        *(f"--fsize={limits.file * MB}", "--core=0", "--nofile=256"),
        *(sys.executable, "-I", "-m", "ipykernel_launcher", "-f", str(folder / "kernel.json")),
        "--HistoryManager.hist_file=:memory:",
    ]


# Calls that hold memory which no process shows, so that the watchdog could not count it, and some others that no
# notebook needs: memfd_create, memfd_secret, shmget, msgget, semget, mq_open, io_uring_setup, bpf, add_key,
# request_key, keyctl, perf_event_open, userfaultfd; with the number of the architecture.
REFUSED = {
    "x86_64": (0xC000003E, [319, 447, 29, 68, 64, 240, 425, 321, 248, 249, 250, 298, 323]),
    "aarch64": (0xC00000B7, [279, 447, 194, 186, 190, 180, 425, 280, 217, 218, 219, 241, 282]),
}


def _filter() -> int:
    """An open file with the filter, as the kernel of Linux reads it: struct sock_filter[], see seccomp(2)."""
    architecture, numbers = REFUSED[platform.machine()]
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_JMP|JGE|K, BPF_RET|K
    allow, refuse = (answer, 0, 0, 0x7FFF0000), (answer, 0, 0, 0x00050000 | errno.EPERM)
    steps = [(load, 0, 0, 4), (equal, 1, 0, architecture), refuse, (load, 0, 0, 0)]
    steps += [(at_least, 0, 1, 0x40000000), refuse]  # x86-64's second numbering
    steps += [step for number in numbers for step in ((equal, 0, 1, number), refuse)] + [allow]
    read, write = os.pipe()
    os.write(write, b"".join(struct.pack("HBBI", *step) for step in steps))
    os.close(write)
    return read


def _matplotlib_cache() -> str:
    """The list of fonts, which takes seconds to make and is the same for all."""
    from matplotlib import font_manager, get_cachedir

    return f"{get_cachedir()}/fontlist-v{font_manager.FontManager.__version__}.json"


@functools.cache
def _compile() -> None:
    """Keep the bytecode of what every kernel imports: inside, where nothing can be kept, each would compile it anew."""
    module = find_spec("ipykernel.ipkernel")
    if module and module.origin and not Path(cache_from_source(module.origin)).exists():
        imports = "import descent, ipykernel.ipkernel, ipykernel.kernelapp, matplotlib.pyplot, matplotlib_inline"
        subprocess.run([sys.executable, "-I", "-c", imports], check=True)


@contextmanager
def kernel(limits: Limits, sandboxed: bool = True) -> Iterator[AsyncKernelManager]:
    """A kernel manager, not started. When the block ends nothing of it is left: no process, no file."""
    if not sandboxed:
        yield AsyncKernelManager(kernel_name="python3")
        return
    require()
    _compile()
    folder = Path(tempfile.mkdtemp(prefix="kernel-"))
    context = zmq.asyncio.Context()
    try:
        context.setsockopt(zmq.MAXMSGSIZE, 4 * limits.output * MB)  # of the sockets made in it
        manager = SandboxedKernel(
            kernel_name="python3",
            transport="ipc",
            ip=SOCKETS,
            connection_file=str(folder / "kernel.json"),
            context=context,
        )
        manager.folder, manager.limits = folder, limits
        if manager.kernel_spec:
            manager.kernel_spec.interrupt_mode = "message"  # a signal would end bubblewrap, and with it the kernel
        yield manager
    finally:
        context.destroy(linger=0)
        shutil.rmtree(folder, ignore_errors=True)


class Watchdog:
    """Kills a kernel that exceeds the limits, and says why in ``reason``.

    It counts processes, memory and time of the kernel, and the memory that messages take on our side.
    """

    PERIOD = 0.05  # seconds

    def __init__(self, manager: AsyncKernelManager, limits: Limits) -> None:
        self.reason = ""
        self._root = psutil.Process(manager.provisioner.pid)  # type: ignore[union-attr]
        self._limits = limits
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()

    def kill(self, reason: str) -> None:
        """End it all: with the sandbox's first process every other in it goes too."""
        self.reason = self.reason or reason
        with_children = [*self._family(), self._root]
        for process in with_children:
            with suppress(psutil.Error):
                process.kill()

    def _family(self) -> list[psutil.Process]:
        try:
            return self._root.children(recursive=True)
        except psutil.Error:
            return []

    def _watch(self) -> None:
        limits, own = self._limits, psutil.Process()
        most = limits.memory * MB
        late = time.monotonic() + limits.total + 5  # where a flood of messages keeps the loop from looking at its clock
        before = own.memory_info().rss
        while not self._stop.wait(self.PERIOD):
            family = self._family()
            if len(family) > limits.processes:
                return self.kill(f"it started more than {limits.processes} processes")
            if _memory(family, "rss") > most and _memory(family, "pss") > most:
                return self.kill(f"it used more than {limits.memory} MB of memory")
            if own.memory_info().rss - before > most:
                return self.kill(f"it printed more than {limits.output} MB")
            if time.monotonic() > late:
                return self.kill(f"it ran for more than {limits.total:g} s")


def _memory(family: list[psutil.Process], kind: str) -> int:
    """Resident memory; "rss" is quick and counts what is shared once for each, "pss" divides it among them."""
    total = 0
    for process in family:
        with suppress(psutil.Error):
            total += getattr(process.memory_info() if kind == "rss" else process.memory_full_info(), kind)
    return total
