# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project has and what still fits: read once, before the first write."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from ..failures import WrongInput
from ..openstack import images as glance
from ..openstack import pools, servers, volumes
from ..openstack.networks import check_groups
from ..planner import instance_step as steps
from ..planner.instance_facts import Server, Target, Volume
from ..planner.quota import Need, limits_types, shortfalls
from ..planner.sizes import smallest_volume


@dataclass(frozen=True)
class Holdings:
    """Servers by name and volumes of the project."""

    servers: dict = field(default_factory=dict)
    volumes: dict = field(default_factory=dict)

    @cached_property
    def _marked(self):
        found = {}
        for one in self.volumes.values():
            found.setdefault(one.marked_name, []).append(one)
        return found

    def left(self, name):
        """Unattached volumes that we marked with a name."""
        return [one for one in self._marked.get(name, ()) if not one.attached]

    def step(self, name, target, on_mismatch=steps.FAIL):
        return steps.next_step(
            name, target, self.servers.get(name, []), self.volumes, self.left(name), on_mismatch
        )


def holdings(cloud):
    """Two list requests (a request more per further thousand).

    Volumes first: a volume that another run is giving to a server right now then has its server in the
    second list.
    """
    found = {record["id"]: volume_fact(record) for record in volumes.list_all(cloud)}
    named = {}
    for record in servers.list_all(cloud):
        named.setdefault(record["name"], []).append(server_fact(record))
    return Holdings(named, found)


def server_fact(record):
    return Server(
        id=record["id"],
        status=record.get("status", ""),
        flavor_id=(record.get("flavor") or {}).get("id"),
        volumes=tuple(servers.volume_ids(record)),
        fault=(record.get("fault") or {}).get("message", ""),
        networks=frozenset(record.get("addresses") or ()),
        security_groups=frozenset(one["name"] for one in record.get("security_groups") or ()),
        key_name=record.get("key_name"),
        availability_zone=record.get("OS-EXT-AZ:availability_zone") or None,
        config_drive=bool(record.get("config_drive")),
        description=record.get("description"),
        metadata=record.get("metadata") or {},
        tags=frozenset(record.get("tags") or ()),
        leaving=record.get("OS-EXT-STS:task_state") in ("deleting", "soft-deleting"),
    )


def volume_fact(record):
    metadata = record.get("metadata") or {}
    return Volume(
        id=record["id"],
        status=record.get("status", ""),
        size=record.get("size") or 0,
        volume_type=record.get("volume_type"),
        image_id=volumes.image_of(record),
        marked_name=volumes.marked_name(record),
        attached=bool(record.get("attachments")),
        metadata=metadata,
        created_at=record.get("created_at") or "",
        booted=volumes.MARK_VERDICT in metadata,
        name=record.get("name") or "",
        held_by=tuple(one["server_id"] for one in record.get("attachments") or () if one.get("server_id")),
    )


@dataclass(frozen=True)
class Blueprint:
    """What is asked for, with every name found; ``names`` tells flavors by their ID."""

    image: object
    flavor: dict
    volume_gib: int
    volume_type: str | None
    names: dict = field(default_factory=dict)

    def target(self, asked):
        """``asked``: what else the user gave that can be compared, as keywords of Target."""
        return Target(
            self.image.id, self.flavor["id"], self.volume_gib, self.volume_type, names=self.names, **asked
        )


def read(cloud, request, readers):
    """``(Blueprint, Holdings)`` in five list requests, three of them at a time; ``readers`` makes a pool of
    threads. Raises WrongInput, NotFound.
    """
    with readers(max_workers=3) as workers:
        held = workers.submit(holdings, cloud)
        image = workers.submit(glance.find, cloud, [request.image])
        flavors = workers.submit(servers.list_flavors, cloud)
        wanted = request.volume_type
        kind = workers.submit(pools.find_type, cloud, wanted) if wanted else None
        found = blueprint(
            cloud,
            glance.facts(image.result()[0]),
            flavors.result(),
            request.flavor,
            request.volume_size,
            kind.result()["name"] if kind else None,
        )
        return found, held.result()


def blueprint(cloud, found, flavors, flavor, volume_gib, volume_type):
    """See that image, flavor and size go together. Raises WrongInput, NotFound."""
    kind = servers.find_flavor(cloud, flavors, flavor)
    least = smallest_volume(found)
    size = volume_gib or least
    if size < least:
        raise WrongInput(
            f"volume_size is {size} GiB and image {found.name} needs {least} GiB",
            cure=f"give {least} or more",
        )
    if found.min_ram > kind["ram"]:
        raise WrongInput(
            f"Flavor {kind['name']} has {kind['ram']} MiB of RAM and image {found.name} needs "
            f"{found.min_ram} MiB",
            cure="take a larger flavor",
        )
    names = {one["id"]: one["name"] for one in flavors}
    return Blueprint(found, kind, size, volume_type, {**names, found.id: found.name})


def check_quota(cloud, plan, new_volumes, new_servers):
    """Raise WrongInput unless Cinder and Nova have room for all that is to be made; two requests, and one for
    the name of Cinder's default volume type where types have quotas of their own and none was asked for.
    """
    of_cinder = volumes.quota(cloud, cloud.project_id)
    kind = plan.volume_type
    if kind is None and new_volumes and limits_types(of_cinder):
        kind = pools.find_type(cloud, None)["name"]
    need = Need(
        volumes=new_volumes,
        volume_gib=plan.volume_gib,
        volume_type=kind,
        servers=new_servers,
        cores=plan.flavor["vcpus"],
        ram=plan.flavor["ram"],
    )
    missing = shortfalls(need, of_cinder, servers.limits(cloud))
    if missing:
        raise WrongInput(
            "The quota is too low for all instances, so none was made (" + "; ".join(missing) + ")",
            f"cloud {cloud.label}",
            "raise the project's quota, or ask for fewer or smaller ones",
        )


def check_image(image):
    """Raise WrongInput unless Cinder makes volumes from it; what is there needs it no more."""
    if image.status != "active":
        raise WrongInput(f"Image {image.name} is {image.status}", cure="only an active image gives a volume")


def check_options(cloud, options):
    """Raise NotFound where Nova would refuse every server, after their volumes were made; a request for each
    option that is given.
    """
    if options.get("key_name"):
        servers.check_key(cloud, options["key_name"])
    if options.get("availability_zone"):
        servers.check_zone(cloud, options["availability_zone"])
    if options.get("security_groups"):
        check_groups(cloud, options["security_groups"])
