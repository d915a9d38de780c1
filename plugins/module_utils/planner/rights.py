# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights of ONTAP accounts: from observed requests to the privileges of a REST role, and what a role lacks.

A privilege is ``{path, access}``. ONTAP lets the longest path that matches decide; ``*`` is one segment.
"""

from __future__ import annotations

import re

READING = frozenset({"GET", "HEAD", "OPTIONS"})
#: ONTAP's words and what they allow; those with an underscore are known from 9.11.1 on.
WORDS = {
    "none": frozenset(),
    "readonly": READING,
    "read_create": READING | {"POST"},
    "read_modify": READING | {"PATCH"},
    "read_create_modify": READING | {"POST", "PATCH"},
    "all": READING | {"POST", "PATCH", "DELETE"},
}
#: Paths below a resource that a role can name (netapp-ontap, RolePrivilege); others end at the collection.
QUALIFIED = ("/api/storage/volumes/*/files", "/api/storage/volumes/*/snapshots")
#: Collections whose members have names, which no role needs to tell apart.
NAMED = ("/api/cluster/counter/tables",)
#: What an administrator of an SVM cannot be given at all (code 5636175).
CLUSTER_ONLY = (
    "/api/cluster/nodes",
    "/api/cluster/counter",
    "/api/cluster/licensing",
    "/api/storage/aggregates",
    "/api/storage/disks",
)
_RESOURCE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|.*[:%*].*", re.IGNORECASE)


def grantable(path: str) -> str:
    """The path that a role has to name for a request: ``/api/storage/volumes`` for one volume's."""
    parts = [part for part in path.partition("?")[0].split("/") if part]
    for collection in NAMED:
        if ("/" + "/".join(parts)).startswith(collection):
            return collection
    for number, part in enumerate(parts):
        if _RESOURCE.fullmatch(part):
            below = "/" + "/".join([*parts[:number], "*", *parts[number + 1 : number + 2]])
            return below if below in QUALIFIED else "/" + "/".join(parts[:number])
    return "/" + "/".join(parts)


def of_requests(requests) -> list[dict]:
    """The least privileges that allow these requests, pairs of method and path; in the order of paths."""
    methods = {}
    for method, path in requests:
        methods.setdefault(grantable(path), set(READING)).add(method)
    return [{"path": path, "access": _word(methods[path])} for path in sorted(methods)]


def merged(*lists) -> list[dict]:
    """One list that allows what each of them does."""
    methods = {}
    for item in (item for items in lists for item in items):
        methods.setdefault(item["path"], set()).update(WORDS[item["access"]])
    return [{"path": path, "access": _word(methods[path])} for path in sorted(methods)]


def _word(methods) -> str:
    return next(word for word, allowed in WORDS.items() if set(methods) <= allowed)


def access(privileges, path: str) -> str:
    """The word that decides over a path, which may itself have ``*``."""
    parts = [part for part in path.split("/") if part]
    best, found = (-1, 0), "none"
    for item in privileges:
        wanted = [part for part in item["path"].split("/") if part]
        if len(wanted) > len(parts) or any(
            mine not in ("*", asked) for mine, asked in zip(wanted, parts, strict=False)
        ):
            continue
        rank = (len(wanted), -wanted.count("*"))
        if rank > best:
            best, found = rank, item["access"]
    return found


def missing(privileges, wanted) -> list[dict]:
    """Those of ``wanted`` that a role does not give, with the access that it ``has``."""
    found = []
    for item in wanted:
        has = access(privileges, item["path"])
        if not WORDS[item["access"]] <= WORDS.get(has, frozenset()):
            found.append({**item, "has": has})
    return found


def is_cluster_only(path: str) -> bool:
    return any(path == one or path.startswith(one + "/") for one in CLUSTER_ONLY)


def for_account(privileges, of_svm: bool = False, version=()) -> list[dict]:
    """The privileges as a role of that kind can hold them: none of the cluster in an SVM's role, and before
    9.11.1 the word ``all`` in place of the finer ones."""
    coarse = bool(version) and tuple(version) < (9, 11, 1)
    return [
        {**item, "access": "all" if coarse and "_" in item["access"] else item["access"]}
        for item in privileges
        if not (of_svm and is_cluster_only(item["path"]))
    ]


def sentence(item: dict) -> str:
    """A missing privilege as something to do."""
    return f"{item['access']} for {item['path']} (has {item['has']})"
