# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A FlexVol is a sparse XFS image, loop mounted with reflink: its own size limit, and it really gets full.

Inside the mount: ``root/`` is what NFS clients see, ``luns/`` holds LUNs by path, ``snapshots/<uuid>/``
reflink copies, ``tmp/`` half-made files; ``ballast`` takes the space between the image's and the FlexVol's
size.
"""

from __future__ import annotations

import os
import shutil
import subprocess

MINIMUM_IMAGE = 300 << 20  # mkfs.xfs refuses less
OVERHEAD = 96 << 20  # log and reservations of a small XFS
SMALLEST_PART = 64 << 10
PARTS = ("root", "luns", "snapshots", "tmp")


class StorageError(OSError):
    pass


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StorageError(5, f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout.strip()


class FlexVol:
    """The files of one volume; knows sizes and paths, nothing of ONTAP."""

    def __init__(self, folder, uuid):
        self.image = os.path.join(folder, f"{uuid}.img")
        self.mount_point = os.path.join(folder, uuid)

    def path(self, part):
        return os.path.join(self.mount_point, part)

    @property
    def root(self):
        return self.path("root")

    @property
    def exists(self):
        return os.path.exists(self.image)

    @property
    def mounted(self):
        return os.path.ismount(self.mount_point)

    def create(self, size, usable):
        """Make the image, mount it, leave ``usable`` bytes free. Nothing is left when it fails."""
        try:
            with open(self.image, "xb") as image:
                image.truncate(max(MINIMUM_IMAGE, int(size * 1.02) + OVERHEAD))
            _run("mkfs.xfs", "-q", "-K", "-m", "reflink=1", self.image)
            self.mount()
            for part in PARTS:
                os.makedirs(self.path(part), exist_ok=True)
            os.chmod(self.root, 0o755)
            self.resize(size, usable)
        except BaseException:
            self.destroy()
            raise

    def mount(self):
        os.makedirs(self.mount_point, exist_ok=True)
        if not self.mounted:
            # mount's own loop device clears itself with the last unmount
            _run("mount", "-t", "xfs", "-o", "loop,noatime", self.image, self.mount_point)

    def unmount(self):
        if self.mounted:
            _run("umount", self.mount_point)

    def destroy(self):
        if self.mounted:
            try:
                self.unmount()
            except StorageError:
                _run("umount", "-l", self.mount_point)
        shutil.rmtree(self.mount_point, ignore_errors=True)
        for path in (self.image, self.image + ".base"):
            if os.path.exists(path):
                os.unlink(path)

    def _free(self):
        state = os.statvfs(self.mount_point)
        return state.f_bavail * state.f_frsize

    def resize(self, size, usable):
        """Let the volume hold ``usable`` bytes in all (what is in it counts)."""
        capacity = self._capacity()
        if capacity < usable:
            self._grow(size, usable - capacity)
            capacity = self._capacity()
        self._set_ballast(max(0, capacity - usable))

    def _capacity(self):
        return self.used() + self._free() + self.ballast()

    def _grow(self, size, missing):
        used, image = self.used(), os.path.getsize(self.image)
        wanted = max(image + missing + missing // 50 + (16 << 20), int(size * 1.02) + OVERHEAD)
        with open(self.image, "r+b") as file:
            file.truncate(wanted)
        _run("losetup", "-c", _run("findmnt", "-n", "-o", "SOURCE", self.mount_point))
        _run("xfs_growfs", "-d", self.mount_point)
        # a larger XFS keeps more for itself
        self._remember_base(self._taken() - self.ballast() - used)

    def _set_ballast(self, size):
        size &= ~4095
        # never unlinked: XFS gives an unlinked file's blocks back later, a shorter one's at once
        with open(self.path("ballast"), "ab") as ballast:
            have = os.fstat(ballast.fileno()).st_size
            if size < have:
                ballast.truncate(size)
            step = size
            while size > have and step > SMALLEST_PART:
                part = min(step, size - have, self._free() & ~4095)
                try:
                    os.posix_fallocate(ballast.fileno(), have, part)
                    have += part
                except OSError:
                    # XFS keeps some blocks for its trees: take what can be had, in smaller and smaller parts
                    step = part // 2 & ~4095

    def ballast(self):
        try:
            return os.stat(self.path("ballast")).st_blocks * 512
        except FileNotFoundError:
            return 0

    def _taken(self):
        state = os.statvfs(self.mount_point)
        return (state.f_blocks - state.f_bfree) * state.f_frsize

    def used(self):
        """Bytes of blocks in use by files, without the ballast and XFS's own structures."""
        return max(0, self._taken() - self.ballast() - self._base())

    def _base(self):
        """What the XFS keeps for itself, remembered beside the image since it was empty."""
        try:
            with open(self.image + ".base", encoding="ascii") as file:
                return int(file.read())
        except FileNotFoundError:
            return self._remember_base(self._taken())

    def _remember_base(self, base):
        with open(self.image + ".base", "w", encoding="ascii") as file:
            file.write(str(base))
        return base

    def available(self):
        return self._free() if self.mounted else 0
