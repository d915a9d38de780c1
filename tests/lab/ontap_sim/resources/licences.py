# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences by package, and what FlexClone's licence stands for.

Documented (LicensePackage of the netapp-ontap library): fields, states and scopes; a package with a licence
on some nodes only, or with an expired one, is noncompliant; unlicensed packages are shown only when the query
says ``state``. Assumed: that a clone is refused at once, by which status and words, and with ZAPI's code (the
one that Cinder's client looks for in REST's answers too); that an expired licence is as good as none, and
that one node's licence is enough for the cluster.
"""

from __future__ import annotations

from ..engine import Resource
from ..errors import ApiError
from ..schema import Schema

PACKAGES = {
    "nfs": "NFS License",
    "cifs": "CIFS License",
    "iscsi": "iSCSI License",
    "fcp": "FCP License",
    "snaprestore": "SnapRestore License",
    "snapmirror": "SnapMirror License",
    "flexclone": "FlexClone License",
}
EXPIRED = "2021-10-26T19:57:41+00:00"


class Licences(Resource):
    path = "/cluster/licensing/licenses"
    keys = (("name", "name"),)
    scope = "cluster"
    schema = Schema("""
        name                         str  i
        description                  str  -
        scope                        not_available|site|cluster|node -
        state                        compliant|noncompliant|unlicensed|unknown -
        entitlement.action           str  -
        entitlement.risk             str  -
        licenses[].owner             str  -
        licenses[].serial_number     str  -
        licenses[].host_id           str  -
        licenses[].installed_license str  -
        licenses[].active            bool -
        licenses[].evaluation        bool -
        licenses[].expiry_time       date -
        licenses[].compliance.state  str  -
        """)

    def rows(self, call, params):
        states = dict.fromkeys(PACKAGES, "compliant")
        states["flexclone"] = self.sim.switches["flexclone_licence"]
        return [self._package(name, state) for name, state in states.items()]

    def visible(self, call, params):
        for record in super().visible(call, params):
            if record["state"] != "unlicensed" or call.option("state"):
                yield record

    def _package(self, name, state):
        nodes = sorted(self.sim.nodes(), key=lambda node: node["name"])
        good = {"compliant": nodes, "one_node": nodes[:1]}.get(state, [])
        package = {"compliant": "compliant", "unlicensed": "unlicensed"}.get(state, "noncompliant")
        return {
            "name": name,
            "description": PACKAGES[name],
            "scope": "node",
            "state": package,
            "entitlement": {
                "action": "none" if package == "compliant" else "acquire_license",
                "risk": {"compliant": "low", "noncompliant": "medium"}.get(package, "unlicensed"),
            },
            "licenses": [self._licence(node, node in good, state == "expired") for node in nodes],
        }

    @staticmethod
    def _licence(node, good, expired):
        licence = {"owner": node["name"], "active": good, "evaluation": False}
        if good or expired:
            number = node["serial_number"]
            licence |= {"serial_number": number, "host_id": number, "installed_license": "ONTAP One"}
        if expired:
            licence["expiry_time"] = EXPIRED
        state = "compliant" if good else "noncompliant" if expired else "unlicensed"
        return {**licence, "compliance": {"state": state}}


def require_flexclone(sim):
    """Refuse a clone of a file or LUN for want of the licence."""
    if sim.switches["flexclone_licence"] in ("expired", "unlicensed"):
        raise ApiError(400, 14956, "FlexClone is not licensed on this cluster.")


ALL = (Licences,)
