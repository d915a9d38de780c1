# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan: what is known of images and pools in a constant number of requests, and the decision for each
pair.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from ..failures import NotAuthorized, NotFound
from ..openstack import images as glance
from ..openstack import pools as cinder_pools
from ..planner import stock_driver
from ..planner.cinder_backend import SAN
from ..planner.decision import decide
from ..planner.entry_rules import copyable
from ..planner.facts import PATHS, Decision, Entry, Image, Pool, Source, Wanted
from ..planner.forecast import forecast
from ..planner.names import cache_entry_name, stage_name
from ..planner.san_facts import SanFacts
from ..planner.table import table
from . import image_volumes
from . import sources as image_sources
from .homes import locate

COLUMNS = ("image", "pool", "flexvol", "path", "why")


@dataclass(frozen=True)
class Question:
    """Which images, which pools, and what an entry shall be."""

    images: tuple[str, ...]
    volume_type: str | None = None
    backend: str | None = None
    pools: tuple[str, ...] = ()
    pool_query: str | None = None
    wanted: Wanted = Wanted()
    source_lun: str | None = None  # a LUN with the image's content, for SAN pools
    internal_project: str | None = None  # Cinder's internal tenant, which owns the image-volumes of its cache
    gone_images: bool = False  # an ID that Glance no longer knows is fine (entries to be removed)
    images_where: dict | None = None  # more images, by tags, properties and visibility


@dataclass(frozen=True)
class Scene:
    """Everything the use cases need to know; nothing in it asks anybody."""

    images: tuple[Image, ...]
    pools: tuple[Pool, ...]
    wanted: Wanted
    root_files: dict  # (FlexVol UUID, file name) -> Entry
    sources: dict  # image ID -> tuple of Source | Unusable, from the image's locations
    engines: dict
    volume_type: dict | None = None
    warnings: tuple[str, ...] = ()
    decisions: dict = field(default_factory=dict)  # (image ID, pool name) -> Decision
    san: SanFacts = SanFacts()
    unprimed: dict = field(default_factory=dict)  # (image ID, pool name) -> path of Cinder's driver alone

    def entry(self, image: Image, pool: Pool) -> Entry | None:
        return self._root_file(pool, cache_entry_name(image.id))

    def staged(self, image: Image, pool: Pool) -> Entry | None:
        return self._root_file(pool, stage_name(image.id))

    def _root_file(self, pool: Pool, name: str) -> Entry | None:
        return self.root_files.get((pool.flexvol.uuid, name)) if pool.flexvol else None

    def decision(self, image: Image, pool: Pool) -> Decision:
        return self.decisions[image.id, pool.name]


def read(cloud, arrays, question: Question) -> Scene:
    """Ask once and decide for every image and pool.

    OpenStack: images (1 for names, 1 for IDs, 1 per thousand declared), locations (1 an image), pools (1),
    volume type (2). ONTAP: survey.take, sources.follow, and one listing a FlexVol; ONTAP has no call that
    lists the files of several.
    """
    with ThreadPoolExecutor(1) as beside:
        # What is where on the arrays needs no answer of OpenStack's, so both are asked at once.
        coming = beside.submit(arrays.survey)
        records = chosen_images(cloud, question)
        images = tuple(glance.facts(record) for record in records)
        pools, volume_type, encrypted, warnings = choose_pools(cloud, question)
        image_volumes.check(pools, volume_type, question.source_lun)
        survey = coming.result()
    pools = [locate(arrays, survey, pool) for pool in pools]
    if question.pool_query:
        # After the join, so that an expression may name SVM and FlexVol.
        every, pools = pools, cinder_pools.select(pools, query=question.pool_query)
        if not pools:
            raise NotFound(
                f"pool_query {question.pool_query!r} chooses none of {len(every)} pools",
                f"cloud {cloud.label}",
                "pool_info shows what an expression sees of them",
            )
    wanted = replace(question.wanted, encrypted=bool(encrypted))
    answers = glance.all_locations(cloud, [one for one in records if one.get("status") != "deleted"])
    sources, formats, unread = image_sources.follow(arrays, survey, images, answers)
    images = tuple(replace(image, content_format=formats.get(image.id)) for image in images)
    root_files = read_root_files(arrays, pools, images)
    warnings += unread
    scene = Scene(
        images, tuple(pools), wanted, root_files, sources, survey.engines, volume_type, tuple(warnings)
    )
    if any(pool.protocol in SAN for pool in pools):
        scene = replace(
            scene, san=image_volumes.read(cloud, arrays, survey, scene, records, answers, question)
        )
    return decided(scene, images)


def refresh(arrays, scene: Scene, image: Image) -> Scene:
    """The scene with the entries of one image looked at again and its paths decided anew.

    One request a FlexVol; OpenStack, FlexVols and the image's own file are not asked about again.
    """
    names = {cache_entry_name(image.id), stage_name(image.id)}
    others = {key: entry for key, entry in scene.root_files.items() if key[1] not in names}
    root_files = {**others, **read_root_files(arrays, scene.pools, (image,))}
    return decided(replace(scene, root_files=root_files), (image,))


def decided(scene: Scene, images) -> Scene:
    """The scene with decisions for these images and every pool."""
    decisions, unprimed = dict(scene.decisions), dict(scene.unprimed)
    for image in images:
        entries = _entries_as_sources(scene, image)
        elsewhere = scene.sources[image.id] + _one_an_svm(entries.values())
        for pool in scene.pools:
            own = entries.get(pool.flexvol.uuid) if pool.flexvol else None
            sources = elsewhere if own is None or own in elsewhere else (*elsewhere, own)
            volumes, luns = scene.san.of(image.id)
            decisions[image.id, pool.name] = decide(
                image,
                pool,
                scene.entry(image, pool),
                sources,
                scene.engines,
                scene.wanted,
                image_volumes=volumes,
                lun_sources=luns,
                adoption=scene.san.adoption,
            )
        with_entry = {pool.backend for pool in scene.pools if scene.entry(image, pool) is not None}
        for pool in scene.pools:
            unprimed[image.id, pool.name] = stock_driver.path(
                image,
                pool,
                decisions[image.id, pool.name],
                scene.sources[image.id],
                pool.backend in with_entry,
            )
    return replace(scene, decisions=decisions, unprimed=unprimed)


def choose_pools(cloud, question: Question):
    """``(pools, volume type or None, encrypts or None, warnings)`` by type, backend or list.

    Without any of them: the pools of Cinder's default volume type, as a volume without a type gets it.
    """
    pools = cinder_pools.list_pools(cloud)
    volume_type, encrypted, warnings = None, None, []
    if question.volume_type is not None or not (question.backend or question.pools or question.pool_query):
        volume_type = cinder_pools.find_type(cloud, question.volume_type)
        if "extra_specs" not in volume_type:
            raise NotAuthorized(
                f"The extra specs of volume type {volume_type['name']!r} are shown to administrators only",
                f"cloud {cloud.label}",
                cinder_pools.ADMIN_CURE,
            )
        encrypted = cinder_pools.is_encrypted(cloud, volume_type)
        if encrypted is None:
            warnings.append(
                f"Whether volume type {volume_type['name']} encrypts is not shown to this user: if it "
                "does, Cinder downloads into each volume."
            )
        pools = cinder_pools.eligible(pools, volume_type)
        if not pools:
            raise NotFound(
                f"No pool of Cinder fits volume type {volume_type['name']!r}",
                f"cloud {cloud.label}",
                "compare its extra specs with: openstack volume backend pool list --long",
            )
    pools = cinder_pools.select(pools, question.backend, list(question.pools))
    return pools, volume_type, encrypted, warnings


def junction_warnings(pools):
    """The stock driver takes the junction for the volume's name in its own copy path; one sentence at
    most.
    """
    odd = {
        f"{pool.flexvol} at {pool.flexvol.junction}": None
        for pool in pools
        if pool.flexvol and pool.protocol == "nfs" and pool.flexvol.junction != "/" + pool.flexvol.name
    }
    if not odd:
        return []
    return [
        "Cinder's own copy between FlexVols works only where the junction path is / and the FlexVol's "
        f"name, which it is not for {', '.join(odd)}; image_cache does not mind."
    ]


def flexvols_of(pools):
    """The FlexVols that may hold cache entries, each once."""
    return tuple({p.flexvol.uuid: p.flexvol for p in pools if p.flexvol and p.protocol == "nfs"}.values())


def read_root_files(arrays, pools, images):
    """{(FlexVol UUID, name): Entry} of these images' entries and staged files; one request a FlexVol."""
    flexvols = flexvols_of(pools)
    image_ids = [image.id for image in images]
    listed = arrays.read_all(flexvols, lambda flexvol: arrays.root_files(flexvol, image_ids))
    return {
        (flexvol.uuid, name): entry
        for flexvol, files in zip(flexvols, listed, strict=True)
        for name, entry in files.items()
    }


def chosen_images(cloud, question):
    """The records of the images that are named, then of those declared by images_where."""
    records = glance.find(cloud, question.images, question.gone_images)
    if question.images_where is not None:
        records += glance.find_where(cloud, question.images_where)
    return list({record["id"]: record for record in records}.values())


def _entries_as_sources(scene: Scene, image: Image) -> dict:
    """{FlexVol UUID: Source} of the entries whose content is good, whoever owns them."""
    found = {}
    for pool in scene.pools:
        entry = scene.entry(image, pool)
        if pool.protocol == "nfs" and entry is not None and copyable(entry, image, scene.wanted):
            found[pool.flexvol.uuid] = Source(pool.flexvol, entry.name, "entry", entry.size)
    return found


def _one_an_svm(sources) -> tuple:
    """One entry for each SVM is enough to copy from; one that no takeover holds up before others."""
    chosen = {}
    for source in sorted(sources, key=lambda one: bool(one.flexvol.trouble)):
        chosen.setdefault((source.flexvol.cluster, source.flexvol.svm), source)
    return tuple(chosen.values())


def told(scene: Scene) -> dict:
    """The plan as a module returns it: paths, forecast, summary, primed, table."""
    records, forecast_ = paths(scene), forecasts(scene)
    pairs = [(image, pool) for image in scene.images for pool in scene.pools]
    return {
        "paths": records,
        "forecast": forecast_,
        "summary": count_paths(records),
        "primed": all(scene.decision(*pair).entry_usable and scene.staged(*pair) is None for pair in pairs),
        "table": [one["says"] for one in forecast_]
        + table(COLUMNS, [dict(one, why=" ".join(one["reasons"])) for one in records]),
    }


def paths(scene: Scene) -> list[dict]:
    """The plan as records, one for each image and pool."""
    return [path_record(scene, image, pool) for image in scene.images for pool in scene.pools]


def forecasts(scene: Scene) -> list[dict]:
    """What an instance of each image would get, over all pools that Cinder may choose."""
    return [
        forecast(image, [(pool, scene.decision(image, pool)) for pool in scene.pools])
        for image in scene.images
    ]


def path_record(scene: Scene, image: Image, pool: Pool) -> dict:
    decision, entry, flexvol = scene.decision(image, pool), scene.entry(image, pool), pool.flexvol
    return {
        "image": image.name,
        "image_id": image.id,
        "pool": pool.name,
        "share": pool.share,
        "lif": pool.lif,
        "svm": flexvol.svm if flexvol else None,
        "flexvol": flexvol.name if flexvol else None,
        "junction": flexvol.junction if flexvol else None,
        "path": decision.path,
        "unprimed_path": scene.unprimed.get((image.id, pool.name)),
        "fits": decision.fits,
        "reasons": list(decision.reasons),
        "cures": list(decision.cures),
        "entry": entry_record(entry),
        "source": None
        if decision.source is None
        else {
            "svm": decision.source.flexvol.svm,
            "flexvol": decision.source.flexvol.name,
            "path": decision.source.path,
            "qtree": decision.source.qtree or None,
        },
    }


def entry_record(entry: Entry | None) -> dict | None:
    if entry is None:
        return None
    return {
        "name": entry.name,
        "size": entry.size,
        "owner_id": entry.owner,
        "group_id": entry.group,
        "mode": entry.mode,
    }


def count_paths(records) -> dict:
    """How many of the records take each of the four paths."""
    counted = {path: sum(1 for one in records if one.get("path") == path) for path in PATHS}
    return dict(counted, total=len(records))
