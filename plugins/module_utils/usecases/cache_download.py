# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Throwaway volumes: Cinder downloads and converts an image once, and its driver registers the entry.

The volume is marked, so that a run that starts meanwhile waits for it, and one that comes after a killed run
finishes or removes it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from ..failures import EnhancedInstanceError, NotFound, Refused, TimedOut
from ..openstack import pools as cinder_pools
from ..openstack import volumes
from ..planner.names import cache_entry_name, throwaway_name
from ..planner.sizes import entry_fault, smallest_volume
from ..planner.throwaway import Throwaway, elder
from . import homes

#: Seconds between two looks at a volume: at first, and at most.
PAUSE, LONGEST_PAUSE = 1.0, 10.0
#: Most downloads under way: they share the network of a Cinder host, and each needs room to convert.
AT_ONCE = 4


@dataclass(frozen=True)
class Job:
    """An image to be downloaded; ``pool`` is the SAN pool that it has to come to, None where any will do."""

    image: object
    pool: object = None


@dataclass(frozen=True)
class Landed:
    """Where an image's entry came to through Cinder."""

    flexvol: object
    entry: object
    pool: str
    seconds: float


def remove_leftovers(left, context, tell):
    """Remove throwaway volumes of killed runs; the IDs of those that went. One that Cinder does not let go
    only takes room: it is told, and is no reason to end the task.
    """
    if context.options.check_mode:
        return [one.id for one in left]
    removed = []
    for one in left:
        try:
            volumes.delete_if_there(context.cloud, one.id)
        except EnhancedInstanceError as failure:
            tell(f"Throwaway volume {one.id} of an earlier run could not be removed: {failure.sentence}")
            continue
        context.progress.line(f"throwaway volume {one.id} of an earlier run removed")
        removed.append(one.id)
    return removed


class Downloads:
    """Downloads of one run, one image a thread.

    Requests to Cinder: one list; for each image a create, a list and a delete, and one look every one to ten
    seconds. To ONTAP: one look for each image; a survey when Cinder chose a pool that was not asked for.
    """

    cure_of_error = "read cinder-volume's and cinder-scheduler's logs; the volume was removed again"

    def __init__(self, scene, context, sleep=time.sleep, clock=time.monotonic):
        self.scene, self.context, self.cloud, self.arrays = scene, context, context.cloud, context.arrays
        self.sleep, self.clock = sleep, clock
        self.found = [one for one in volumes.throwaways(self.cloud) if self._is_ours(one)]

    @staticmethod
    def _is_ours(volume):
        return not volume.for_pool

    def tidy(self, images):
        """Remove what killed runs left for images that need no download; the volumes' IDs."""
        ids = {image.id for image in images}
        return self._remove([one for one in self.found if one.image_id in ids and one.ended])

    def _remove(self, left):
        return remove_leftovers(left, self.context, self.context.progress.line)

    def run(self, images):
        """{image ID: Landed, or the failure}."""
        self.volume_type = self._volume_type()
        at_once = min(self.context.options.concurrency, AT_ONCE)
        jobs = [Job(image) for image in images]
        results = self.arrays.in_parallel(jobs, self._bring, at_once)
        return {image.id: result for image, result in zip(images, results, strict=True)}

    def _bring(self, job):
        started, image = self.clock(), job.image
        own = self._of(job, self.found)
        for one in own:
            if one.status == "error":
                self._delete(one)
        volume = elder(own, image.id)
        if volume is not None:
            self._say(image, f"found throwaway volume {volume.id} of another run, {volume.status}")
            landed = self._follow(job, volume, started)
            if landed:
                return landed
        landed = self._follow(job, self._create(job), started)
        if landed:
            return landed
        raise self._nothing_came(job)

    @staticmethod
    def _of(job, found):
        """The volumes of a job among those found."""
        pool = job.pool.name if job.pool else ""
        return [one for one in found if one.image_id == job.image.id and one.for_pool == pool]

    def _nothing_came(self, job):
        return Refused(
            f"Cinder made a throwaway volume from image {job.image.name}, and its driver registered no entry",
            f"cloud {self.cloud.label}",
            "read cinder-volume's log for 'registering image in cache'; the driver must be NetApp's",
        )

    def _type(self, job):
        """The volume type of a job's volume."""
        return self.volume_type

    def _create(self, job):
        """A new volume, or the older one that another run made at the same moment."""
        image = job.image
        self._discard_broken(image)
        size = smallest_volume(image)
        made = volumes.create_throwaway(
            self.cloud,
            throwaway_name(image.id),
            size,
            image.id,
            self._type(job)["id"],
            job.pool.name if job.pool else "",
        )
        self._say(image, f"Cinder downloads it once, into throwaway volume {made.id} of {size} GiB")
        older = elder(self._of(job, volumes.throwaways(self.cloud)), image.id)
        if older is None or older.id == made.id:
            return made
        self._wait(image, made)
        self._delete(made)
        return older

    def _discard_broken(self, image):
        """Entries that cannot serve go first, because the driver would clone the volume from one."""
        for flexvol in {
            pool.flexvol.uuid: pool.flexvol for pool in self.scene.pools if pool.flexvol
        }.values():
            if (flexvol.uuid, cache_entry_name(image.id)) in self.scene.root_files:
                self.arrays.delete(flexvol, cache_entry_name(image.id))

    def _follow(self, job, volume, started):
        """Wait until the volume ended, look for the entry, delete the volume; Landed, or None without an
        entry.
        """
        image = job.image
        ended = self._wait(image, volume)
        if ended.status == "error":
            why = volumes.why_error(self.cloud, ended.id)
            self._delete(ended)
            raise Refused(
                f"The throwaway volume {ended.id} of image {image.name} ended in error"
                + (f": {why.rstrip('.')}" if why else ""),
                f"cloud {self.cloud.label}",
                self.cure_of_error,
            )
        found = self._landed(job, ended, round(self.clock() - started, 2))
        self._delete(ended)
        return found

    def _landed(self, job, ended, seconds):
        """What the download left, or None."""
        found = self._entry(job.image, ended.pool)
        return Landed(*found, ended.pool, seconds) if found else None

    def _wait(self, image, volume):
        """The volume when it has ended; as it was last seen when another run removed it."""
        begun, pause, said, trouble = self.clock(), PAUSE, volume.status, ""
        while not volume.ended:
            if self.clock() - begun > self.context.options.timeout:
                raise TimedOut(
                    f"Cinder has not finished the throwaway volume {volume.id} of image {image.name} within "
                    f"{self.context.options.timeout} seconds; its status is {volume.status}"
                    + (f", and the last look failed: {trouble}" if trouble else ""),
                    f"cloud {self.cloud.label}",
                    "raise timeout; the next run waits for that volume and removes it",
                )
            self.sleep(pause)
            try:
                volume, trouble = volumes.throwaway(self.cloud, volume.id), ""
            except NotFound:
                return replace(volume, status="gone")
            except EnhancedInstanceError as failure:
                # A download takes minutes; one bad answer meanwhile is no reason to give it up.
                trouble = failure.sentence
                self._say(image, f"a look at throwaway volume {volume.id} failed: {trouble}")
                pause = min(pause * 1.5, LONGEST_PAUSE)
                continue
            if volume.status in ("deleting", "error_deleting"):
                return volume
            pause = PAUSE if volume.status != said else min(pause * 1.5, LONGEST_PAUSE)
            if volume.status != said:
                said = volume.status
                self._say(image, f"throwaway volume in pool {volume.pool}: {said}")
        return volume

    def _entry(self, image, pool_name):
        """(FlexVol, Entry) that the driver registered, or None."""
        flexvols = {pool.flexvol.uuid: pool.flexvol for pool in self.scene.pools if pool.flexvol}
        own = [pool.flexvol for pool in self.scene.pools if pool.name == pool_name and pool.flexvol]
        if pool_name and not own:
            own = [found for found in (self._flexvol_elsewhere(pool_name),) if found]
        for flexvol in own or flexvols.values():
            entry = self.arrays.look(flexvol, cache_entry_name(image.id))
            if entry is not None and entry_fault(entry, image) is None:
                return flexvol, entry
        return None

    def _flexvol_elsewhere(self, pool_name):
        """The FlexVol of a pool that was not chosen for this task."""
        pools = [pool for pool in cinder_pools.list_pools(self.cloud) if pool.name == pool_name]
        located = [homes.locate(self.arrays, self.arrays.survey(abilities=False), pool) for pool in pools]
        return located[0].flexvol if located else None

    def _volume_type(self):
        """The task's volume type, or one that leads to the chosen pools: the one with most of them."""
        if self.scene.volume_type is not None:
            return self.scene.volume_type
        ranked = []
        for one in cinder_pools.list_types(self.cloud):
            fitting = len(cinder_pools.eligible(self.scene.pools, one))
            if fitting and not cinder_pools.is_encrypted(self.cloud, one):
                ranked.append((fitting, bool(one.get("extra_specs")), one["name"], one))
        if not ranked:
            raise NotFound(
                "No volume type without encryption leads to the chosen pools, and a download needs one",
                f"cloud {self.cloud.label}",
                "make a volume type with volume_backend_name of their backend",
            )
        return max(ranked, key=lambda one: one[:3])[3]

    def _delete(self, volume: Throwaway):
        """Delete a volume; another run may have done so."""
        if volume.status in ("gone", "deleting", "error_deleting"):
            return
        volumes.delete_if_there(self.cloud, volume.id)

    def _say(self, image, text):
        self.context.progress.line(f"{image.name}: {text}")
