# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few ZAPI calls of the Cinder driver at start and in housekeeping (facts C2); all else is refused.

XML over POST to /servlets/netapp.servlets.admin.XMLrequest_filer; ``vfiler`` tunnels to an SVM.
"""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from . import blocks, versions
from .call import Reply
from .errors import ApiError
from .filepaths import Tree

NAMESPACE = "http://www.netapp.com/filer/admin"
NO_SUCH_API, NOT_FOUND, NO_PERMISSION = 13005, 15661, 13003
# ONTAPI minor versions of the ONTAP versions simulated (assumed: between the ones Cinder's code names)
MINOR = {(9, 11, 1): 211, (9, 14, 1): 241, (9, 17, 1): 271}


class ZapiError(Exception):
    def __init__(self, number, reason):
        super().__init__(reason)
        self.number, self.reason = number, reason


def element(name, *children, text=None):
    node = ElementTree.Element(name)
    if text is not None:
        node.text = str(text)
    node.extend(children)
    return node


class Zapi:
    def __init__(self, sim):
        self.sim = sim
        self.calls = {
            "system-get-ontapi-version": self.ontapi_version,
            "system-get-version": self.version,
            "system-node-get-iter": self.nodes,
            "snapshot-get-iter": self.snapshots,
            "sis-get-iter": self.sis,
            "clone-split-status": self.split_status,
            "file-usage-get": self.file_usage,
            "ems-autosupport-log": lambda request, svm: [],
        }

    async def handle(self, account, data, entry):
        try:
            request = ElementTree.fromstring(data)
            call = list(request)[0]
        except (ElementTree.ParseError, IndexError):
            return self._reply('status="failed" errno="13001" reason="Malformed XML request"', [])
        name = call.tag.rpartition("}")[2]
        entry["zapi"] = name
        try:
            svm = self._scope(account, request.get("vfiler"))
            entry["svm"] = svm["name"] if svm else None
            if name not in self.calls:
                entry["uncovered"] = True
                raise ZapiError(NO_SUCH_API, f"Unable to find API: {name}")
            return self._reply('status="passed"', self.calls[name](call, svm))
        except ZapiError as error:
            return self._reply(f'status="failed" errno="{error.number}" reason={quoteattr(error.reason)}', [])

    def _scope(self, account, vfiler):
        if account.get("scope") == "svm":
            return self.sim.store.get("svm", account["owner"]["uuid"])
        if not vfiler:
            return None
        svm = self.sim.svm_by_name(vfiler)
        if svm is None:
            raise ZapiError(NOT_FOUND, f"Specified vserver not found: {vfiler}")
        return svm

    def _reply(self, attributes, children):
        inside = "".join(ElementTree.tostring(child, encoding="unicode") for child in children)
        text = (
            f"<?xml version='1.0' encoding='UTF-8' ?>\n<netapp version='1.{self.minor}' xmlns='{NAMESPACE}'>"
            f"<results {attributes}>{inside}</results></netapp>"
        )
        return Reply(200, content=text.encode(), content_type="text/xml")

    @property
    def minor(self):
        return MINOR[self.sim.version]

    def ontapi_version(self, request, svm):
        return [element("major-version", text=1), element("minor-version", text=self.minor)]

    def version(self, request, svm):
        record = versions.record(self.sim.cluster["version"])
        numbers = [element(name, text=record[name]) for name in ("generation", "major", "minor")]
        return [
            element("build-timestamp", text=0),
            element("is-clustered", text="true"),
            element("version", text=record["full"]),
            element("version-tuple", element("system-version-tuple", *numbers)),
        ]

    def nodes(self, request, svm):
        if svm is not None:
            raise ZapiError(NO_PERMISSION, "Insufficient privileges")
        items = [
            element(
                "node-details-info",
                element("node", text=node["name"]),
                element("node-model", text=node["model"]),
                element("is-all-flash-optimized", text=str(node["is_all_flash_optimized"]).lower()),
                element(
                    "is-all-flash-select-optimized", text=str(node["is_all_flash_select_optimized"]).lower()
                ),
            )
            for node in self.sim.nodes()
        ]
        return self._list(items)

    def _list(self, items):
        return [element("attributes-list", *items), element("num-records", text=len(items))]

    def _query(self, request, name):
        for node in request.iter():
            if node.tag.rpartition("}")[2] == name and node.text:
                return node.text
        return None

    def snapshots(self, request, svm):
        pattern = (self._query(request, "name") or "*").rstrip("*")
        items = []
        for snapshot in self.sim.store.all("snapshot"):
            if snapshot["name"].startswith(pattern) and (
                svm is None or snapshot["svm"]["uuid"] == svm["uuid"]
            ):
                items.append(
                    element(
                        "snapshot-info",
                        element("name", text=snapshot["name"]),
                        element("busy", text="false"),
                        element("volume", text=snapshot["volume"]["name"]),
                        element("snapshot-instance-uuid", text=snapshot["uuid"]),
                    )
                )
        return self._list(items)

    def sis(self, request, svm):
        path = self._query(request, "path") or ""
        items = []
        for volume in self.sim.store.all("volume"):
            if path == f"/vol/{volume['name']}" and (svm is None or volume["svm"]["uuid"] == svm["uuid"]):
                items.append(
                    element(
                        "sis-status-info",
                        element("path", text=path),
                        element("state", text="enabled"),
                        element("is-compression-enabled", text="false"),
                        element("logical-data-size", text=volume["size"] // 100),
                        element("logical-data-limit", text=640 << 40),
                    )
                )
        return self._list(items)

    def split_status(self, request, svm):
        return [
            element(
                "clone-split-info",
                element(
                    "clone-split-detail-info",
                    element("unsplit-size", text=0),
                    element("unsplit-clone-count", text=0),
                ),
            )
        ]

    def file_usage(self, request, svm):
        path = self._query(request, "path") or ""
        parts = path.strip("/").split("/", 2)
        volume = next(
            (
                item
                for item in self.sim.store.all("volume")
                if len(parts) == 3
                and item["name"] == parts[1]
                and (svm is None or item["svm"]["uuid"] == svm["uuid"])
            ),
            None,
        )
        if volume is None:
            raise ZapiError(NOT_FOUND, f"No such volume in {path}")
        try:
            used, unique = blocks.usage(Tree(self.sim, volume).resolve(parts[2]))
        except ApiError as error:
            raise ZapiError(2, error.message) from None
        return [
            element("unique-bytes", text=unique),
            element("unique-bytes-compressed", text=unique),
            element("total-bytes", text=used),
        ]
