# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of image-volumes before a decision about a SAN pool: frozen records."""

from __future__ import annotations

from dataclasses import dataclass, field

from .facts import Source, Unusable

# Cinder gives its own image-volumes this name (volume/manager.py, _clone_image_volume), and we ours.
NAME_PREFIX = "image-"
# Metadata of a volume whose content is an image: the project that owns the image. Cinder clones it for the
# volumes of others only where the two are the same (volume/flows/manager/create_volume.py).
IMAGE_OWNER = "image_owner"
# Our mark on image-volumes that image_cache made: the image's ID.
MARK = "enhanced_instance_image_volume"

# LUNs that a FlexVol holds at most; less on small models (NetApp's Hardware Universe names them).
LUN_LIMIT = 512


def luns_free(pool) -> int | None:
    """How many more LUNs the pool's FlexVol holds, None where Cinder does not tell.

    Cinder's driver counts the LUNs of a FlexVol, snapshots too, for its statistics (block_cmode.py,
    _get_pool_stats), which are up to a minute old.
    """
    found = pool.capabilities.get("total_volumes")
    return max(0, LUN_LIMIT - int(found)) if isinstance(found, int) else None


def too_many_luns(pools, wanted: int) -> tuple[str, str] | None:
    """``(what, cure)`` when the FlexVols of all pools together cannot hold so many more LUNs."""
    free = [luns_free(pool) for pool in pools]
    if not free or None in free or sum(free) >= wanted:
        return None
    names = ", ".join(pool.name.partition("#")[2] for pool in pools)
    asked = "1 more volume is" if wanted == 1 else f"{wanted} more volumes are"
    return (
        f"{asked} asked for, and the FlexVols {names} hold {sum(free)} more LUNs at a "
        f"limit "
        f"of {LUN_LIMIT} each",
        "add a FlexVol to the backend, or delete volumes",
    )


@dataclass(frozen=True)
class ImageVolume:
    """A volume of Cinder that holds an image's content, in one pool. Size in GiB.

    located     a cinder:// location of the image names it
    cached      it looks like an entry of Cinder's image-volume cache: named for the image and read-only
    stale       the image record changed after it was made, so Cinder's cache will not use it (image/cache.py)
    owner_fits  Cinder clones it for every project that may use the image
    marked      image_cache made it
    """

    id: str
    pool: str
    size_gib: int
    status: str = "available"
    located: bool = False
    cached: bool = False
    stale: bool = False
    owner_fits: bool = True
    marked: bool = False

    @property
    def serves_cache(self) -> bool:
        """Whether Cinder's image-volume cache clones it."""
        return self.cached and not self.stale and self.status in ("available", "in-use")


@dataclass(frozen=True)
class Adoption:
    """Whether an image-volume that the array made can be handed to Cinder and Glance. ``store`` is the ID of
    Glance's store of type cinder; ``why_not`` is empty when it can.
    """

    store: str = ""
    why_not: str = "Nobody has looked at the stores of Glance."
    cure: str = ""

    @property
    def possible(self) -> bool:
        return not self.why_not


@dataclass(frozen=True)
class SanFacts:
    """All that a plan knows of SAN pools: image-volumes and LUN sources by image, and the way to adopt."""

    volumes: dict = field(default_factory=dict)  # image ID -> tuple of ImageVolume
    sources: dict = field(default_factory=dict)  # image ID -> tuple of Source (kind lun) or Unusable
    adoption: Adoption = Adoption()
    tenant: str = ""  # ID of Cinder's internal tenant, empty where it is not known

    def of(self, image_id: str) -> tuple[tuple[ImageVolume, ...], tuple[Source | Unusable, ...]]:
        return self.volumes.get(image_id, ()), self.sources.get(image_id, ())


def image_volume_name(image_id: str) -> str:
    return NAME_PREFIX + image_id


def lun_path(flexvol: str, name: str) -> str:
    """A LUN's whole name in a FlexVol's root, where Cinder's driver puts them."""
    return f"/vol/{flexvol}/{name}"
