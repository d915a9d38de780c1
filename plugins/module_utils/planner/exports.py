# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Export rules: what the hosts of an enhanced cloud need, and the steps that get a policy there.

Rules are dicts in the words of ONTAP's REST API (/protocols/nfs/export-policies/{id}/rules). ONTAP goes
through the rules by index and uses the first one that matches the client, so a rule behind a wider one with
fewer rights is void.
"""

from __future__ import annotations

import ipaddress

KINDS = ("cinder", "glance", "nova")
_KEYS = ("protocols", "ro_rule", "rw_rule", "superuser")
_ANY_NFS = {"any", "nfs", "nfs3"}


def wanted_rules(
    clients: dict, nova_superuser: bool = False, read_only: bool = False, anonymous: str = ""
) -> list[dict]:
    """Rules for hosts by kind; cinder and glance as superuser, since both set owners of files as root.

    ``anonymous`` is the user id that everybody becomes whom a rule does not let be himself; empty leaves
    ONTAP's own.
    """
    unknown = sorted(set(clients) - set(KINDS))
    if unknown:
        raise ValueError(f"unknown kind of host {', '.join(unknown)}; known are {', '.join(KINDS)}")
    seen: set[str] = set()
    rules = []
    for kind in KINDS:
        mine = []
        for client in clients.get(kind) or []:
            client = str(client).strip()
            if client and client not in seen:
                seen.add(client)
                mine.append(client)
        if mine:
            superuser = "sys" if kind != "nova" or nova_superuser else "none"
            rules.append(_rule(mine, "sys", superuser, anonymous))
    if read_only:
        # Hosts must pass the SVM's root volume to reach a junction; nothing is ever written there.
        everyone = [client for rule in rules for client in rule["clients"]]
        return [_rule(everyone, "never", "none")] if everyone else []
    return rules


def _rule(clients: list[str], rw_rule: str, superuser: str, anonymous: str = "") -> dict:
    return {
        "clients": clients,
        "protocols": ["nfs"],
        "ro_rule": ["sys"],
        "rw_rule": [rw_rule],
        "superuser": [superuser],
        "anonymous_user": str(anonymous or ""),
    }


def steps(current: list[dict], wanted: list[dict], exact: bool = False, policy: str = "") -> list[dict]:
    """What to do, in order; an empty list when the policy is as wanted."""
    rules = [_normalised(rule) for rule in sorted(current, key=lambda rule: rule.get("index", 0))]
    found = _exact_steps(rules, wanted) if exact else _adding_steps(rules, wanted)
    return [dict(step, policy=policy, text=_text(step, policy)) for step in found]


def new_policy(vserver: str, name: str, added: list[dict]) -> dict:
    """Body that makes a policy with its rules at once, so that no host ever finds half of them.

    POST /protocols/nfs/export-policies takes the rules in order (ONTAP 9.6). ``added`` are steps that add.
    """
    rules = []
    for step in added:
        rule = {key: step["rule"][key] for key in _KEYS}
        rule["clients"] = [{"match": client} for client in step["rule"]["clients"]]
        if step["rule"]["anonymous_user"]:
            rule["anonymous_user"] = step["rule"]["anonymous_user"]
        rules.append(rule)
    return {"svm": {"name": vserver}, "name": name, "rules": rules}


def _normalised(rule: dict) -> dict:
    clients = [
        client["match"] if isinstance(client, dict) else client for client in rule.get("clients") or []
    ]
    return {
        "index": rule.get("index"),
        "clients": clients,
        **{key: list(rule.get(key) or []) for key in _KEYS},
        "anonymous_user": str(rule.get("anonymous_user") or ""),
    }


def _same(one: dict, other: dict) -> bool:
    return (
        set(one["clients"]) == set(other["clients"])
        and all(set(one[key]) == set(other[key]) for key in _KEYS)
        and _same_anonymous(one, other)
    )


def _same_anonymous(one: dict, other: dict) -> bool:
    """An anonymous user that is not asked for, or that ONTAP does not tell, is no difference."""
    ours, theirs = one["anonymous_user"], other["anonymous_user"]
    return not ours or not theirs or ours == theirs


def _step(action: str, rule: dict, index=None) -> dict:
    kept = ("clients", *_KEYS, "anonymous_user")
    return {"action": action, "index": index, "rule": {key: rule[key] for key in kept}}


def _exact_steps(rules: list[dict], wanted: list[dict]) -> list[dict]:
    equal = 0
    while equal < min(len(rules), len(wanted)) and _same(rules[equal], wanted[equal]):
        equal += 1
    rules, wanted = rules[equal:], wanted[equal:]
    kept = _subsequence(rules, wanted)
    if kept is not None:  # what is wanted is there in order, only with more between
        return [_step("remove", rule, rule["index"]) for rule in reversed(rules) if rule not in kept]
    if any(_same(rule, want) for rule in rules for want in wanted):
        # ONTAP refuses two identical rules in one policy, so a changed order means: take away first.
        return [_step("remove", rule, rule["index"]) for rule in reversed(rules)] + [
            _step("add", want) for want in wanted
        ]
    paired = min(len(rules), len(wanted))
    return (
        [_step("change", want, rule["index"]) for rule, want in zip(rules, wanted, strict=False)]
        + [_step("add", want) for want in wanted[paired:]]
        + [_step("remove", rule, rule["index"]) for rule in reversed(rules[paired:])]
    )


def _subsequence(rules: list[dict], wanted: list[dict]) -> list[dict] | None:
    kept, rest = [], list(wanted)
    for rule in rules:
        if rest and _same(rule, rest[0]):
            kept.append(rule)
            rest.pop(0)
    return None if rest else kept


def _adding_steps(rules: list[dict], wanted: list[dict]) -> list[dict]:
    found = []
    for want in wanted:
        own = next((rule for rule in rules if set(rule["clients"]) == set(want["clients"])), None)
        if own is not None and not (_admits(own, want) and _same_anonymous(own, want)):
            found.append(_step("change", want, own["index"]))
            continue
        missing = []
        for client in want["clients"]:
            first = next(
                (rule for rule in rules if any(_covers(match, client) for match in rule["clients"])), None
            )
            if first is None:
                missing.append(client)
            elif not _admits(first, want):
                found.append(_step("blocked", dict(want, clients=[client]), first["index"]))
        if missing:
            found.append(_step("add", dict(want, clients=missing)))
    return found


def _admits(rule: dict, want: dict) -> bool:
    """Whether a rule gives at least the rights of the wanted one, which are those of AUTH_SYS (or none)."""
    protocols = set(rule["protocols"]) or {"any"}
    return bool(protocols & _ANY_NFS) and all(
        want[key] in (["never"], ["none"]) or set(rule[key]) & {"any", "sys"}
        for key in ("ro_rule", "rw_rule", "superuser")
    )


def _covers(match: str, client: str) -> bool:
    if match == client:
        return True
    try:
        return ipaddress.ip_network(client, strict=False).subnet_of(ipaddress.ip_network(match, strict=False))
    except (ValueError, TypeError):  # a host name, a netgroup or a domain; or addresses of two families
        return False


def _text(step: dict, policy: str) -> str:
    clients = ", ".join(step["rule"]["clients"])
    rights = (
        f"rw={step['rule']['rw_rule'][0]} superuser={step['rule']['superuser'][0]}"
        if step["rule"]["rw_rule"]
        else ""
    )
    where = f"export policy {policy}" if policy else "the export policy"
    return {
        "add": f"{where}: add a rule for {clients} ({rights})",
        "change": f"{where}: change rule {step['index']} for {clients} ({rights})",
        "remove": f"{where}: remove rule {step['index']} for {clients}",
        "blocked": f"{where}: rule {step['index']} catches {clients} with fewer rights than {rights}; "
        f"give that rule these rights, or put a rule for {clients} before it",
    }[step["action"]]
