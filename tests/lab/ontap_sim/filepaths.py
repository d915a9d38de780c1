# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths inside a FlexVol: never outside it, through the snapshot directory where asked, LUNs included."""

from __future__ import annotations

import os
import stat

from .errors import ApiError


def missing(path):
    return ApiError(404, 6684674, f'No such file or directory: "{path}".', "path")


def clean(path):
    """A relative path without empty and dot parts. Going above the root is refused."""
    parts = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            if not parts:
                raise ApiError(400, 6488081, f'The path "{path}" leads out of the volume.', "path")
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


class Tree:
    """The files of one online volume."""

    def __init__(self, sim, volume):
        if volume["state"] != "online":
            raise ApiError(400, 917752, f'Volume "{volume["name"]}" is not online.', "volume.uuid")
        self.sim = sim
        self.volume = volume
        self.flexvol = sim.flexvol(volume["uuid"])

    def snapshot_folder(self, name):
        for snapshot in self.sim.store.all("snapshot"):
            if snapshot["volume"]["uuid"] == self.volume["uuid"] and snapshot["name"] == name:
                return os.path.join(self.flexvol.path("snapshots"), snapshot["uuid"])
        return None

    def resolve(self, path, luns=True):
        """The real path of something that exists; symbolic links are not followed out of the volume."""
        relative = clean(path)
        base = self.flexvol.root
        if relative == ".snapshot" or relative.startswith(".snapshot/"):
            parts = relative.split("/", 2)
            folder = self.snapshot_folder(parts[1]) if len(parts) > 1 else None
            if folder is None:
                raise missing(path)
            base = os.path.join(folder, "root")
            relative = parts[2] if len(parts) > 2 else ""
            luns_base = os.path.join(folder, "luns")
        else:
            luns_base = self.flexvol.path("luns")
        real = os.path.join(base, relative) if relative else base
        self._inside(base, real, path)
        if not os.path.lexists(real):
            lun = os.path.join(luns_base, relative)
            if luns and relative and os.path.isfile(lun):
                return lun
            raise missing(path)
        return real

    def target(self, path):
        """The real path for something new; its directory must exist."""
        relative = clean(path)
        if not relative:
            raise ApiError(400, 6488081, f'"{path}" is not a usable path.', "path")
        if relative == ".snapshot" or relative.startswith(".snapshot/"):
            raise ApiError(400, 131102, f'"{path}" is in a read-only snapshot.', "path")
        real = os.path.join(self.flexvol.root, relative)
        self._inside(self.flexvol.root, real, path)
        if not os.path.isdir(os.path.dirname(real)):
            raise missing(os.path.dirname(path))
        return real

    def _inside(self, base, real, path):
        folder = os.path.realpath(os.path.dirname(real)) if real != base else os.path.realpath(base)
        if folder != os.path.realpath(base) and not folder.startswith(os.path.realpath(base) + os.sep):
            raise missing(path)

    def is_lun(self, real):
        return real.startswith(self.flexvol.path("luns") + os.sep)

    def temporary(self, name):
        return os.path.join(self.flexvol.path("tmp"), name)


def kind_of(state):
    for test, name in (
        (stat.S_ISREG, "file"),
        (stat.S_ISDIR, "directory"),
        (stat.S_ISLNK, "symlink"),
        (stat.S_ISSOCK, "socket"),
        (stat.S_ISFIFO, "fifo"),
        (stat.S_ISCHR, "chardev"),
        (stat.S_ISBLK, "blockdev"),
    ):
        if test(state.st_mode):
            return name
    return "file"
