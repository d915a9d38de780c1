# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a volume came to its content: signs gathered before its guest writes, judged, and kept as its
metadata.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..failures import EnhancedInstanceError
from ..openstack import volumes
from ..planner.facts import CACHE_CLONE, DOWNLOAD, IMAGE_CLONE, Pool, Source
from ..planner.names import cache_entry_name, volume_file_name
from ..planner.sizes import entry_fault
from ..planner.verdict import Signs, Verdict, judge
from . import plan


@dataclass(frozen=True)
class Ground:
    """What was known right before the first volume: pools with their FlexVols, entries, the image's own
    file.
    """

    pools: dict = field(default_factory=dict)  # pool name -> Pool
    with_entry: frozenset = frozenset()  # UUIDs of FlexVols that held a usable entry
    with_image: frozenset = frozenset()  # UUIDs of FlexVols with the image's file in their root
    # UUIDs of FlexVols where a download of this run has left an entry meanwhile (the driver keeps one).
    since: set = field(default_factory=set)

    def foreseen(self, flexvol):
        """The path that a volume in this FlexVol should take; None where that cannot be told."""
        if flexvol is None or flexvol.uuid in self.since:
            return None
        if flexvol.uuid in self.with_entry:
            return CACHE_CLONE
        return IMAGE_CLONE if flexvol.uuid in self.with_image else DOWNLOAD

    def entry_before(self, flexvol):
        if flexvol is None or flexvol.uuid in self.since:
            return None
        return flexvol.uuid in self.with_entry


def ground(scene, image):
    """From a plan's scene."""
    found = {
        pool.flexvol.uuid for pool in scene.pools if pool.flexvol and scene.decision(image, pool).entry_usable
    }
    # The stock driver clones a Glance file by itself when it lies in the root of the share (nfs_base.py).
    roots = {
        source.flexvol.uuid
        for source in scene.sources[image.id]
        if isinstance(source, Source) and source.kind == "image" and "/" not in source.path
    }
    return Ground({pool.name: pool for pool in scene.pools}, frozenset(found), frozenset(roots))


def ground_of_flexvols(arrays, image):
    """For a user to whom Cinder shows no pools: every FlexVol that is mounted somewhere, under its own
    name.
    """
    seen = arrays.survey(abilities=False).volumes
    flexvols = [one for one in seen if one.junction not in (None, "/") and one.state == "online"]
    pools = [Pool(str(one), flexvol=one) for one in flexvols]
    root_files = plan.read_root_files(arrays, pools, [image])
    found = frozenset(
        uuid
        for (uuid, name), entry in root_files.items()
        if name == cache_entry_name(image.id) and entry_fault(entry, image) is None
    )
    return Ground({pool.name: pool for pool in pools}, found)


def gather(arrays, ground_, volume, seconds):
    """``(Verdict, evidence dictionary, pool name or None)`` of one available volume; at most one request to
    ONTAP where the volume's pool is known, else one a FlexVol until it is found."""
    name = volumes.pool_of(volume)
    flexvol, usage = None, None
    if arrays and ground_.pools:
        pool, usage = _find(arrays, ground_, volume, name)
        if pool is not None:
            name, flexvol = pool.name, pool.flexvol
    signs = Signs(
        entry_before=ground_.entry_before(flexvol),
        direct=bool(flexvol and flexvol.uuid in ground_.with_image),
        used=usage[0] if usage else None,
        unique=usage[1] if usage else None,
        signature="signature_verified" in (volume.get("volume_image_metadata") or {}),
        seconds=seconds,
    )
    verdict = judge(signs)
    found = record(signs, verdict, ground_.foreseen(flexvol))
    if verdict.path == DOWNLOAD and flexvol:
        ground_.since.add(flexvol.uuid)
    return verdict, found, name


def record(signs: Signs, verdict: Verdict, foreseen):
    return {
        "foreseen": foreseen,
        "verdict": verdict.verdict,
        "entry_before": signs.entry_before,
        "used_bytes": signs.used,
        "unique_bytes": signs.unique,
        "signature_verified": signs.signature,
        "volume_seconds": signs.seconds,
    }


def keep(cloud, volume_id, verdict, pool):
    """Write it down where the volume's owner finds it again; one request. It comes before the server,
    because it tells later runs that a guest has written to the volume, which nobody may then replace.
    """
    volumes.set_metadata(
        cloud,
        volume_id,
        {
            volumes.MARK_PATH: verdict.path or "unknown",
            volumes.MARK_VERDICT: verdict.verdict,
            volumes.MARK_EVIDENCE: verdict.why,
            volumes.MARK_POOL: pool or "unknown",
            volumes.MARK_VOLUME: volume_id,
        },
    )


def surprises(instances):
    """A warning for each way in which plan and evidence differ; it names both, and the instances."""
    found = {}
    for one in instances:
        foreseen = (one.evidence or {}).get("foreseen")
        if foreseen and one.path and one.path != foreseen:
            found.setdefault((foreseen, one.path), []).append(one.name)
    return [
        f"Plan and evidence differ: {foreseen} was foreseen and {path} was found for {_some(names)}."
        for (foreseen, path), names in found.items()
    ]


def _some(names, shown=10):
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {more} more" if more > 0 else "")


def remembered(metadata):
    """(path, pool, verdict, why) of a volume that an earlier run made."""

    def known(key):
        value = (metadata or {}).get(key)
        return None if value in (None, "unknown") else value

    return (
        known(volumes.MARK_PATH),
        known(volumes.MARK_POOL),
        known(volumes.MARK_VERDICT),
        known(volumes.MARK_EVIDENCE),
    )


def recall(one, metadata):
    """Give an instance what an earlier run found out about its volume; False where none did."""
    path, pool, verdict, why = remembered(metadata)
    if verdict is None:
        return False
    one.path, one.pool, one.why, one.evidence = path, pool, why, {"verdict": verdict}
    return True


def _find(arrays, ground_, volume, name):
    candidates = (
        [ground_.pools[name]]
        if name in ground_.pools
        else list(ground_.pools.values())
        if name is None
        else []
    )
    for pool in candidates:
        if pool.flexvol is None:
            continue
        try:
            usage = arrays.usage(pool.flexvol, volume_file_name(volume["id"]))
        except EnhancedInstanceError:
            continue  # evidence is never a reason to fail an instance that is there
        if usage is not None or name is not None:
            return pool, usage
    return None, None
