"""A kernel for strangers' code: no network, no files but its own, bounded processes, memory and output.

bubblewrap hides the machine; a watchdog outside counts what bubblewrap cannot. The kernel speaks through sockets
in a folder of its own, since it has no network.
"""

import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import zmq.asyncio
from jupyter_client.manager import AsyncKernelManager

import descent
from descent.datasets import DATA

MB = 2**20


class NoSandboxError(RuntimeError):
    """Raised where there is no bubblewrap."""


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
    """Raises NoSandboxError where there is no bubblewrap."""
    if not shutil.which("bwrap") or not shutil.which("prlimit"):
        raise NoSandboxError(
            "students' code runs in a sandbox, and that needs bubblewrap (Debian: apt install bubblewrap), which "
            "only Linux has. With --unsandboxed it runs with your rights instead: it can read and delete your files"
        )


class SandboxedKernel(AsyncKernelManager):
    """A kernel behind bubblewrap. Made by `kernel`, which knows its folder and limits."""

    folder: Path
    limits: Limits

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """The command line, as jupyter_client asks for it."""
        return command(self.folder, self.limits)


def command(folder: Path, limits: Limits) -> list[str]:
    """The command line of the kernel whose connection file is `folder`/kernel.json, its sockets in `folder`/ipc."""
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
        "bwrap",
        *("--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"),
        *("--proc", "/proc", "--dev", "/dev"),
        *(word for path in ("/tmp", "/home", "/dev/shm") for word in ("--size", str(64 * MB), "--tmpfs", path)),
        *("--dir", home),
        *show,
        *("--ro-bind", str(fonts), f"{home}/.matplotlib/{fonts.name}"),
        *("--bind", str(folder / "ipc"), str(folder / "ipc")),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *(word for name, value in env.items() for word in ("--setenv", name, value)),
        *("--chdir", home),
        # Inside: these count for the sandbox alone.
        *("prlimit", f"--nproc={limits.processes}", f"--as={2 * limits.memory * MB}"),
        *(f"--fsize={limits.file * MB}", "--core=0", "--nofile=256"),
        *(sys.executable, "-I", "-m", "ipykernel_launcher", "-f", str(folder / "kernel.json")),
        "--HistoryManager.hist_file=:memory:",
    ]


def _matplotlib_cache() -> str:
    """The list of fonts, which takes seconds to make and is the same for all."""
    from matplotlib import font_manager, get_cachedir

    return f"{get_cachedir()}/fontlist-v{font_manager.FontManager.__version__}.json"


@contextmanager
def kernel(limits: Limits, sandboxed: bool = True) -> Iterator[AsyncKernelManager]:
    """A kernel manager, not started. When the block ends nothing of it is left: no process, no file."""
    if not sandboxed:
        yield AsyncKernelManager(kernel_name="python3")
        return
    require()
    folder = Path(tempfile.mkdtemp(prefix="kernel-"))  # short: a socket's path has at most 107 characters
    try:
        (folder / "ipc").mkdir()
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, 4 * limits.output * MB)  # of the sockets made in it
        manager = SandboxedKernel(
            kernel_name="python3",
            transport="ipc",
            ip=str(folder / "ipc" / "k"),
            connection_file=str(folder / "kernel.json"),
            context=context,
        )
        manager.folder, manager.limits = folder, limits
        if manager.kernel_spec:
            manager.kernel_spec.interrupt_mode = "message"  # a signal would end bubblewrap, and with it the kernel
        yield manager
        context.destroy(linger=0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Watchdog:
    """Kills a kernel whose processes, memory or files exceed the limits, and says why in ``reason``."""

    PERIOD = 0.05  # seconds

    def __init__(self, manager: AsyncKernelManager, limits: Limits) -> None:
        self.reason = ""
        self._root = psutil.Process(manager.provisioner.pid)  # type: ignore[union-attr]
        self._folder: Path | None = getattr(manager, "folder", None)
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
        limits = self._limits
        while not self._stop.wait(self.PERIOD):
            family = self._family()
            if len(family) > limits.processes:
                return self.kill(f"it started more than {limits.processes} processes")
            if _memory(family, "rss") > limits.memory * MB and _memory(family, "pss") > limits.memory * MB:
                return self.kill(f"it used more than {limits.memory} MB of memory")
            if self._folder and _size(self._folder) > limits.file * MB:
                return self.kill(f"it wrote more than {limits.file} MB")


def _memory(family: list[psutil.Process], kind: str) -> int:
    """Resident memory; "rss" is quick and counts what is shared once for each, "pss" divides it among them."""
    total = 0
    for process in family:
        with suppress(psutil.Error):
            total += getattr(process.memory_info() if kind == "rss" else process.memory_full_info(), kind)
    return total


def _size(folder: Path) -> int:
    try:
        return sum(file.lstat().st_size + 4096 for file in folder.rglob("*"))
    except OSError:
        return 0
