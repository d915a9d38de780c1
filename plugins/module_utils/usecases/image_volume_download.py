# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way through Cinder on SAN: where the array has no source, it downloads the image once into each pool.

A throwaway volume in the pool makes Cinder's image-volume cache keep a clone of it, which belongs to the
internal tenant; then the throwaway volume goes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..failures import EnhancedInstanceError, Refused
from ..openstack import image_volumes as cinder
from ..openstack import images as glance
from ..openstack import pool_types, volumes
from ..openstack import pools as cinder_pools
from ..planner.cinder_backend import SAN
from ..planner.quota import volume_shortfalls
from ..planner.san_facts import ImageVolume
from ..planner.sizes import smallest_volume
from . import image_volumes, plan
from .cache_cinder import Outcome
from .cache_download import AT_ONCE, Downloads


@dataclass(frozen=True)
class Landed:
    """The image-volume that Cinder's cache keeps after a download; seconds None where it is only foreseen."""

    volume: ImageVolume
    seconds: float | None


class PoolDownloads(Downloads):
    """Downloads of one run, one image and pool a thread; the jobs are the pieces of work.

    Requests to Cinder beyond those of Downloads: one for the pools, one for the volume types, one for each
    type that is made, and two for each image and pool, of which one is Glance's.
    """

    cure_of_error = (
        "read cinder-volume's log: its host must reach the LUN by an initiator (open-iscsi, or an FC "
        "adapter); the volume was removed again"
    )

    @staticmethod
    def _is_ours(volume):
        return bool(volume.for_pool)

    def tidy_works(self, works):
        """Remove what killed runs left for images and pools that need no download; the volumes' IDs."""
        keys = {(work.image.id, work.pool.name) for work in works}
        left = [one for one in self.found if (one.image_id, one.for_pool) in keys]
        return self._remove([one for one in left if one.ended])

    def bring(self, works):
        """[Landed, or the failure] of the works."""
        base = self._volume_type()
        wanted = list({work.pool.name: work.pool for work in works}.values())
        self.types = pool_types.leading_to(self.cloud, base, wanted, cinder_pools.list_pools(self.cloud))
        at_once = min(self.context.options.concurrency, AT_ONCE)
        return self.arrays.in_parallel(works, self._bring, at_once)

    def _type(self, job):
        return self.types[job.pool.name]

    def _discard_broken(self, image):
        """An image-volume that is out of date is thrown away by Cinder itself."""

    def _landed(self, job, ended, seconds):
        record = glance.find(self.cloud, [job.image.id])[0]
        for one in cinder.named_for(self.cloud, job.image.id):
            volume = image_volumes.image_volume(one, record, (), self.cloud.project_id, self.scene.san.tenant)
            if volume.serves_cache and volume.pool == job.pool.name:
                return Landed(volume, seconds)
        return None

    def _nothing_came(self, job):
        return Refused(
            f"Cinder downloaded image {job.image.name} into pool {job.pool.name} and kept no image-volume of "
            "it",
            f"cloud {self.cloud.label}",
            "see that the backend has image_volume_cache_enabled, that cinder_internal_tenant_project_id and "
            f"_user_id are set, and that this tenant's quota and the cache's limits have room for "
            f"{smallest_volume(job.image)} GiB more (deploy sets all of them)",
        )


def through_cache(scene, works, context):
    """An Outcome after the downloads that SAN pools need; in check mode as it would be.

    A download that fails fails its own image and pool alone.
    """
    own = [work for work in works if work.pool.protocol in SAN]
    if not own:
        return Outcome(scene, works, [], [])
    wanting = [work for work in own if work.may_download and not work.failed]
    downloads = PoolDownloads(scene, context)
    removed = downloads.tidy_works([work for work in own if work not in wanting])
    _check_tenant(context.cloud, scene.san.tenant, wanting)
    wanting = [work for work in wanting if not work.failed]
    if not wanting:
        return Outcome(scene, works, [], removed)
    check = context.options.check_mode
    results = [_foreseen(work) for work in wanting] if check else downloads.bring(wanting)
    landed = {}
    for work, found in zip(wanting, results, strict=True):
        if isinstance(found, EnhancedInstanceError):
            work.fail(found)
        else:
            landed[work] = found
    scene = _with_volumes(scene, landed)
    warnings = [
        f"Image {work.image.name} {'will be' if check else 'was'} downloaded once, into pool "
        f"{work.pool.name}: " + " ".join(work.decision.reasons + work.decision.cures)
        for work in landed
    ]
    works = [work.after_download(scene, landed[work]) if work in landed else work for work in works]
    return Outcome(scene, works, warnings, removed)


def _check_tenant(cloud, tenant, works):
    """Fail the works that the quota of Cinder's internal tenant has no room for; one request."""
    if not (tenant and works):
        return
    short = volume_shortfalls([smallest_volume(work.image) for work in works], volumes.quota(cloud, tenant))
    for work in works if short else ():
        work.fail(
            Refused(
                f"The quota of Cinder's internal tenant {tenant}, which owns the image-volumes of its cache, "
                f"is too low, so nothing was downloaded ({'; '.join(short)})",
                f"cloud {cloud.label}",
                "raise it (enhanced_instance_internal_quota and deploy), or remove images that nobody needs",
            )
        )


def _foreseen(work):
    """Check mode: nobody knows the ID that Cinder will give."""
    size = smallest_volume(work.image)
    return Landed(ImageVolume("to be made", work.pool.name, size, cached=True), None)


def _with_volumes(scene, landed):
    """The scene with the new image-volumes, in place of those that Cinder threw away as out of date."""
    known = dict(scene.san.volumes)
    for work, found in landed.items():
        stay = [one for one in known.get(work.image.id, ()) if one.pool != work.pool.name or not one.cached]
        known[work.image.id] = (*stay, found.volume)
    scene = replace(scene, san=replace(scene.san, volumes=known))
    return plan.decided(scene, {work.image.id: work.image for work in landed}.values())
