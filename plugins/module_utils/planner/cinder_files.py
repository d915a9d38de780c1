# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that the driver's options name: lists of shares, and certificates."""

from __future__ import annotations

from . import cinder_backend


def sources(backends: list) -> list[str]:
    """Files of the control host whose texts are needed."""
    names = ("ca_path", "cert_filepath", "key_filepath")
    found = [backend["connection"].get(name) for backend in backends for name in names]
    return list(dict.fromkeys(path for path in found if path))


def files(backends: list, defaults: dict, texts: dict) -> dict:
    """{"files": [...], "secret_files": [...]}, each with path, content and mode; texts by their source."""
    plain = [
        {
            "path": defaults.get("shares_file")
            or f"{defaults['shares_folder']}/nfs_shares_{backend['name']}",
            "content": "".join(f"{share}\n" for share in backend.get("shares") or []),
            "mode": "0640",
        }
        for backend in backends
        if not cinder_backend.is_san(backend)
    ]
    secret = []
    # A bundle may hold several authorities.
    authorities = _texts(backends, "ca_path", texts)
    if authorities:
        plain.append({"path": defaults["ca_file"], "content": "".join(authorities), "mode": "0644"})
    for name, path, target in (
        ("cert_filepath", "client_certificate", plain),
        ("key_filepath", "client_key", secret),
    ):
        found = _texts(backends, name, texts)
        if found:
            target.append({"path": defaults[path], "content": found[0], "mode": "0640"})
    return {"files": plain, "secret_files": secret}


def _texts(backends: list, name: str, texts: dict) -> list[str]:
    paths = dict.fromkeys(backend["connection"].get(name) for backend in backends)
    found = [texts[path] for path in paths if path]
    return [text if text.endswith("\n") else f"{text}\n" for text in found]
