# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Cinder's NetApp NFS driver does by itself, as long as nobody primes: the path of the next volume.

Facts are those of Cinder 29 (cinder/volume/drivers/netapp/dataontap, clone_image and what it calls).
"""

from __future__ import annotations

from .facts import CACHE_CLONE, DOWNLOAD, IMAGE_CLONE, Decision, Image, Pool, Source
from .shares import parse_share


def path(image: Image, pool: Pool, decision: Decision, sources, entry_on_backend: bool) -> str:
    """``sources`` are those of the image's locations; ``entry_on_backend`` says whether any share of the
    pool's backend holds an entry of the image.

    The driver clones the image's own file only when no share of the backend has an entry
    (_find_image_in_cache comes first), the file is raw, and its directory is exactly a share of the backend
    (_check_share_in_use); and into another FlexVol than the pool's it clones in vain. What it copies, it
    looks up by the junction path as if that were a name, and downloads when that fails; so a copy is not
    counted upon.
    """
    if decision.entry_usable:
        return CACHE_CLONE
    if decision.path == DOWNLOAD or pool.protocol != "nfs" or not image.is_raw or entry_on_backend:
        return DOWNLOAD
    return IMAGE_CLONE if any(_is_cloned(one, pool) for one in sources) else DOWNLOAD


def _is_cloned(source: Source, pool: Pool) -> bool:
    if (
        not isinstance(source, Source)
        or pool.flexvol is None
        or source.flexvol.uuid != pool.flexvol.uuid
        or "/" in source.path
    ):
        return False
    try:
        there, here = parse_share(source.share), parse_share(pool.share)
    except ValueError:
        return False
    # Its pattern for nfs:// URLs takes no IPv6 address (_check_get_nfs_path_segs).
    return there.path == here.path and ":" not in there.host
