# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look at a cloud for deploy, and the wait for Cinder's backends around a restart."""

from __future__ import annotations

import time

from ..failures import Busy, EnhancedInstanceError, NotFound, TimedOut, Unsupported, WrongInput
from ..openstack import pools as cinder_pools
from ..openstack import services
from ..planner import deployment

SHOWN = 5


def missing(cloud, locations_user="", locations_project="", volume_types=(), tenant=("", "")):
    """What the cloud lacks of what deploy makes: user, roles, volume types, internal tenant.

    Seven requests at most. What is not given (tenant: project and user) is not asked for.
    """
    found = {"internal_tenant": _tenant(cloud, *tenant) if all(tenant) else {}, "volume_types": []}
    if volume_types:
        found["volume_types"] = deployment.differing_types(volume_types, services.volume_types(cloud))
    if locations_user:
        found.update(_locations(cloud, locations_user, locations_project))
    return found


OLD_FLAGS_CURE = (
    "decide on enhanced_instance_old_location_flags: true switches on show_multiple_locations and "
    "show_image_direct_url, by which whoever may change an image may replace its bytes unseen (OSSN-0065, "
    "OSSN-0090; for an API that operators alone reach), false goes without, and Cinder downloads images"
)


def prepare(
    cloud,
    user,
    project,
    password,
    volume_types,
    tenant=("", ""),
    check=False,
    require_locations_api=True,
):
    """Make what is missing (not the internal tenant); returns what was, and ``made``, the texts.

    Before a user is made Glance is asked once whether it has the API that the user is for. A change each for
    the user, a role and a volume type, and one request more where roles are given, or
    specs added to types that there are. What was made before a failure stays, and the next run goes on.
    """
    found = missing(cloud, user, project, volume_types, tenant)
    made = deployment.work(found, user, project)
    if require_locations_api and not found.get("user_exists", True):
        _see_locations_api(cloud)
    if not found.get("user_exists", True) and not password:
        raise WrongInput(
            f"The user {user!r} has to be made, and there is no password for it",
            f"cloud {cloud.label}",
            "give it in locations_password",
        )
    if made and not check:
        _make_locations(cloud, found, user, password)
        _make_types(cloud, found["volume_types"])
    return {**found, "made": made}


def _see_locations_api(cloud):
    """Flags that open a hole are not set unasked, and nobody is to wonder why images are downloaded."""
    fault = deployment.without_locations_api(cloud.versions("image"))
    if fault:
        raise Unsupported(fault, f"cloud {cloud.label}", OLD_FLAGS_CURE)


def _make_locations(cloud, found, user, password):
    """The user, its roles, and the role of the administrator, who reads image locations for the plan."""
    mine, admins = found.get("missing_roles", []), deployment.administrator_lacks(found)
    ids = services.role_ids(cloud) if mine or admins else {}
    unknown = [name for name in [*mine, *admins] if name not in ids]
    if unknown:
        raise NotFound(
            f"Keystone has no role {unknown[0]!r}",
            f"cloud {cloud.label}",
            "make it, as keystone-manage bootstrap does",
        )
    user_id = found.get("user_id")
    if not found.get("user_exists", True):
        user_id = services.make_user(cloud, user, password, found["project_id"], deployment.USER_DESCRIPTION)
    for name in mine:
        services.give_role(cloud, user_id, found["project_id"], ids[name])
    for name in admins:
        services.give_role(cloud, found["admin"]["user_id"], found["admin"]["project_id"], ids[name])


def _make_types(cloud, types):
    known = {}
    if any(item["exists"] for item in types):
        known = {record["name"]: record["id"] for record in services.volume_types(cloud)}
    for item in types:
        specs = {key: str(value) for key, value in item["specs"].items()}
        if item["exists"]:
            services.add_specs(cloud, known[item["type"]], specs)
        else:
            services.make_volume_type(cloud, item["type"], specs, deployment.TYPE_DESCRIPTION)


def _tenant(cloud, project, user):
    """IDs of the project and the user that own image-volumes; empty where one is missing."""
    return {
        "project_id": (services.project(cloud, project) or {}).get("id", ""),
        "user_id": (services.user(cloud, user) or {}).get("id", ""),
    }


def _locations(cloud, locations_user, locations_project):
    project = services.project(cloud, locations_project)
    if project is None:
        raise NotFound(
            f"There is no project {locations_project!r} for the user of image locations",
            f"cloud {cloud.label}",
            "name the project of the services' users in enhanced_instance_locations_project",
        )
    user = services.user(cloud, locations_user)
    had = services.roles_on_project(cloud, user["id"], project["id"]) if user else []
    return {
        "user_exists": user is not None,
        "user_id": user["id"] if user else "",
        "project_id": project["id"],
        "missing_roles": deployment.missing_roles(deployment.LOCATION_ROLES, had),
        "admin": {
            "user_id": cloud.user_id,
            "project_id": cloud.project_id,
            "missing_roles": deployment.missing_roles(["service"], cloud.role_names),
        },
    }


def wait_until_idle(cloud, hosts, seconds, poll=2.0, clock=time.monotonic, sleep=time.sleep):
    """Return when no volume of the hosts is at work. Raises TimedOut with the volumes."""
    deadline = clock() + seconds
    while True:
        busy = deployment.busy_volumes(services.volumes_at_work(cloud), hosts)
        if not busy:
            return
        if clock() >= deadline:
            named = ", ".join(f"{one['id']} is {one['status']}" for one in busy[:SHOWN])
            raise TimedOut(
                f"{len(busy)} volumes are at work on this cinder-volume after {seconds} seconds ({named})",
                f"cloud {cloud.label}",
                "run again when they are done; a restart now would leave them in error",
            )
        sleep(poll)


def wait_until_up(
    cloud, backends, pools, hosts, since, seconds, poll=1.0, clock=time.monotonic, sleep=time.sleep
):
    """(pools that Cinder lacks, backends that are down), both empty when all is up; looks at least once.

    A look is one request, and two when the pools are there. With hosts each one's own service counts, and
    since a time only with a heartbeat.
    """
    deadline, first = clock() + seconds, {}
    while True:
        try:
            lacking, down = _look(cloud, backends, pools, hosts, since, first)
        except EnhancedInstanceError as failure:
            # Services that restart answer late or not at all; what they refuse they will refuse again.
            if 400 <= (failure.status or 0) < 500 and not isinstance(failure, Busy) or clock() >= deadline:
                raise
        else:
            if not (lacking or down) or clock() >= deadline:
                return lacking, down
        sleep(poll)


def _look(cloud, backends, pools, hosts, since, first):
    found = cinder_pools.list_pools(cloud)
    lacking = deployment.lacking_pools(pools, found, since)
    down = deployment.silent_backends(backends, found, since) if since and not lacking else []
    if not (lacking or down):
        records = services.volume_services(cloud)
        down = deployment.down_backends(backends, records, hosts)
        if hosts and since and not down:
            names = [f"{host}@{name}" for name in backends for host in hosts]
            down = deployment.silent_services(names, records, since, first)
    return lacking, down
