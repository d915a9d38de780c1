# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that the parts of a cloud agree upon."""

from __future__ import annotations

import hashlib
import re

CACHE_PREFIX = "img-cache-"
STAGE_PREFIX = "eic-stage-"
VOLUME_PREFIX = "volume-"

_UUID = re.compile(r"^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$", re.IGNORECASE)


def looks_like_uuid(text: str) -> bool:
    return bool(_UUID.match(text or ""))


def cache_entry_name(image_id: str) -> str:
    """The file that Cinder's driver looks for in a share's root (nfs_base.py, _find_image_in_cache)."""
    return CACHE_PREFIX + image_id


def stage_name(image_id: str) -> str:
    """Our own temporary file: never img-cache*, which the driver would find half-made, or clean away."""
    return STAGE_PREFIX + image_id


def throwaway_name(image_id: str) -> str:
    """The volume by which Cinder downloads an image once."""
    return "eic-prime-" + image_id


def volume_file_name(volume_id: str, template: str = "volume-%s") -> str:
    """A volume's file in the FlexVol's root; the template is Cinder's volume_name_template."""
    return template % volume_id


def mount_directory(share: str) -> str:
    """The folder below nfs_mount_point_base where Cinder mounts a share: os-brick takes the MD5 of the
    share's text.
    """
    # usedforsecurity=False: a name, not a secret, so it works on FIPS hosts too.
    return hashlib.md5(share.encode("utf-8"), usedforsecurity=False).hexdigest()


def expand_names(names: list[str] | None, count: int | None, pattern: str | None) -> list[str]:
    """The wanted instance names in order; ``pattern`` is a format string with ``{index}``, counted from 1.

    Raises ValueError with one sentence when the two ways are mixed, a name is empty or a name comes twice.
    """
    if names and count is not None:
        raise ValueError("Give names or count, not both.")
    if names:
        result = [str(name) for name in names]
    elif count is not None:
        if count < 0:
            raise ValueError(f"count is {count}: it cannot be negative.")
        pattern = pattern or "instance-{index:03d}"
        try:
            result = [pattern.format(index=index) for index in range(1, count + 1)]
        except (KeyError, IndexError, ValueError, AttributeError, TypeError) as exc:
            raise ValueError(
                f"name_pattern {pattern!r} cannot be used ({exc}): write for example 'web-{{index:02d}}'."
            ) from exc
    else:
        raise ValueError("No instance is named: give names, or count with name_pattern.")
    if any(not name.strip() for name in result):
        raise ValueError("An instance name is empty: every name needs at least one character.")
    twice = (
        sorted({name for name in result if result.count(name) > 1}) if len(set(result)) != len(result) else []
    )
    if twice:
        raise ValueError(
            "The names {} come more than once: each instance needs its own name "
            "(a name_pattern needs {{index}}).".format(", ".join(twice))
        )
    return result
