# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One image in one SAN pool as a piece of work: its image-volume present or absent.

Made on the array: a LUN clone or copy under our own name, adopted by Cinder (manage), then named by a
location of the image. That comes last, so nothing is cloned from what is not whole. A killed run leaves a LUN
``eic-image-<image id>`` or a marked volume; the next run goes on from there. What the array cannot bring,
Cinder downloads once (image_volume_download.py).
"""

from __future__ import annotations

import threading
import time

from ..failures import AlreadyExists, EnhancedInstanceError, Refused, TimedOut
from ..ontap import lun_clones, luns
from ..openstack import image_volumes as cinder
from ..openstack import images as glance
from ..openstack import volumes
from ..planner.capabilities import ARRAY, CINDER
from ..planner.facts import CACHE_CLONE, DOWNLOAD
from ..planner.names import volume_file_name
from ..planner.san_facts import IMAGE_OWNER, MARK, image_volume_name, lun_path, too_many_luns
from ..planner.sizes import GIB, gib_up
from ..planner.throwaway import wants_one_in_pool
from .cache_work import Work

KEEP, MAKE, FINISH, REMOVE, IMPOSSIBLE = "keep", "make", "finish", "remove", "impossible"
DOWNLOADED = DOWNLOAD  # the action of a record whose image-volume Cinder's cache keeps
PAUSE = 1.0
ADOPTING = ("creating", "managing")
# Glance reads, changes and writes an image's list of locations as a whole: one at a time.
_locations = threading.Lock()


def staged_lun(flexvol, image_id):
    """Our own name for a LUN that Cinder has not adopted yet."""
    return lun_path(flexvol.name, "eic-image-" + image_id)


class ImageVolumeWork(Work):
    """An image-volume of a SAN pool."""

    def __init__(self, scene, image, pool):
        super().__init__(scene, image, pool)
        found, _sources = scene.san.of(image.id)
        self.here = [one for one in found if one.pool == pool.name]
        # Adopted, and its location was not added before the run was killed.
        ours = [one for one in self.here if one.marked and not one.located]
        self.unfinished = [one for one in ours if one.status in ("available", *ADOPTING)]
        # What Cinder did not adopt in a run that was killed; it goes before another is made.
        self.broken = [one for one in ours if one.status.startswith("error")]
        self.had, self.made = list(self.here), None
        if self.decision.path == CACHE_CLONE:
            action = KEEP
        elif self.unfinished and scene.san.adoption.possible:
            action = FINISH
        elif self.decision.path == DOWNLOAD:
            action = IMPOSSIBLE
        else:
            action = MAKE
        self.record.update(action=action, image_volume=self.here[0].id if self.here else None)

    @property
    def may_download(self):
        """Cinder's image-volume cache would keep what a download brings."""
        return self.record["action"] == IMPOSSIBLE and wants_one_in_pool(
            self.image, self.decision, self.scene.wanted
        )

    def after_download(self, scene, landed):
        work = type(self)(scene, self.image, self.pool)
        work.had, work.made = self.had, landed.volume.id
        work.record.update(
            path=DOWNLOAD,
            way=CINDER,
            action=DOWNLOADED,
            changed=True,
            bytes=self.image.size,
            seconds=landed.seconds,
            reasons=self.record["reasons"],
            cures=self.record["cures"],
        )
        return work

    def judge(self, options):
        # A download needs the LUN of the throwaway volume too.
        need = {MAKE: 1, IMPOSSIBLE: 2 if self.may_download else 0}.get(self.record["action"], 0)
        crowded = too_many_luns([self.pool], need) if need else None
        if crowded:
            self.fail(Refused(*crowded[:1], cure=crowded[1]))
            return
        if self.record["action"] == IMPOSSIBLE and options.download == "refuse":
            why = " ".join(self.decision.reasons)
            self.fail(
                Refused(
                    f"Cinder would download image {self.image.name} into pool {self.pool.name}, and "
                    f"download is "
                    f"refuse: {why}",
                    cure=" ".join(self.decision.cures) or None,
                )
            )

    def foresee(self):
        self.record["changed"] = self.record["action"] in (MAKE, FINISH, DOWNLOADED)

    def prime(self, context):
        action = self.record["action"]
        if action not in (MAKE, FINISH):
            return None if action in (KEEP, DOWNLOADED) else "would be downloaded"
        volume_id = self.unfinished[0].id if action == FINISH else self._make(context)
        self._wait(context, volume_id)
        self._locate(context, volume_id)
        self.made = volume_id
        self.record.update(changed=True, image_volume=volume_id, way=ARRAY)
        return f"image-volume {volume_id} made by {self.decision.path}"

    def _make(self, context):
        flexvol, source = self.pool.flexvol, self.decision.source
        client = context.arrays.client(flexvol)
        name = staged_lun(flexvol, self.image.id)
        for one in self.broken:
            self._undo(context, one.id)
        self.record["bytes"] = source.size
        # The whole of ontap_lun_clone: waits for copy.source.progress, goes on with what a killed run began.
        records, _diff = lun_clones.perform(
            client,
            flexvol.svm,
            [(source.path, name)],
            max_throughput=context.options.max_throughput,
            timeout=context.options.timeout,
        )
        if records[0]["failed"]:
            fault = records[0]["failure"]
            raise Refused(fault["what"], fault["where"], fault["cure"], fault["status"], fault["code"])
        lun = luns.find_lun(client, flexvol.svm, name)
        whole = max(gib_up(lun.size), 1) * GIB
        if lun.size < whole:
            # Cinder rounds the size up, and its clones would be smaller than it believes.
            luns.resize_lun(client, lun, whole)
        return self._adopt(context, client, name)

    def _adopt(self, context, client, name):
        cloud = context.cloud
        kind = (self.scene.volume_type or {}).get("name")
        metadata = {IMAGE_OWNER: self._owner(cloud), MARK: self.image.id}
        try:
            made = cinder.manage(
                cloud, self.pool.name, name, image_volume_name(self.image.id), kind, metadata
            )
        except EnhancedInstanceError as failure:
            if (failure.status or 500) < 500:
                self._forget_lun(context, client, name)
            # Else the answer was lost, and Cinder may be adopting the LUN all the same; the next run sees.
            if failure.status == 413:
                raise Refused(
                    f"The quota of project {cloud.project_id}, which owns the image-volumes, is too low "
                    f"for one "
                    f"more in pool {self.pool.name}: {failure.what}",
                    failure.where,
                    f"raise it: openstack quota set --volumes N --gigabytes N {cloud.project_id}",
                    failure.status,
                    failure.code,
                ) from failure
            raise
        return made["id"]

    def _owner(self, cloud):
        return glance.find(cloud, [self.image.id])[0].get("owner") or ""

    def _forget_lun(self, context, client, name):
        lun = luns.find_lun(client, self.pool.flexvol.svm, name)
        if lun is not None:
            try:
                luns.delete_lun(client, lun)
            except EnhancedInstanceError as failure:
                context.progress.line(f"LUN {name} could not be removed: {failure.sentence}")

    def _wait(self, context, volume_id):
        """Until Cinder has adopted it; what Cinder refuses to adopt is taken away again."""
        started = time.monotonic()
        while True:
            record = cinder.show(context.cloud, volume_id) or {"status": "gone"}
            status = record["status"]
            if status == "available":
                return
            if status not in ADOPTING:
                said = volumes.why_error(context.cloud, volume_id)
                self._undo(context, volume_id)
                raise Refused(
                    f"Cinder did not adopt the image-volume of {self.image.name} in pool {self.pool.name} "
                    f"({status}{': ' + said if said else ''})",
                    f"cloud {context.cloud.label}",
                    "read cinder-volume's log; nothing is left behind",
                )
            if time.monotonic() - started > context.options.timeout:
                raise TimedOut(
                    f"Image-volume {volume_id} is still {status} after {context.options.timeout} s",
                    cure="look at cinder-volume; the next run goes on",
                )
            time.sleep(PAUSE)

    def _undo(self, context, volume_id):
        flexvol = self.pool.flexvol
        client = context.arrays.client(flexvol)
        for name in (staged_lun(flexvol, self.image.id), lun_path(flexvol.name, volume_file_name(volume_id))):
            self._forget_lun(context, client, name)
        try:
            volumes.delete(context.cloud, volume_id)
        except EnhancedInstanceError as failure:
            context.progress.line(f"volume {volume_id} could not be removed: {failure.sentence}")

    def _locate(self, context, volume_id):
        cloud, store = context.cloud, self.scene.san.adoption.store
        with _locations:
            try:
                cinder.add_location(cloud, self.image.id, store, volume_id)
            except AlreadyExists as failure:
                # 409: somebody else changed the image meanwhile.
                if volume_id not in self._located(cloud):
                    raise Refused(
                        f"The location of image-volume {volume_id} was not added: {failure.what}",
                        failure.where,
                        "run the task again; it goes on from here",
                    ) from failure

    def _located(self, cloud):
        """IDs of volumes in the order of the image's locations, as it is now. Raises where Glance does not
        tell, because a volume that is deleted then may be the image.
        """
        places, why, cure = glance.locations(cloud, glance.show(cloud, self.image.id))
        if why:
            raise Refused(why, f"cloud {cloud.label}", cure)
        return [cinder.volume_of_location(place["url"]) for place in places]

    def remove(self, context):
        """Locations first, by which Glance deletes the volumes behind them; then the rest of ours."""
        doomed = [one for one in self.here if one.located or one.cached or one.marked]
        self.record.update(action=REMOVE if doomed else KEEP, reasons=[], cures=[], path=None)
        check = context.options.check_mode
        for one in doomed:
            # Also what looks like Cinder's own: with image_upload_use_cinder_backend it may be the image.
            if self.image.status != "deleted":
                self._unlocate(context.cloud, one.id, check)
            self.record["changed"] = True
            if check:
                continue
            record = cinder.show(context.cloud, one.id)
            if record is not None and record["status"] != "deleting":
                volumes.delete(context.cloud, one.id)
        if not doomed or check:
            return None
        self._wait_gone(context, doomed)
        self.record["image_volume"] = None
        return ", ".join(f"image-volume {one.id}" for one in doomed) + " removed"

    def _unlocate(self, cloud, volume_id, check_mode):
        with _locations:
            places = self._located(cloud)
            if volume_id not in places:
                return
            if len(places) == 1:
                raise Refused(
                    f"Image {self.image.name} has no other location than image-volume {volume_id}, whose "
                    f"removal "
                    "would destroy the image",
                    f"cloud {cloud.label}",
                    "upload the image to another store first",
                )
            if not check_mode:
                cinder.remove_location(cloud, self.image.id, places.index(volume_id))

    def _wait_gone(self, context, doomed):
        started = time.monotonic()
        left = {one.id for one in doomed}
        while left:
            left = {one for one in left if cinder.show(context.cloud, one) is not None}
            if left and time.monotonic() - started > context.options.timeout:
                raise TimedOut(
                    f"Image-volumes {', '.join(sorted(left))} are not gone after {context.options.timeout} s",
                    cure="look at cinder-volume's log",
                )
            if left:
                time.sleep(PAUSE)

    def _line(self, volume_id):
        return f"{self.pool.name}: image-volume {volume_id} of image {self.image.id}"

    def before(self):
        return {self._line(one.id) for one in self.had if one.located or one.cached or one.marked}

    def after(self):
        if not self.record["changed"]:
            return self.before()
        if self.record["action"] == REMOVE:
            return set()
        if self.record["action"] == DOWNLOADED:
            # What was out of date went.
            return {self._line(one.id) for one in self.here if one.located or one.cached or one.marked}
        # In check mode nobody knows the ID that Cinder will give.
        name = self.made or (self.unfinished[0].id if self.unfinished else "to be made")
        gone = {self._line(one.id) for one in self.broken} if self.record["action"] == MAKE else set()
        return (self.before() - gone) | {self._line(name)}
