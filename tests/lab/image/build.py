# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build a small raw disk image that really boots.

Layout (MBR): a FAT partition with SYSLINUX, Debian's cloud kernel and a one-program initramfs, then a
partition of incompressible bytes whose SHA-256 the booted system checks, then a hole up to 1 GiB. So the
image is sparse, copies of it move real bytes, and a clone that lost or changed a block says so on its
console.

The result lies under the hash of all that it is made of: ``<out>/image-<hash>/image.raw`` and ``image.json``.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MIB = 1024 * 1024
KERNEL_META_PACKAGE = "linux-image-cloud-amd64"
MODULES = (
    "virtio_ring",
    "virtio",
    "virtio_pci_modern_dev",
    "virtio_pci_legacy_dev",
    "virtio_pci",
    "virtio_blk",
)
SYSLINUX_MBR = Path("/usr/lib/SYSLINUX/mbr.bin")
BUSYBOX = Path("/bin/busybox")
TOOLS = ("apt-cache", "apt-get", "dpkg-deb", "mkfs.vfat", "mcopy", "syslinux", "cpio")

IMAGE_BYTES = 1024 * MIB
BOOT_START, BOOT_BYTES = 1 * MIB, 48 * MIB
PAYLOAD_START, PAYLOAD_BYTES = BOOT_START + BOOT_BYTES, 96 * MIB

SYSLINUX_CONFIG = """\
SERIAL 0 115200
PROMPT 0
TIMEOUT 1
DEFAULT linux
LABEL linux
  KERNEL vmlinuz
  APPEND initrd=initrd.gz console=ttyS0,115200 quiet panic=-1 mitigations=off
"""


class ImageError(Exception):
    """The image could not be built; the text is one sentence for the user."""


@dataclass(frozen=True)
class BuiltImage:
    """Where the image lies, and what its console says when it boots."""

    path: str
    build_id: str
    message: str
    size: int  # bytes, as Glance will count them
    allocated: int  # bytes that the sparse file takes on disk
    sha256: str
    kernel: str  # package name and version


def run(*command: str, cwd: Path | None = None, stdin: bytes | None = None) -> str:
    """Run a program and return its output; a failure becomes one sentence with the program's last line."""
    done = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines() or ["no output"]
        raise ImageError(f"'{' '.join(command)}' failed with {done.returncode}: {lines[-1]}")
    return done.stdout.decode(errors="replace")


def check_tools() -> None:
    """Refuse early, naming what is missing."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    missing += [str(path) for path in (SYSLINUX_MBR, BUSYBOX) if not path.exists()]
    if missing:
        raise ImageError(
            f"The image needs {', '.join(missing)}; run 'make setup', which installs their Debian packages."
        )


def kernel_package() -> tuple[str, str]:
    """Name and version of the kernel package that Debian's cloud meta package points to now."""
    for line in run("apt-cache", "depends", KERNEL_META_PACKAGE).splitlines():
        label, _colon, name = line.strip().partition(":")
        if label == "Depends" and name.strip().startswith("linux-image-"):
            package = name.strip()
            break
    else:
        raise ImageError(
            f"apt knows no kernel behind {KERNEL_META_PACKAGE}; run 'apt-get update' and check its sources."
        )
    for line in run("apt-cache", "policy", package).splitlines():
        label, _colon, version = line.strip().partition(":")
        if label == "Candidate":
            return package, version.strip()
    raise ImageError(f"apt has no candidate for {package}; run 'apt-get update' and check its sources.")


def inputs_hash(kernel: tuple[str, str]) -> str:
    """Hash of all that decides the image's content."""
    digest = hashlib.sha256()
    for part in (
        "\n".join(kernel).encode(),
        BUSYBOX.read_bytes(),
        (HERE / "init").read_bytes(),
        Path(__file__).read_bytes(),
    ):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:12]


def payload(build_id: str) -> bytes:
    """Incompressible bytes, the same for the same build id."""
    return hashlib.shake_128(build_id.encode()).digest(PAYLOAD_BYTES)


def unpack_kernel(package: str, version: str, work: Path) -> tuple[Path, Path]:
    """Fetch the kernel's package and take its files out of it; nothing is installed."""
    run("apt-get", "-o", "APT::Sandbox::User=root", "download", f"{package}={version}", cwd=work)
    tree = work / "kernel"
    run("dpkg-deb", "-x", str(next(work.glob("*.deb"))), str(tree))
    return next((tree / "boot").glob("vmlinuz-*")), next((tree / "lib" / "modules").iterdir())


def make_initramfs(modules: Path, build_id: str, payload_sha256: str, work: Path) -> Path:
    """The whole system of the image: busybox, the virtio modules and the init script."""
    root = work / "initramfs"
    for folder in ("bin", "etc", "modules", "dev"):
        (root / folder).mkdir(parents=True)
    shutil.copy(BUSYBOX, root / "bin" / "busybox")
    (root / "bin" / "sh").symlink_to("busybox")
    shutil.copy(HERE / "init", root / "init")
    (root / "init").chmod(0o755)
    (root / "etc" / "image.conf").write_text(f"BUILD_ID={build_id}\nPAYLOAD_SHA256={payload_sha256}\n")
    for name in MODULES:
        shutil.copy(next(modules.rglob(f"{name}.ko")), root / "modules" / f"{name}.ko")
    # The kernel opens /dev/console for init before anything is mounted; 5:1 is that device.
    os.mknod(root / "dev" / "console", 0o600 | 0o020000, os.makedev(5, 1))
    names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    archive = subprocess.run(
        ["cpio", "--quiet", "-o", "-H", "newc", "--reproducible"],
        cwd=root,
        input=names.encode(),
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    target = work / "initrd.gz"
    target.write_bytes(gzip.compress(archive, 6, mtime=0))
    return target


def partition_table() -> bytes:
    """An MBR with the boot code, an active FAT16 partition and the payload's partition."""

    def entry(active: bool, kind: int, start: int, size: int) -> bytes:
        no_chs = b"\xfe\xff\xff"  # "use the LBA fields"
        return struct.pack(
            "<B3sB3sII", 0x80 if active else 0, no_chs, kind, no_chs, start // 512, size // 512
        )

    code = SYSLINUX_MBR.read_bytes()[:440].ljust(446, b"\0")
    entries = entry(True, 0x0E, BOOT_START, BOOT_BYTES) + entry(False, 0xDA, PAYLOAD_START, PAYLOAD_BYTES)
    return code + entries.ljust(64, b"\0") + b"\x55\xaa"


def assemble(target: Path, kernel: Path, initrd: Path, content: bytes, work: Path) -> None:
    """Write the disk: boot partition through mtools (no mount, no loop device), payload, table."""
    boot = work / "boot.fat"
    with boot.open("wb") as file:
        file.truncate(BOOT_BYTES)
    run("mkfs.vfat", "--invariant", "-F", "16", "-n", "EICBOOT", str(boot))
    config = work / "syslinux.cfg"
    config.write_text(SYSLINUX_CONFIG)
    for source, name in ((kernel, "vmlinuz"), (initrd, "initrd.gz"), (config, "syslinux.cfg")):
        run("mcopy", "-i", str(boot), str(source), f"::{name}")
    run("syslinux", "--install", str(boot))
    with target.open("wb") as disk:
        disk.truncate(IMAGE_BYTES)
        disk.write(partition_table())
        write_sparse(disk, BOOT_START, boot.read_bytes())
        disk.seek(PAYLOAD_START)
        disk.write(content)


def write_sparse(disk, offset: int, content: bytes) -> None:
    """Write *content* at *offset*, leaving its empty megabytes as holes."""
    for start in range(0, len(content), MIB):
        block = content[start : start + MIB]
        if block.strip(b"\0"):
            disk.seek(offset + start)
            disk.write(block)


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def build(out: Path, say=lambda text: None) -> BuiltImage:
    """Return the image for the present inputs, building it under *out* if it is not there yet."""
    check_tools()
    package, version = kernel_package()
    build_id = inputs_hash((package, version))
    home = out / f"image-{build_id}"
    record = home / "image.json"
    if record.exists():
        return BuiltImage(**{**json.loads(record.read_text()), "path": str(home / "image.raw")})
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="image-new-", dir=out) as folder:
        work = Path(folder)
        say(f"kernel: {package} {version}")
        kernel, modules = unpack_kernel(package, version, work)
        content = payload(build_id)
        initrd = make_initramfs(modules, build_id, hashlib.sha256(content).hexdigest(), work)
        ready = work / "ready"
        ready.mkdir()
        disk = ready / "image.raw"
        assemble(disk, kernel, initrd, content, work)
        image = BuiltImage(
            path=str(home / "image.raw"),
            build_id=build_id,
            message=f"enhanced-instance image {build_id} booted, payload intact",
            size=disk.stat().st_size,
            allocated=disk.stat().st_blocks * 512,
            sha256=file_sha256(disk),
            kernel=f"{package} {version}",
        )
        (ready / "image.json").write_text(json.dumps(asdict(image), indent=2) + "\n")
        try:
            ready.rename(home)  # one step: a killed build never looks finished
        except OSError:
            if not record.exists():
                raise  # else another build was quicker, and made the same
    say(f"image: {image.path} ({image.size // MIB} MiB, {image.allocated // MIB} MiB of it on disk)")
    return image


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder that keeps built images")
    arguments = parser.parse_args()
    try:
        image = build(arguments.out, say=lambda text: print(text, file=sys.stderr))
    except ImageError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(asdict(image), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
