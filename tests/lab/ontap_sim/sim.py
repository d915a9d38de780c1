# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated cluster: its state and its parts in one place."""

from __future__ import annotations

import fcntl
import os

from . import rights, versions
from .audit import Audit
from .auth import Authenticator
from .clock import Clock
from .errors import ApiError
from .faults import Faults
from .flexvol import FlexVol
from .jobs import Jobs
from .routing import Routes
from .store import Store
from .switches import Switches


class StateInUse(Exception):
    """Another simulator works on this state directory."""


class Sim:
    def __init__(self, state_dir):
        self.state_dir = os.path.abspath(state_dir)
        self.volume_dir = os.path.join(self.state_dir, "volumes")
        os.makedirs(self.volume_dir, mode=0o755, exist_ok=True)
        self._lock = open(os.path.join(self.state_dir, "lock"), "w", encoding="ascii")  # noqa: SIM115
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateInUse(f"Another ONTAP simulator runs on the state in {self.state_dir}.") from None
        self.clock = Clock()
        self.store = Store(os.path.join(self.state_dir, "state.db"))
        self.switches = Switches(self.store)
        self.faults = Faults()
        self.audit = Audit(os.path.join(self.state_dir, "audit.jsonl"))
        self.jobs = Jobs(self)
        self.auth = Authenticator(self)
        self.routes = Routes()
        self.resources = {}
        self.copies = None
        self.zapi = None
        self.control = None
        self._version = None

    def install(self):
        """Register every resource's paths."""
        from .copying import Copies
        from .resources import ALL
        from .zapi import Zapi

        self.copies = Copies(self)
        for resource_class in ALL:
            resource = resource_class(self)
            self.resources[resource_class.path] = resource
            self.routes.add(resource.path, (resource, "collection"))
            if resource.keys:
                self.routes.add(resource.path + resource.key_template, (resource, "instance"))
        self.zapi = Zapi(self)

    def start(self):
        """After a start, also one after a kill: mount what is missing, settle what was interrupted."""
        self._settle_volumes()
        self.copies.after_restart()
        self.jobs.after_restart()

    def _settle_volumes(self):
        for record in self.store.all("volume"):
            if record["is_svm_root"]:
                continue
            flexvol = self.flexvol(record["uuid"])
            if "wanted_state" in record or not flexvol.exists:
                # the process died while it was made or deleted
                flexvol.destroy()
                self.store.remove("volume", record["uuid"])
            elif record["state"] == "online":
                flexvol.mount()

    def stop(self, unmount=False):
        if unmount:
            for record in self.store.all("volume"):
                self.flexvol(record["uuid"]).unmount()
        self.store.close()
        self.audit.close()
        self._lock.close()

    # ---- the cluster
    @property
    def cluster(self):
        return self.store.get("cluster", "cluster")

    @property
    def version(self):
        if self._version is None:
            self._version = versions.parse(self.cluster["version"])
        return self._version

    def set_version(self, text):
        if text not in versions.KNOWN:
            raise ValueError(
                f"ONTAP version {text!r} is not simulated; choose from {', '.join(versions.KNOWN)}."
            )
        self.store.put("cluster", "cluster", {**self.cluster, "version": text})
        self._version = None

    def nodes(self):
        return self.store.all("node")

    # ---- volumes' files
    def flexvol(self, uuid):
        return FlexVol(self.volume_dir, uuid)

    # ---- scope
    def svm_by_name(self, name):
        return next((svm for svm in self.store.all("svm") if svm["name"] == name), None)

    def owner_of_address(self, address):
        """The LIF a request came in on decides whose accounts count: an SVM's or the cluster's (facts A2)."""
        for lif in self.store.all("lif"):
            if lif["ip"]["address"] == address and lif.get("scope") == "svm":
                return lif["svm"]["uuid"], True
        return self.cluster["uuid"], False

    def scope(self, account, headers):
        """The SVM a request is confined to: the account's own, or by tunnelling (facts A2)."""
        name, uuid = headers.get("X-Dot-SVM-Name"), headers.get("X-Dot-SVM-UUID")
        if account.get("scope") == "svm":
            svm = self.store.get("svm", account["owner"]["uuid"])
            if name not in (None, svm["name"]) or uuid not in (None, svm["uuid"]):
                raise ApiError(400, 6691623, "User is not authorized.")
            return svm
        if name is None and uuid is None:
            return None
        svm = self.store.get("svm", uuid) if uuid else self.svm_by_name(name)
        if svm is None or (name is not None and svm["name"] != name):
            raise ApiError(400, 2621462, f'SVM "{name or uuid}" does not exist.', "svm.name")
        return svm

    def role(self, account):
        own = self.store.get("role", f"{account['owner']['uuid']}/{account['role']['name']}")
        if own:
            return own
        predefined = rights.PREDEFINED_SVM if account.get("scope") == "svm" else rights.PREDEFINED
        name = account["role"]["name"]
        return {"privileges": predefined[name]} if name in predefined else None
