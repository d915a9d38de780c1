# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FlexVols of an SVM: how one that is ours is to be, and what keeps one from serving.

One that is named with an aggregate is made, and kept as described; another is adopted and never changed.
Records are those of ONTAP's /storage/volumes; sizes of the operator are GiB.
"""

from __future__ import annotations

from dataclasses import dataclass

GIB = 1024**3
SAN = ("iscsi", "fc")


@dataclass(frozen=True)
class Style:
    """How a FlexVol is made and kept. ``efficiency`` and ``autosize`` None mean: as ONTAP makes it."""

    export_policy: str = "openstack"
    owner_id: int = 42407
    group_id: int = 42407
    mode: str = "755"
    thin: bool = True
    snapshot_policy: str = "none"
    snapshot_reserve: int = 0
    snapshot_directory: bool | None = False
    efficiency: bool | None = None
    autosize: str | None = None
    autosize_maximum: int | None = None


def is_san(item: dict) -> bool:
    """Whether it holds LUNs: hosts mount it not, so it needs no junction and no export rules."""
    return item.get("protocol") in SAN or item.get("junction") is False


def made(item: dict, record: dict | None, style: Style) -> dict:
    """What to do for a FlexVol of ours: ``size`` in GiB (None: leave it), ``options`` by na_ontap_volume's
    names, ``autosize``, ``efficiency``, and ``text``, which is empty when nothing is to be done."""
    size = int(item.get("size") or 0)
    # Autosize or an operator may have made it larger; it is never made smaller.
    grow = record is None or (record.get("space") or {}).get("size", 0) < size * GIB
    options = _options(item, style)
    differing = _differing(options, record)
    more = {}
    if style.autosize and (record is None or _autosize_differs(record, style)):
        more["autosize"] = {"mode": style.autosize, "maximum": style.autosize_maximum}
    if style.efficiency is not None and (
        record is None or _efficient(record) not in (None, style.efficiency)
    ):
        more["efficiency"] = style.efficiency
    return {
        "name": item["name"],
        "aggregate": item["aggregate"],
        "size": size if grow and size else None,
        "exists": record is not None,
        "options": options,
        "autosize": more.get("autosize"),
        "efficiency": more.get("efficiency"),
        "change": record is None or bool(grow and size) or bool(differing),
        "text": _text(item, record, size, grow, differing, more),
    }


def _options(item: dict, style: Style) -> dict:
    """By the names of na_ontap_volume; None is left out by the role."""
    options = {
        "space_guarantee": "none" if style.thin else "volume",
        "snapshot_policy": style.snapshot_policy,
        "percent_snapshot_space": style.snapshot_reserve,
        "snapdir_access": style.snapshot_directory,
    }
    if not is_san(item):
        options |= {
            "junction_path": f"/{item['name']}",
            "export_policy": style.export_policy,
            "volume_security_style": "unix",
            "user_id": style.owner_id,
            "group_id": style.group_id,
            "unix_permissions": str(style.mode).lstrip("0") or "0",
        }
    return {name: value for name, value in options.items() if value is not None}


# Where na_ontap_volume's options stand in a record.
_WHERE = {
    "space_guarantee": ("guarantee", "type"),
    "snapshot_policy": ("snapshot_policy", "name"),
    "percent_snapshot_space": ("space", "snapshot", "reserve_percent"),
    "snapdir_access": ("snapshot_directory_access_enabled",),
    "junction_path": ("nas", "path"),
    "export_policy": ("nas", "export_policy", "name"),
    "volume_security_style": ("nas", "security_style"),
    "user_id": ("nas", "uid"),
    "group_id": ("nas", "gid"),
    "unix_permissions": ("nas", "unix_permissions"),
}


def _differing(options: dict, record: dict | None) -> list[str]:
    """What differs, as texts. A field that ONTAP does not tell counts as equal, but for the junction."""
    if record is None:
        return []
    found = []
    for name, wanted in options.items():
        now = _value(record, _WHERE[name])
        if now is None and name != "junction_path":
            continue
        if str(now).lstrip("0") != str(wanted).lstrip("0"):
            found.append(f"{name.replace('_', ' ')} {'none' if now is None else now} to {wanted}")
    return found


def _value(record: dict, keys: tuple):
    for key in keys:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def _autosize_differs(record: dict, style: Style) -> bool:
    now = record.get("autosize") or {}
    maximum = style.autosize_maximum
    return now.get("mode", "off") != style.autosize or bool(
        maximum and now.get("maximum") and now["maximum"] != maximum * GIB
    )


def _efficient(record: dict):
    state = _value(record, ("efficiency", "state"))
    return None if state in (None, "-") else state == "enabled"


def _text(item, record, size, grow, differing, more) -> str:
    name = item["name"]
    if record is None:
        return f"make FlexVol {name} of {size} GiB on {item['aggregate']}"
    parts = [f"make it larger, {size} GiB"] if grow and size else []
    if differing:
        parts.append(f"change {', '.join(differing)}")
    if "autosize" in more:
        parts.append(f"set autosize to {more['autosize']['mode']}")
    if "efficiency" in more:
        parts.append(f"switch efficiency {'on' if more['efficiency'] else 'off'}")
    return f"FlexVol {name}: {', '.join(parts)}" if parts else ""


def problems(item: dict, record: dict | None) -> list[str]:
    """Why a FlexVol cannot serve, each with its cure."""
    name = item["name"]
    if record is None:
        if not item.get("aggregate"):
            return [f"FlexVol {name} does not exist; name an aggregate and a size if it is to be made"]
        return (
            []
            if item.get("size")
            else [f"FlexVol {name} is to be made, but no size is given; name its size in GiB"]
        )
    if record.get("style", "flexvol") != "flexvol":
        return [
            f"FlexVol {name} is a {record['style']}, in which files cannot be cloned or copied; "
            "name a FlexVol"
        ]
    if record.get("type", "rw") != "rw" or record.get("state", "online") != "online":
        return [f"FlexVol {name} is {record.get('type')} and {record.get('state')}; it must be rw and online"]
    if is_san(item):
        return []
    path = (record.get("nas") or {}).get("path") or ""
    # Cinder's driver takes the junction path for the volume's name (nfs_cmode.py, _copy_from_img_service).
    if path != f"/{name}" and (path or not item.get("aggregate")):
        return [
            f"FlexVol {name} has the junction path {path or 'none'}, but Cinder's driver finds it only at "
            f"/{name}; move its junction there"
        ]
    return []


def notes(item: dict, record: dict | None, style: Style) -> list[str]:
    """What an adopted FlexVol would better be, without being changed."""
    if record is None or item.get("aggregate") or is_san(item):
        return []
    nas = record.get("nas") or {}
    found = []
    uid, mode = nas.get("uid"), nas.get("unix_permissions")
    # The mode that ONTAP shows counts for others when the owner is somebody else.
    if uid is not None and uid != style.owner_id and mode is not None and not int(str(mode)[-1]) & 2:
        found.append(
            f"FlexVol {item['name']} is adopted, and its root belongs to {uid} with mode {mode}: where "
            "cinder-volume works as its own user (nas_secure_file_operations), it cannot write there; "
            f"run chown {style.owner_id} on its root from a host with superuser access"
        )
    if nas.get("security_style") not in (None, "unix"):
        found.append(
            f"FlexVol {item['name']} is adopted, with the security style {nas['security_style']}, and Cinder "
            "works with Unix modes; set it to unix"
        )
    return found
