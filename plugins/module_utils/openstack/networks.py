# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks, ports and security groups of Neutron, each list read at most once and only where it is needed."""

from __future__ import annotations

from functools import cached_property

from ..failures import NotFound, WrongInput
from ..planner.names import looks_like_uuid


class Networks:
    """What servers shall be attached to: ``"auto"``, ``"none"``, or a list of nics
    ``{kind: network | port, key: name or ID, tag: text or None}``.
    """

    def __init__(self, cloud, nics):
        self.cloud, self.nics = cloud, nics

    def names(self):
        """The names of the networks, to be compared with a server's addresses; None where ports or Nova
        choose them. One request where a network is given by its ID."""
        if isinstance(self.nics, str) or any(one["kind"] == "port" for one in self.nics):
            return None
        return frozenset(
            self._find(one)["name"] if looks_like_uuid(one["key"]) else one["key"] for one in self.nics
        )

    def for_nova(self):
        """One request for networks and one for ports, where there are any."""
        if isinstance(self.nics, str):
            return self.nics
        return [self._for_nova(one) for one in self.nics]

    def _for_nova(self, nic):
        found = {"uuid" if nic["kind"] == "network" else "port": self._find(nic)["id"]}
        return dict(found, tag=nic["tag"]) if nic["tag"] else found

    def _find(self, nic):
        records = self._networks if nic["kind"] == "network" else self._ports
        return _only(self.cloud, records, nic["kind"], nic["key"])

    @cached_property
    def _networks(self):
        return self.cloud.pages("network", "/networks", "networks", fields=["id", "name"])

    @cached_property
    def _ports(self):
        return self.cloud.pages("network", "/ports", "ports", fields=["id", "name"])


def check_groups(cloud, wanted):
    """Raise NotFound unless each security group is there, by name or ID; one request."""
    records = _groups(cloud)
    for one in wanted:
        if not any(one in (record["id"], record["name"]) for record in records):
            raise NotFound(
                f"There is no security group {one!r}",
                f"cloud {cloud.label}",
                "give a security group of this project",
            )


def group_names(cloud, wanted):
    """Names of security groups given by name or ID; a request only where an ID is among them."""
    if not any(looks_like_uuid(one) for one in wanted):
        return frozenset(wanted)
    records = _groups(cloud)
    return frozenset(
        _only(cloud, records, "security group", one)["name"] if looks_like_uuid(one) else one
        for one in wanted
    )


def _groups(cloud):
    return cloud.pages("network", "/security-groups", "security_groups", fields=["id", "name"])


def _only(cloud, records, kind, wanted):
    found = [one for one in records if one["id"] == wanted] or [
        one for one in records if one["name"] == wanted
    ]
    if not found:
        raise NotFound(
            f"There is no {kind} {wanted!r}", f"cloud {cloud.label}", f"give a {kind} of this project"
        )
    if len(found) > 1:
        raise WrongInput(
            f"{len(found)} {kind}s are called {wanted!r}: " + ", ".join(sorted(one["id"] for one in found)),
            f"cloud {cloud.label}",
            "give the ID",
        )
    return found[0]
