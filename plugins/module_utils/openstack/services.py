# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What deploy asks of a cloud: users and their roles, the services of Cinder, and volumes at work."""

from __future__ import annotations

from ..failures import WrongInput

# While one of these goes on, a restart of cinder-volume would end it half-done. Deletions are taken up again
# by the service itself (cinder/volume/manager.py, init_host).
AT_WORK = ("creating", "downloading", "uploading", "managing", "extending", "retyping")


def user(cloud, name, domain="default"):
    """The record of a user of a domain (by its id), None where there is none; one request."""
    found = cloud.get("identity", "/users", name=name, domain_id=domain).get("users", [])
    return found[0] if found else None


def project(cloud, name, domain="default"):
    """The record of a project, None where there is none; one request. Of several domains' the one of the
    domain (by its id) counts. Raises WrongInput where that does not tell.
    """
    found = cloud.get("identity", "/projects", name=name).get("projects", [])
    if len(found) > 1:
        found = [one for one in found if one.get("domain_id") == domain] or found
    if len(found) > 1:
        raise WrongInput(
            f"{len(found)} projects are called {name!r}: " + ", ".join(sorted(one["id"] for one in found)),
            f"cloud {cloud.label}",
            "name one that is the only one, or is in the default domain",
        )
    return found[0] if found else None


def role_ids(cloud):
    """Name in lower case (Keystone compares so) -> ID of all roles; one request."""
    return {record["name"].lower(): record["id"] for record in cloud.get("identity", "/roles")["roles"]}


def make_user(cloud, name, password, project_id, description, domain="default"):
    """A new user with a default project; returns its ID; one request."""
    record = {
        "name": name,
        "password": password,
        "domain_id": domain,
        "default_project_id": project_id,
        "description": description,
    }
    return cloud.post_secret("identity", "/users", {"user": record})["user"]["id"]


def give_role(cloud, user_id, project_id, role_id):
    """A role of a user on a project; one request, also where it has it."""
    cloud.put("identity", f"/projects/{project_id}/users/{user_id}/roles/{role_id}")


def make_volume_type(cloud, name, specs, description):
    """A new volume type for everybody; one request."""
    record = {
        "name": name,
        "description": description,
        "os-volume-type-access:is_public": True,
        "extra_specs": specs,
    }
    cloud.post("block_storage", "/types", {"volume_type": record})


def add_specs(cloud, type_id, specs):
    """Extra specs of a volume type; others stay; one request."""
    cloud.post("block_storage", f"/types/{type_id}/extra_specs", {"extra_specs": specs})


def roles_on_project(cloud, user_id, project_id):
    """Names of the roles that a user has on a project by itself or by a group; one request."""
    path = "/role_assignments?effective&include_names"
    found = cloud.get("identity", path, **{"user.id": user_id, "scope.project.id": project_id})
    return sorted({record["role"]["name"] for record in found.get("role_assignments", [])})


def volume_types(cloud):
    """All volume types with their extra specs; one request a page."""
    return cloud.pages("block_storage", "/types", "volume_types", is_public="None")


def volume_services(cloud):
    """The cinder-volume services (host@backend) and their state; one request."""
    return cloud.get("block_storage", "/os-services", binary="cinder-volume").get("services", [])


def volumes_at_work(cloud):
    """Volumes of all projects in a state that a restart would break; one request a state."""
    return [
        {"id": record["id"], "status": status, "host": record.get("os-vol-host-attr:host") or ""}
        for status in AT_WORK
        for record in cloud.pages(
            "block_storage", "/volumes/detail", "volumes", all_tenants="1", status=status
        )
    ]
