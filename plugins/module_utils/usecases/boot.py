# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Persistent instances from one image, present: read, decide, check, build, report."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from ..failures import NotAuthorized, Refused, WrongInput
from ..openstack.networks import Networks, group_names
from ..planner import instance_step as steps
from ..planner.cinder_backend import SAN
from ..planner.facts import PATHS, Wanted
from ..planner.room import shortage
from ..planner.san_facts import too_many_luns
from ..planner.table import table
from . import boot_facts, evidence, plan
from .flow import Flow, Order
from .instance import Instance

COLUMNS = ("instance", "pool", "path", "seconds", "why")


@dataclass(frozen=True)
class Request:
    names: tuple[str, ...]
    image: str
    flavor: str
    nics: object = "auto"  # or "none", or a list: openstack/networks.py
    volume_type: str | None = None
    volume_size: int | None = None
    server_options: dict = field(default_factory=dict)
    volume_zone: str | None = None
    on_mismatch: str = steps.FAIL
    download: str = "warn"
    wanted: Wanted = Wanted()  # owner and mode of entries that the driver can use
    source_lun: str | None = None  # a LUN with the image's content, for the plan of SAN pools
    concurrency: int = 4
    timeout: int = 3600


def present(cloud, admin, arrays, request, progress, check_mode, flow=Flow, readers=ThreadPoolExecutor):
    """Make what is missing; returns the module's result without ``requests``.

    An unchanged run costs five list requests, however many instances there are.
    """
    blueprint, held = boot_facts.read(cloud, request, readers)
    networks = Networks(cloud, request.nics)
    target = blueprint.target(asked(cloud, request, networks))
    instances = [Instance(name, held.step(name, target, request.on_mismatch)) for name in request.names]
    warnings = []
    for one in instances:
        _settle(one)
        if one.step.differences and not one.failure and request.on_mismatch == steps.REPORT:
            warnings.append(steps.mismatch_text(one.name, one.step.server, one.step.differences) + ".")
    todo = [one for one in instances if not one.ended]
    told = None
    new_volumes = sum(1 for one in todo if one.step.action == steps.CREATE)
    new_servers = sum(1 for one in todo if one.step.action not in (steps.AWAIT_SERVER, steps.TIDY))
    if any(one.step.action in (steps.CREATE, steps.REPLACE) for one in todo):
        boot_facts.check_image(blueprint.image)
    if new_servers:
        # The administrator's look at pools and arrays goes beside the user's at quotas and networks.
        with readers(max_workers=1) as beside:
            looked = beside.submit(_ground, cloud, admin, arrays, request, blueprint, new_volumes, warnings)
            boot_facts.check_quota(cloud, blueprint, new_volumes, new_servers)
            boot_facts.check_options(cloud, request.server_options)
            attach_to = networks.for_nova()
            ground, told = looked.result()
        if told and told["primed"]:
            progress.line(f"each of {len(told['paths'])} pools has image {blueprint.image.name} already")
    if check_mode:
        for one in todo:
            one.changed = one.step.action != steps.AWAIT_SERVER
    elif todo:
        order = Order(
            blueprint,
            attach_to if new_servers else None,
            ground if new_servers else evidence.Ground(),
            request.server_options,
            request.volume_zone,
            request.concurrency,
            request.timeout,
            frozenset(one.id for one in held.volumes.values() if one.attached),
        )
        flow(cloud, admin, arrays, order, progress).run(todo)
        warnings += evidence.surprises(instances)
    return dict(
        result(instances, warnings),
        image={"id": blueprint.image.id, "name": blueprint.image.name, "size": blueprint.image.size},
        plan=told,
    )


def asked(cloud, request, networks):
    """What else the user gave that an instance that exists is held against."""
    options = request.server_options
    groups, zone = options.get("security_groups"), options.get("availability_zone")
    return {
        "size_asked": request.volume_size is not None,
        "networks": networks.names(),
        "security_groups": group_names(cloud, groups) if groups else None,
        "metadata": options.get("metadata") or {},
        "tags": frozenset(options.get("tags") or ()),
        # Where an administrator forces a host or a node, the zone is that of the host.
        "availability_zone": None if zone and ":" in zone else zone,
        **{key: options.get(key) for key in ("key_name", "config_drive", "description")},
    }


def _settle(one):
    """What needs no work: it is there, or it is not ours to change."""
    step = one.step
    if step.action == steps.CONFLICT:
        one.fail(WrongInput(step.what, cure=step.cure))
    elif step.server:
        evidence.recall(one, step.volume.metadata if step.volume else None)
        if step.action == steps.KEEP:
            one.finish(0)


def _ground(cloud, admin, arrays, request, blueprint, new_volumes, warnings):
    """Look at the pools, their space and their entries right before the first create, and hold to the
    download policy; the ground and the plan, which is None where nobody may look.
    """
    if not arrays:
        if request.download == "refuse":
            raise WrongInput(
                "download is refuse, and the pools cannot be looked at without ontap",
                cure="give the connections of the SVMs that serve the pools",
            )
        return evidence.Ground(), None
    question = plan.Question(
        images=(blueprint.image.id,),
        volume_type=blueprint.volume_type,
        source_lun=request.source_lun,
        wanted=replace(request.wanted, volume_gib=blueprint.volume_gib),
    )
    try:
        scene = plan.read(admin or cloud, arrays, question)
    except NotAuthorized as exc:
        if request.download == "refuse":
            raise
        if request.download == "warn":
            warnings.append(f"What Cinder will do cannot be foretold: {exc.sentence}")
        return evidence.ground_of_flexvols(arrays, blueprint.image), None
    image = scene.images[0]
    crowded = too_many_luns([pool for pool in scene.pools if pool.protocol in SAN], new_volumes)
    if crowded:
        raise WrongInput(crowded[0], cure=crowded[1])
    thin = ((scene.volume_type or {}).get("extra_specs") or {}).get("provisioning:type") != "thick"
    short = shortage(scene.pools, new_volumes, blueprint.volume_gib, thin)
    if short:
        raise WrongInput(
            f"Cinder's pools have too little room for all instances, so none was made ({short})",
            cure="enlarge the FlexVols, raise max_over_subscription_ratio, or ask for fewer or smaller ones",
        )
    slow = [pool for pool in scene.pools if not scene.decision(image, pool).entry_usable]
    if slow and request.download != "allow":
        lines = [_slow(scene, image, pool) for pool in slow]
        if request.download == "refuse":
            refused = Refused(
                f"Nothing was created: {len(slow)} of {len(scene.pools)} pools hold no cache entry of image "
                f"{image.name}, "
                f"so Cinder might download it there, and download is refuse: {' '.join(lines)}",
                cure="run image_cache (playbook prime_cache) first",
            )
            refused.results = {"plan": plan.told(scene)}
            raise refused
        warnings.extend(f"Cinder may download image {image.name}: {line}" for line in lines)
    return evidence.ground(scene, image), plan.told(scene)


def _slow(scene, image, pool):
    decision = scene.decision(image, pool)
    why = " ".join(decision.reasons + decision.cures)
    return f"pool {pool.name} has no usable entry (it could come by {decision.path}). {why}"


def result(instances, warnings):
    records = [one.record() for one in instances]
    failed = [one for one in records if one["failed"]]
    counted = {path: sum(1 for one in records if one["path"] == path) for path in PATHS}
    found = {
        "changed": any(one["changed"] for one in records),
        "instances": records,
        "summary": dict(
            counted,
            total=len(records),
            changed=sum(1 for one in records if one["changed"]),
            failed=len(failed),
            unchanged=sum(1 for one in records if not one["changed"] and not one["failed"]),
        ),
        "table": table(COLUMNS, [dict(one, instance=one["name"], why=_why(one)) for one in records]),
        "warnings": warnings,
        "diff": _diff(records),
    }
    if failed:
        found.update(
            failed=True,
            failure=failed[0]["failure"],
            msg=f"{len(failed)} of {len(records)} instances failed; the first is {failed[0]['name']}: "
            f"{failed[0]['msg']}",
        )
    return found


def _why(one):
    if one["failed"]:
        return one["msg"]
    verdict = (one["evidence"] or {}).get("verdict")
    said = f"{verdict}: {one['why']}" if verdict and one["why"] else one["why"]
    return said if one["changed"] else "unchanged" + (f" ({said})" if said else "")


def _diff(records):
    """Names before and after; an instance that is only waited for was there before."""
    after = [one["name"] for one in records if not one["failed"] or one["id"]]
    before = [one["name"] for one in records if not one["changed"] and (not one["failed"] or one["id"])]
    return {
        "before": "".join(f"{one}\n" for one in sorted(before)),
        "after": "".join(f"{one}\n" for one in sorted(after)),
    }
