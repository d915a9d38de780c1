# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boot a raw disk file under QEMU and wait for a line on its serial console.

The file is opened as the given Unix user with QEMU's ``-snapshot``: what the guest writes is thrown away, so
the volume stays as it was. The user must also be allowed to write the file, as Nova's QEMU must be.
"""

from __future__ import annotations

import argparse
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

QEMU = "qemu-system-x86_64"


@dataclass(frozen=True)
class Boot:
    """How a boot went: *found* is the verdict, *console* the text seen, *why* the reason of a failure."""

    found: bool
    seconds: float
    console: str
    why: str


def as_user(uid: int, gid: int, groups: tuple[int, ...]) -> list[str]:
    """Prefix of a command that runs it as that user; nothing when we already are that user."""
    if os.geteuid() != 0:
        return []
    supplementary = ["--groups", ",".join(map(str, groups))] if groups else ["--clear-groups"]
    return ["setpriv", "--reuid", str(uid), "--regid", str(gid), *supplementary, "--inh-caps", "-all", "--"]


def boot(
    disk: Path, message: str, uid: int, gid: int, groups: tuple[int, ...] = (), timeout: float = 90.0
) -> Boot:
    """Boot *disk* as uid:gid and look for *message* on the console for at most *timeout* seconds."""
    if shutil.which(QEMU) is None:
        return Boot(
            False, 0.0, "", f"{QEMU} is not installed; run 'make setup', which installs qemu-system-x86."
        )
    prefix = as_user(uid, gid, groups)
    for flag, word in (("-r", "read"), ("-w", "write")):
        if subprocess.run([*prefix, "test", flag, str(disk)], check=False).returncode:
            return Boot(False, 0.0, "", f"User {uid} may not {word} {disk}.")
    command = [
        *prefix,
        QEMU,
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "stdio",
        "-no-reboot",
        # Not KVM: inside a virtual machine it may open and then fail in the boot loader. The guest is small.
        "-accel",
        "tcg",
        "-m",
        "256",
        "-smp",
        "1",
        "-drive",
        f"file={str(disk).replace(',', ',,')},format=raw,if=virtio",
        "-snapshot",
    ]
    started = time.monotonic()
    qemu = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        cwd="/",
        env={"PATH": os.environ["PATH"], "TMPDIR": "/var/tmp"},
    )
    try:
        console = read_until(qemu, message, started + timeout)
    finally:
        if qemu.poll() is None:
            os.killpg(qemu.pid, signal.SIGKILL)
        qemu.wait()
    seconds = time.monotonic() - started
    if message in console:
        return Boot(True, seconds, console, "")
    return Boot(
        False, seconds, console, f"The console of {disk} did not show '{message}' within {timeout:.0f} s."
    )


def read_until(qemu: subprocess.Popen, message: str, deadline: float) -> str:
    """Console text up to the message, the end of QEMU or the deadline."""
    text = b""
    with selectors.DefaultSelector() as selector:
        selector.register(qemu.stdout, selectors.EVENT_READ)
        while message.encode() not in text:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                break
            block = os.read(qemu.stdout.fileno(), 65536)
            if not block:
                break
            text += block
    return text.decode(errors="replace")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("disk", type=Path, help="raw disk file")
    parser.add_argument("--message", required=True, help="line to wait for on the serial console")
    parser.add_argument("--uid", type=int, default=os.getuid())
    parser.add_argument("--gid", type=int, default=os.getgid())
    parser.add_argument(
        "--group", type=int, action="append", default=[], help="supplementary group, may be repeated"
    )
    parser.add_argument("--timeout", type=float, default=90.0, help="seconds (default: %(default)s)")
    arguments = parser.parse_args()
    result = boot(
        arguments.disk,
        arguments.message,
        arguments.uid,
        arguments.gid,
        tuple(arguments.group),
        arguments.timeout,
    )
    if not result.found:
        print("\n".join(result.console.splitlines()[-15:]), file=sys.stderr)
        print(result.why, file=sys.stderr)
        return 1
    print(f"booted in {result.seconds:.1f} s: {arguments.message}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
