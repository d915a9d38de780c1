# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes of a cluster and the aggregates they serve: what takeover and giveback mean for FlexVols.

Endpoints: /cluster/nodes and /storage/aggregates, both for cluster accounts only.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..failures import EnhancedInstanceError

#: States of a node (field state) in which its partner serves its aggregates.
TAKEN_OVER = ("taken_over", "waiting_for_giveback")
MOVING = "in_progress"


@dataclass(frozen=True)
class Node:
    """A node that takes part in a takeover or giveback. ``what`` is a predicate, such as "gives back"."""

    name: str
    what: str


def unsettled(client):
    """``{name: Node}`` of the nodes in takeover or giveback; one request.

    Empty where all is well, and where the account may not see nodes: an SVM's account never may.
    """
    fields = "name,state,ha.takeover.state,ha.giveback.state"
    try:
        records = client.collection("/cluster/nodes", {"fields": fields})
    except EnhancedInstanceError as exc:
        if exc.status not in (400, 403, 404):
            raise
        return {}
    found = {}
    for record in records:
        what = _what(record)
        if what:
            found[record["name"]] = Node(record["name"], what)
    return found


def _what(record):
    ha = record.get("ha") or {}
    if record.get("state") in TAKEN_OVER:
        return f"is taken over by its partner ({record['state']})"
    if (ha.get("takeover") or {}).get("state") == MOVING:
        return "is taking over its partner"
    if (ha.get("giveback") or {}).get("state") == MOVING:
        return "is giving back to its partner"
    return ""


def nodes_of_aggregates(client):
    """``{aggregate: (node that serves it, home node)}``; one request."""
    records = client.collection("/storage/aggregates", {"fields": "name,node.name,home_node.name"})
    return {
        record["name"]: (
            (record.get("node") or {}).get("name"),
            (record.get("home_node") or {}).get("name"),
        )
        for record in records
    }
