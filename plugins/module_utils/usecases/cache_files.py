# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache file of one image in one FlexVol: made or staged, published, confirmed, removed."""

from __future__ import annotations

from ..failures import EnhancedInstanceError, Refused
from ..planner import entry_step as steps
from ..planner.capabilities import ARRAY, ARRAY_OWNER, CINDER
from ..planner.entry_rules import owner_fault
from ..planner.facts import COPY_OFFLOAD, DOWNLOAD, IMAGE_CLONE
from ..planner.names import cache_entry_name, mount_directory, stage_name
from ..planner.sizes import content_size, entry_fault, human
from .cache_work import Work
from .plan import entry_record

# Steps that only clone or delete, whatever path brought the staged file.
_BY_CLONE = (steps.TIDY, steps.PUBLISH, steps.AWAIT_OWNER)
_WAYS = {
    steps.MAKE: ARRAY,
    steps.STAGE: ARRAY_OWNER,
    steps.PUBLISH: ARRAY_OWNER,
    steps.AWAIT_OWNER: ARRAY_OWNER,
}
DOWNLOADED = "download"  # the action of a record whose entry Cinder's driver registered

_SAID = {
    steps.STAGE: "staged by ",
    steps.PUBLISH: "published",
    steps.TIDY: "leftover removed",
    steps.IMPOSSIBLE: "would be downloaded",
    steps.AWAIT_OWNER: "staged",
    steps.MAKE: "entry made by ",
}


class FileWork(Work):
    """One image on one FlexVol."""

    def __init__(self, scene, image, pool):
        super().__init__(scene, image, pool)
        self.flexvol, self.wanted = pool.flexvol, scene.wanted
        self.entry_name, self.stage_name = cache_entry_name(image.id), stage_name(image.id)
        self.entry, self.staged = scene.entry(image, pool), scene.staged(image, pool)
        self._had = {
            name for name, file in ((self.entry_name, self.entry), (self.stage_name, self.staged)) if file
        }
        self._has = set(self._had)
        self.step = steps.next_step(image, self.entry, self.staged, self.decision, scene.wanted)
        self.record.update(action=self.step.action, way=_WAYS.get(self.step.action))
        self.awaits_owner = False

    @classmethod
    def key(cls, pool):
        """Two pools over one FlexVol (two LIFs) share their cache."""
        return pool.flexvol.uuid if pool.flexvol else pool.name

    @property
    def label(self):
        return f"{self.image.name} on {self.flexvol.name if self.flexvol else self.pool.name}"

    @property
    def comes_first(self):
        """The image's own FlexVol: a hit on any share of a backend makes Cinder's driver skip its own clone
        from Glance.
        """
        return self.decision.path != COPY_OFFLOAD or self.step.action in _BY_CLONE

    @property
    def may_download(self):
        return self.flexvol is not None and self.step.action == steps.IMPOSSIBLE

    @property
    def bytes_coming(self):
        if self.step.action in (steps.MAKE, steps.STAGE) and self.decision.path == COPY_OFFLOAD:
            return self.decision.source.size or 0
        return content_size(self.image) or 0 if self.may_download else 0

    def after_download(self, scene, landed):
        work = type(self)(scene, self.image, self.pool)
        work._had = self._had
        if self.flexvol == landed.flexvol:
            work.record.update(path=DOWNLOAD, way=CINDER, bytes=self.image.size, seconds=landed.seconds)
            work.record.update(reasons=self.record["reasons"], cures=self.record["cures"], changed=True)
            if work.step.action == steps.KEEP:
                work.record["action"] = DOWNLOADED
        return work

    def judge(self, options):
        if self.step.action == steps.IMPOSSIBLE and options.download == "refuse":
            reasons = " ".join(self.decision.reasons) or "No better path is known."
            self.fail(
                Refused(
                    f"Cinder would download image {self.image.name} into pool {self.pool.name}, and download "
                    f"is refuse: {reasons}",
                    cure=" ".join(self.decision.cures) or None,
                )
            )

    def foresee(self):
        self.record["changed"] = self.record["changed"] or self.step.changes
        self.awaits_owner = self.step.action == steps.AWAIT_OWNER
        if self.step.changes:
            self._has = {
                steps.STAGE: self._has | {self.stage_name},
                steps.TIDY: self._has - {self.stage_name},
            }.get(self.step.action, {self.entry_name})

    def prime(self, context):
        """Do the step; what follows from it at once (a staged file that needs no owner) too."""
        arrays, step = context.arrays, self.step
        if step.action in (steps.KEEP, steps.IMPOSSIBLE):
            return _SAID.get(step.action)
        if step.action == steps.TIDY or step.discard_staged:
            arrays.delete(self.flexvol, self.stage_name)
            self._changed(self._has - {self.stage_name})
        if step.action == steps.MAKE:
            if not self._made_here(context):
                return "entry made by another run"
        elif step.action == steps.STAGE:
            self._bring(context, self.stage_name)
            self._changed(self._has | {self.stage_name})
            self.staged = arrays.look(self.flexvol, self.stage_name)
        if step.action in (steps.STAGE, steps.PUBLISH, steps.AWAIT_OWNER):
            self._publish_when_owned(arrays)
        return self._said()

    def remove(self, context):
        own = {self.entry_name, self.stage_name}
        here = {name for uuid, name in self.scene.root_files if self.flexvol and uuid == self.flexvol.uuid}
        if len(self.scene.images) == 1:
            # An unfinished copy is named by a hash; with several images it is left to the copy that it
            # belongs to.
            own |= {name for name in here if name.startswith("eic-copy-")}
        doomed = sorted(here & own)
        self.record.update(action="remove" if doomed else steps.KEEP, reasons=[], cures=[], path=None)
        for name in doomed:
            if not context.options.check_mode:
                context.arrays.delete(self.flexvol, name)
        self.record["entry"] = None
        if doomed:
            self._changed(set())
        return f"{', '.join(doomed)} removed" if doomed else None

    def waiting(self):
        """What a Cinder host needs to give the staged file its owner."""
        if not self.awaits_owner:
            return None
        return {
            "pool": self.pool.name,
            "share": self.pool.share,
            "directory": mount_directory(self.pool.share),
            "file": self.stage_name,
            "image_id": self.image.id,
            "flexvol": self.flexvol.name,
            "svm": self.flexvol.svm,
            "uid": self.wanted.owner_uid,
            "gid": self.wanted.owner_gid,
            "mode": self.wanted.mode,
        }

    def before(self):
        return self._lines(self._had)

    def after(self):
        return self._lines(self._has)

    def _lines(self, names):
        """Files in the FlexVol's root, one per line."""
        return {f"{self.flexvol.svm}:{self.flexvol.name}/{name}" for name in names} if self.flexvol else set()

    def _changed(self, has):
        self.record["changed"] = True
        self._has = has

    def _bring(self, context, name, overwrite=False):
        """The image's bytes under ``name``: by FlexClone in the same FlexVol, by a copy inside the cluster
        from another.
        """
        source, options = self.decision.source, context.options
        self.record["bytes"] = source.size
        if self.decision.path == IMAGE_CLONE:
            context.arrays.clone(self.flexvol, source.path, name, overwrite=overwrite)
        else:
            context.arrays.copy(
                source.flexvol,
                source.path,
                self.flexvol,
                name,
                overwrite=overwrite,
                max_throughput=options.max_throughput,
                timeout=options.timeout,
            )

    def _made_here(self, context):
        """Make the entry at once; False when another run made the same meanwhile."""
        try:
            self._bring(context, self.entry_name, overwrite=self.step.replaces)
        except EnhancedInstanceError:
            if self.step.replaces or self._fault(context.arrays.look(self.flexvol, self.entry_name)):
                raise
            self.record["bytes"] = None
            self._confirm(context.arrays)
            self._has |= {self.entry_name}
            return False
        self._confirm(context.arrays)
        self._changed({self.entry_name})
        return True

    def _publish_when_owned(self, arrays):
        if self.staged is None or entry_fault(self.staged, self.image):
            raise Refused(
                f"The staged file {self.stage_name} in FlexVol {self.flexvol.name} is not the image's "
                "content",
                self.flexvol.svm,
                "run the task again; nothing was published",
            )
        if owner_fault(self.staged, self.wanted):
            self.awaits_owner = True
            return
        if self.step.action == steps.STAGE:
            self.record["way"] = ARRAY  # the staged file had its owner from its source
        self._publish(arrays)

    def _publish(self, arrays):
        """Clone the staged file to the entry's name, look, and delete the staged file.

        Another run may have published the same content meanwhile: then its entry stands and this is no
        failure.
        """
        try:
            arrays.clone(self.flexvol, self.stage_name, self.entry_name, overwrite=self.step.replaces)
        except EnhancedInstanceError:
            if self._fault(arrays.look(self.flexvol, self.entry_name)):
                raise
        self._confirm(arrays)
        self._changed(self._has | {self.entry_name})
        arrays.delete(self.flexvol, self.stage_name)
        self._changed({self.entry_name})

    def _fault(self, found):
        if found is None:
            return "it is not there"
        return entry_fault(found, self.image) or owner_fault(found, self.wanted)

    def _confirm(self, arrays):
        found = arrays.look(self.flexvol, self.entry_name)
        fault = self._fault(found)
        if fault:
            raise Refused(
                f"The entry {self.entry_name} in FlexVol {self.flexvol.name} did not become right: {fault}",
                self.flexvol.svm,
                "run the task again; what verify tells of this cluster may explain it",
            )
        self.record["entry"] = entry_record(found)

    def _said(self):
        said = _SAID[self.step.action]
        if self.step.action in (steps.MAKE, steps.STAGE):
            said += self.decision.path
        if self.awaits_owner:
            said += ", waits for its owner"
        elif self.step.action == steps.STAGE:
            said += " and published"
        return said + (f", {human(self.record['bytes'])}" if self.record["bytes"] else "")
