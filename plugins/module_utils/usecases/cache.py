# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image caches of pools: primed or removed, in bulk; each image and pool is a Work of its protocol."""

from __future__ import annotations

from ..failures import Refused
from ..planner.space import forecast
from .cache_cinder import through_cinder
from .cache_files import FileWork
from .cache_result import download_warnings, result
from .cache_work import do_all
from .image_volume_download import through_cache
from .image_volume_work import ImageVolumeWork

#: The kind of work by the pool's protocol; pools of a protocol that is not here get FileWork, which says why
#: there is nothing to make.
KINDS = {"nfs": FileWork, "iscsi": ImageVolumeWork, "fc": ImageVolumeWork}


def prime(scene, context):
    """Make what is missing; returns the module's result without ``requests``.

    In order: what the options forbid, what finds no room, images that Cinder has to download, the image's own
    FlexVol, copies into the others.
    """
    works, options = works_of(scene), context.options
    for work in works:
        work.judge(options)
    space = _space(works)
    outcome = through_cinder(scene, works, context)
    san = through_cache(outcome.scene, outcome.works, context)
    scene, works = san.scene, san.works
    active = [work for work in works if not work.failed]
    if options.check_mode:
        for work in active:
            work.foresee()
    else:
        for first in (True, False):
            group = [work for work in active if work.comes_first is first]
            do_all(group, lambda work: work.prime(context), context)
    warnings = [one.warning for one in space if one.warning]
    if options.download == "warn":
        warnings += outcome.warnings + san.warnings + download_warnings(works)
    return result(scene, works, warnings, space, outcome.removed + san.removed)


def remove(scene, context):
    """Take away what was made for the images, and leftovers."""
    works = works_of(scene)
    do_all(works, lambda work: work.remove(context), context)
    return result(scene, works)


def works_of(scene):
    """One piece of work for each image and place."""
    works = {}
    for image in scene.images:
        for pool in scene.pools:
            kind = KINDS.get(pool.protocol, FileWork)
            key = (image.id, kind.key(pool))
            if key not in works:
                works[key] = kind(scene, image, pool)
    return list(works.values())


def _space(works):
    """Forecasts of the FlexVols that bytes are to be written to; works that find no room fail."""
    coming = [work for work in works if work.bytes_coming and not work.failed]
    forecasts = forecast((work, work.image.name, work.flexvol, work.bytes_coming) for work in coming)
    for one in forecasts:
        for work, (sentence, cure) in one.refused.items():
            work.fail(Refused(sentence, one.flexvol.svm, cure))
    return forecasts
