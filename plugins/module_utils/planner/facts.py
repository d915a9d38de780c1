# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known before a decision: frozen records without behaviour that asks anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The four words for the way an image reaches a volume; there is no fifth.
CACHE_CLONE = "cache_clone"
IMAGE_CLONE = "image_clone"
COPY_OFFLOAD = "copy_offload"
DOWNLOAD = "download"
PATHS = (CACHE_CLONE, IMAGE_CLONE, COPY_OFFLOAD, DOWNLOAD)


@dataclass(frozen=True)
class Image:
    """An image as Glance tells it; sizes in bytes, min_disk in GiB.

    ``content_format`` is what the first bytes of its file say, None where nobody has looked.
    """

    id: str
    name: str
    status: str = "active"
    disk_format: str | None = None
    container_format: str | None = None
    size: int | None = None
    virtual_size: int | None = None
    min_disk: int = 0
    min_ram: int = 0
    content_format: str | None = None

    @property
    def called_raw(self) -> bool:
        """Whether Glance says that the file is a raw disk."""
        return self.disk_format == "raw" and self.container_format in (None, "bare")

    @property
    def mislabelled(self) -> bool:
        """Whether Glance says raw and the file begins like another format."""
        return self.called_raw and self.content_format not in (None, "raw")

    @property
    def is_raw(self) -> bool:
        return self.called_raw and not self.mislabelled


@dataclass(frozen=True)
class FlexVol:
    """A volume of ONTAP; bytes. ``cluster`` is the cluster's UUID (or the connection's address where the
    account may not read it). ``trouble`` says why ONTAP cannot copy files from or to it now; empty when it
    can.
    """

    cluster: str
    svm: str
    name: str
    uuid: str
    junction: str | None = None
    available: int | None = None
    size: int | None = None
    style: str = "flexvol"
    state: str = "online"
    trouble: str = ""
    trouble_cure: str = ""

    def __str__(self) -> str:
        return f"{self.svm}:{self.name}"


@dataclass(frozen=True)
class Engine:
    """What an SVM offers for a copy inside the cluster.

    ``peers`` are the SVMs that files may be copied from, None where the account may not read them;
    ``peers_unready`` maps peered SVMs to what their peering lacks. ``cluster_known`` is False where the
    account may not read the cluster's identity.
    """

    cluster: str
    svm: str
    nfs: bool | None = None
    vstorage: bool | None = None
    file_copy: bool = True
    why_not: str = ""
    peers: frozenset[str] | None = None
    peers_unready: Mapping[str, str] = field(default_factory=dict, hash=False)
    cluster_known: bool = True


@dataclass(frozen=True)
class Entry:
    """A file in a FlexVol's root: a cache entry or a staged file. Bytes; mode as octal text such as
    "0660"; ``made`` is when it was last made or written, in seconds since the epoch; ``used`` is what it
    occupies.
    """

    name: str
    size: int | None = None
    owner: int | None = None
    group: int | None = None
    mode: str | None = None
    made: float | None = field(default=None, compare=False)
    used: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Source:
    """Bytes that can be cloned or copied on the array: the image's own file, or an entry on another FlexVol.

    ``qtree`` is the qtree that the file lies in, empty for none. ``share`` is Glance's share_location in the
    form of a share, for the image's own file.
    """

    flexvol: FlexVol
    path: str
    kind: str = "image"
    size: int | None = None
    qtree: str = ""
    share: str = ""

    def __str__(self) -> str:
        return f"{self.path} in FlexVol {self.flexvol.name} of SVM {self.flexvol.svm}"


@dataclass(frozen=True)
class Unusable:
    """A location of the image that the array cannot reach, why, and what mends it."""

    reason: str
    cure: str = ""


@dataclass(frozen=True)
class Pool:
    """A pool of Cinder, joined with its FlexVol where that was found."""

    name: str
    backend: str = ""
    share: str = ""
    protocol: str = "nfs"
    lif: str = ""
    flexvol: FlexVol | None = None
    why_no_flexvol: str = ""
    free_gib: float | None = None
    capabilities: dict = field(default_factory=dict, compare=False, hash=False)


@dataclass(frozen=True)
class Wanted:
    """What an entry and a volume shall be. Owner, group and mode None: nobody looks at them."""

    owner_uid: int | None = None
    owner_gid: int | None = None
    mode: str | None = None
    volume_gib: int | None = None
    encrypted: bool = False

    @property
    def looks_at_owner(self) -> bool:
        return self.owner_uid is not None or self.owner_gid is not None


@dataclass(frozen=True)
class Case:
    """Everything that bears upon one image and one pool. ``engines``: (cluster, SVM) -> Engine.

    ``image_volumes``, ``lun_sources`` and ``adoption`` (of san_facts.py) are asked of SAN pools alone.
    """

    image: Image
    pool: Pool
    entry: Entry | None
    sources: tuple[Source | Unusable, ...]
    engines: Mapping[tuple[str, str], Engine]
    wanted: Wanted
    image_volumes: tuple = ()
    lun_sources: tuple[Source | Unusable, ...] = ()
    adoption: Any = None

    @property
    def flexvol(self) -> FlexVol:
        """The pool's FlexVol; decisions of NFS pools are asked only where it is known."""
        return self.pool.flexvol  # type: ignore[return-value]


@dataclass(frozen=True)
class Decision:
    """The path, why it is taken and no better one, and what would mend it.

    ``source`` is what the array clones or copies for image_clone and copy_offload. ``fits`` is False when
    Cinder will refuse the volume whatever the path.
    """

    path: str
    reasons: tuple[str, ...] = ()
    cures: tuple[str, ...] = ()
    source: Source | None = None
    fits: bool = True
    entry_usable: bool = False
