# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One image on one pool as a piece of work, whatever the storage: its decision, its record, how to do many.

What is done is up to the kind of storage: FileWork (cache_files.py) makes cache files on FlexVols of NFS
pools. Another protocol gets a subclass of Work and a line in cache.KINDS.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from ..failures import EnhancedInstanceError
from .plan import path_record


@dataclass(frozen=True)
class Options:
    concurrency: int = 4
    download: str = "warn"
    max_throughput: int = 0
    timeout: int = 3600
    check_mode: bool = False


@dataclass(frozen=True)
class Context:
    """Whom a piece of work may ask and tell."""

    cloud: object
    arrays: object
    options: Options
    progress: object


class Work:
    """One image on one pool. Subclasses say what to do; ``record`` is what the module returns of it."""

    #: Done before the others, as what makes the sources of their copies.
    comes_first = False
    #: Cinder may be made to download the image once, which leaves an entry here or a source for a copy.
    may_download = False
    #: Bytes that prime() will write to the FlexVol; a clone writes none.
    bytes_coming = 0

    def __init__(self, scene, image, pool):
        self.scene, self.image, self.pool = scene, image, pool
        self.decision = scene.decision(image, pool)
        self.record = dict(
            path_record(scene, image, pool),
            way=None,
            action=None,
            changed=False,
            failed=False,
            failure=None,
            bytes=None,
            seconds=None,
        )

    @classmethod
    def key(cls, pool):
        """Pools with the same key share what is made: it is made once."""
        return pool.name

    @property
    def label(self):
        return f"{self.image.name} on {self.pool.name}"

    @property
    def failed(self):
        return self.record["failed"]

    def fail(self, failure):
        self.record.update(failed=True, failure=failure.as_dict(), msg=failure.sentence)

    def judge(self, options):
        """Look at the options before anything is done; fail() where they forbid it."""

    def after_download(self, scene, landed):
        """The work that is left when Cinder's download of the image has landed (cache_download.Landed)."""
        raise NotImplementedError

    def foresee(self):
        """Check mode: fill the record with what prime() would do."""

    def prime(self, context):
        """Do it and fill the record. Returns a line to show, or None."""

    def remove(self, context):
        """Take away what was made for the image here (in check mode only say so). Returns a line or None."""

    def waiting(self):
        """What somebody else has to do before the next run can go on, as a dictionary, or None."""

    def before(self):
        """What is there, as a set of lines for the diff."""
        return set()

    def after(self):
        """What is there afterwards."""
        return set()


def do_all(works, act, context):
    """``act`` for each, in parallel; a failure of one is its record's, and the others go on."""

    def one(work):
        started = time.monotonic()
        said = act(work)
        took = time.monotonic() - started
        work.record["seconds"] = round((work.record["seconds"] or 0) + took, 2)  # beside a download's
        if said:
            context.progress.line(f"{work.label}: {said} ({work.record['seconds']} s)")

    results = context.arrays.in_parallel(works, one, context.options.concurrency)
    for work, result in zip(works, results, strict=False):
        if isinstance(result, EnhancedInstanceError):
            work.fail(result)
            context.progress.line(f"{work.label}: {work.record['msg']}")
