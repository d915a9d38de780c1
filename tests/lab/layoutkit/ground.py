# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What layouts stand on: FlexVols, backends, volume types and Glance stores, and how they are called."""

from __future__ import annotations

from dataclasses import dataclass

from .table import OURS, SIDES

# Backend, and the letter that its FlexVols begin with, by (side, nas_secure).
BACKENDS = {
    ("ours", True): ("lay_ours", "c"),
    ("stock", True): ("lay_stock", "s"),
    ("ours", False): ("lay_open", "o"),
    ("stock", False): ("lay_open", "p"),
}
SVM, IMAGES_SVM = "svm_openstack", "svm_images"
NEAR, FAR = "images_near", "images_far"
DIRECTORY = "glance"
FLEXVOL_GIB = 40
SECURE_OPTIONS = ("nas_secure_file_operations", "nas_secure_file_permissions")


@dataclass(frozen=True)
class Ground:
    """What the chosen layouts need of the lab; ``net`` is the first half of its addresses."""

    net: str
    layouts: tuple

    def lif(self, number: int) -> str:
        """The data LIFs in turn."""
        return f"{self.net}.1.{11 + number % 4}"

    def count(self, secure: bool) -> int:
        return max([layout.flexvols for layout in self.layouts if layout.secure is secure], default=0)

    def names(self, side: str, secure: bool, count: int | None = None) -> list[str]:
        """FlexVols of a side, the first ``count`` of them."""
        _backend, letter = BACKENDS[side, secure]
        there = self.count(secure)
        return [f"{letter}{number:02d}" for number in range(1, (there if count is None else count) + 1)]

    def shares(self, side: str, secure: bool, count: int) -> list[str]:
        return [f"{self.lif(place)}:/{name}" for place, name in enumerate(self.names(side, secure, count))]

    def connections(self) -> list[dict]:
        """One for each SVM, as an operator writes them; the password stays in its file."""
        return [
            {
                "hostname": f"{self.net}.1.1",
                "http_port": 28443,
                "username": "admin",
                "password": "{{ lookup('ansible.builtin.file', lab_dir ~ '/secrets/ontap_admin') }}",
                "ca_path": "{{ lab_dir }}/ca/ca.pem",
                "vserver": vserver,
            }
            for vserver in (SVM, IMAGES_SVM)
        ]

    def backends(self) -> list[dict]:
        """Those of the lab's inventory first, so that deploy keeps them."""
        found = [{"name": "ontap_nfs", "volume_type": "enhanced"}]
        for (side, secure), (name, _letter) in BACKENDS.items():
            if self.count(secure) and name not in [one["name"] for one in found]:
                options = {} if secure else dict.fromkeys(SECURE_OPTIONS, "false")
                found.append({"name": name, "options": options, "side": side})
        return [{key: value for key, value in one.items() if key != "side"} for one in found]

    def flexvols(self) -> list[dict]:
        first = {
            "name": "cinder_a",
            "aggregate": "aggr1",
            "size": 100,
            "lif": self.lif(0),
            "glance_directory": "glance",
        }
        found = [first, {"name": "cinder_b", "aggregate": "aggr2", "size": 100, "lif": self.lif(1)}]
        for (side, secure), (backend, _letter) in BACKENDS.items():
            for place, name in enumerate(self.names(side, secure)):
                found.append(
                    {
                        "name": name,
                        "aggregate": f"aggr{1 + place % 2}",
                        "size": FLEXVOL_GIB,
                        "lif": self.lif(place),
                        "backend": backend,
                    }
                )
        return found

    def images_only(self) -> dict[str, list[dict]]:
        """FlexVols that hold images and no volumes, by SVM."""
        stores, size = {layout.store for layout in self.layouts}, {"aggregate": "aggr2", "size": FLEXVOL_GIB}
        found = {}
        if "near" in stores:
            found[SVM] = [{"name": NEAR, "lif": self.lif(1), "glance_directory": DIRECTORY, **size}]
        if "far" in stores:
            found[IMAGES_SVM] = [
                {"name": FAR, "lif": f"{self.net}.1.31", "glance_directory": DIRECTORY, **size}
            ]
        return found

    def stores(self) -> list[dict]:
        """Glance's stores: name, export and directory of each."""
        found = {}
        for layout in self.layouts:
            for side in SIDES:
                name = store_name(layout, side)
                share = self.shares(side, layout.secure, 1)[0]
                place = {
                    "root": (share, ""),
                    "dir": (share, DIRECTORY),
                    "qtree": (f"{share}/images", ""),
                    "near": (f"{self.lif(1)}:/{NEAR}", DIRECTORY),
                    "far": (f"{self.net}.1.31:/{FAR}", DIRECTORY),
                }.get(layout.store)
                if place:
                    found[name] = {"name": name, "share": place[0], "directory": place[1]}
        return list(found.values())

    def qtrees(self) -> list[dict]:
        """A qtree ``images`` in the first FlexVol of each side, where a layout wants one."""
        wanted = {layout.secure for layout in self.layouts if layout.store == "qtree"}
        return [{"volume": self.names(side, secure)[0]} for secure in sorted(wanted) for side in SIDES]

    def shared_roots(self) -> list[str]:
        """FlexVols whose root Glance writes into beside Cinder."""
        wanted = {layout.secure for layout in self.layouts if layout.store == "root"}
        return [self.names(side, secure)[0] for secure in sorted(wanted) for side in SIDES]

    def types(self) -> dict[str, dict]:
        """Volume types and their extra specs, for each side and number of FlexVols."""
        found = {}
        for layout in self.layouts:
            for side in SIDES:
                specs = {"volume_backend_name": BACKENDS[side, layout.secure][0]}
                shares = self.shares(side, layout.secure, layout.flexvols)
                # Cinder takes at most 255 characters, and a type for all pools of a backend needs none.
                if not layout.secure or len(shares) < self.count(layout.secure):
                    pinned = shares if len(shares) == 1 else [f"<or> {share}" for share in shares]
                    specs["pool_name"] = " ".join(pinned)
                found[type_name(layout, side)] = specs
        return found

    def variables(self) -> dict:
        """For the playbook deploy."""
        return {
            "enhanced_instance_ontap": self.connections(),
            "enhanced_instance_backends": self.backends(),
            "enhanced_instance_flexvols": self.flexvols(),
            "cinder_netapp_wait_seconds": 600,
        }

    def more_variables(self) -> dict:
        """For prepare.yml: what deploy does not make."""
        return {
            "enhanced_instance_ontap": self.connections(),
            "layouts_images_only": self.images_only(),
            "layouts_qtrees": self.qtrees(),
            "layouts_shared_roots": self.shared_roots(),
            "layouts_stores": self.stores(),
        }


def store_name(layout, side: str) -> str:
    """A store in a FlexVol with volumes belongs to one side, others serve both."""
    if layout.store not in ("root", "dir", "qtree"):
        return layout.store
    return f"{layout.store}_{side}" if layout.secure else f"{layout.store}_open_{side}"


def type_name(layout, side: str) -> str:
    opened = "" if layout.secure else "_open"
    return f"lay_{'ours' if side == OURS else 'stock'}{opened}_{layout.flexvols}"
