# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where images' bytes lie on the arrays: Glance's locations followed to files in FlexVols, for all images
together.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..failures import EnhancedInstanceError
from ..planner.disk_formats import HEADER_BYTES, of_header
from ..planner.facts import FlexVol, Source, Unusable
from ..planner.locations import METADATA_CURE, Place, place_of


@dataclass(frozen=True)
class _File:
    """A location that leads into a FlexVol, before anybody has looked whether the file is there."""

    flexvol: FlexVol
    path: str
    share: str


def follow(arrays, survey, images, answers):
    """``({image ID: (Source or Unusable, ...)}, {image ID: format of the content}, warnings)``.

    ``answers`` are those of glance.all_locations. ONTAP: at most two a directory that holds images, one
    for the first bytes of
    each image that Glance calls raw, and one a connection for qtrees when a file lies in a directory.
    """
    led = {image.id: _lead(arrays, survey, image, answers.get(image.id)) for image in images}
    there = _look(arrays, led)
    qtrees = _qtrees(arrays, led)
    sources = {
        image.id: tuple(_source(image, one, there, qtrees) for one in led[image.id]) for image in images
    }
    formats, warnings = _formats(arrays, images, sources)
    return sources, formats, warnings


def _lead(arrays, survey, image, answer):
    if answer is None:
        return ()
    locations, why_not, cure = answer
    if not locations:
        return (Unusable(why_not, cure),)
    return tuple(_enter(arrays, survey, image, place_of(image.name, location)) for location in locations)


def _enter(arrays, survey, image, place):
    """The FlexVol and the path in it that a place on an NFS server leads to."""
    if not isinstance(place, Place):
        return place
    homes = arrays.homes_of(survey, place.host)
    if not homes:
        return Unusable(
            f"Image {image.name} is at {place.share}, whose address is no LIF of the given ONTAP "
            "connections.",
            f"Give the connection of the SVM that serves {place.host} in ontap.",
        )
    entered = [one for one in (survey.entered_last(home, place.path) for home in homes) if one and one[1]]
    if not entered:
        svms = " or ".join(sorted({svm for _cluster, svm in homes}))
        return Unusable(
            f"No volume of SVM {svms} that the given connections show is mounted at {place.share}.",
            f"Mount it, mend share_location, or give the connection of SVM {svms} in ontap.",
        )
    if len(entered) > 1:
        names = ", ".join(sorted(str(flexvol) for flexvol, _path in entered))
        return Unusable(
            f"{place.share} may be any of the FlexVols {names}: their LIFs have one address in common.",
            "Give in ontap only the connections that Glance's address belongs to.",
        )
    flexvol, path = entered[0]
    if flexvol.state != "online":
        return Unusable(
            f"FlexVol {flexvol.name}, where image {image.name} is, is {flexvol.state}.", "Bring it online."
        )
    return _File(flexvol, path, place.share)


def _files(led):
    return [one for some in led.values() for one in some if isinstance(one, _File)]


def _look(arrays, led):
    """{(FlexVol UUID, path): Entry or None}."""
    wanted = {}
    for one in _files(led):
        wanted.setdefault(one.flexvol, []).append(one.path)
    listed = arrays.read_all(wanted.items(), lambda item: arrays.look_at(*item))
    return {
        (flexvol.uuid, path): entry
        for flexvol, files in zip(wanted, listed, strict=True)
        for path, entry in files.items()
    }


def _qtrees(arrays, led):
    """{FlexVol UUID: names of its qtrees} of the FlexVols where an image lies in a directory."""
    flexvols = {one.flexvol.uuid: one.flexvol for one in _files(led) if "/" in one.path}
    if not flexvols:
        return {}
    try:
        return arrays.qtrees_of(flexvols.values())
    except EnhancedInstanceError as exc:
        if exc.status != 403:
            raise
        return {}  # then a qtree passes for a directory, which it is to the array's clones


def _source(image, one, there, qtrees):
    if not isinstance(one, _File):
        return one
    entry = there[one.flexvol.uuid, one.path]
    if entry is None:
        return Unusable(
            f"There is no file {one.path} in FlexVol {one.flexvol.name}, where Glance says image "
            f"{image.name} is.",
            "Check mountpoint and share_location. " + METADATA_CURE,
        )
    top = one.path.partition("/")[0] if "/" in one.path else ""
    qtree = top if top in qtrees.get(one.flexvol.uuid, ()) else ""
    return Source(one.flexvol, one.path, "image", entry.size, qtree, one.share)


def _formats(arrays, images, sources):
    """``({image ID: format}, warnings)`` by the first bytes of the files that Glance calls raw."""
    first = {}
    for image in images:
        files = [one for one in sources[image.id] if isinstance(one, Source)]
        if image.called_raw and files:
            first[image.id] = files[0]
    headers = arrays.in_parallel(
        first.values(), lambda source: arrays.header(source.flexvol, source.path, HEADER_BYTES), arrays.READS
    )
    formats, failed = {}, []
    for (image_id, source), header in zip(first.items(), headers, strict=True):
        if isinstance(header, EnhancedInstanceError):
            failed.append((source, header))
        else:
            formats[image_id] = of_header(header)
    return formats, [_unread(failed)] if failed else []


def _unread(failed):
    source, failure = failed[0]
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    return (
        f"The first bytes of {source}{more} could not be read, so it is not known whether the content is "
        f"raw as Glance says: {failure.sentence}"
    )
