# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connections and the shared arguments of the modules that speak to OpenStack and ONTAP both."""

from __future__ import annotations

from contextlib import contextmanager

from ..failures import WrongInput
from ..openstack import client as openstack_client
from ..planner.facts import Wanted
from .arrays import Arrays
from .plan import Question
from .progress import Progress


class Session:
    """One task's clouds and arrays, and what they were asked."""

    def __init__(self, params):
        self.progress = Progress()
        self.cloud = openstack_client.connect(params)
        self.admin = None
        if params.get("admin_cloud") is not None:
            self.admin = openstack_client.connect(params, cloud=params["admin_cloud"])
        self.arrays = Arrays(params.get("ontap"), report=self.progress.line)

    @property
    def requests(self):
        """What the task cost: numbers per side, and each kind of OpenStack request with its number."""
        clouds = [cloud for cloud in (self.cloud, self.admin) if cloud is not None]
        calls = {}
        for cloud in clouds:
            for call, number in cloud.calls.items():
                calls[call] = calls.get(call, 0) + number
        return {
            "ontap": self.arrays.requests,
            "openstack": sum(cloud.requests for cloud in clouds),
            "calls": dict(sorted(calls.items())),
        }


@contextmanager
def session(params):
    opened = Session(params)
    try:
        yield opened
    finally:
        opened.arrays.close()


def pool_arguments():
    """Which pools: the arguments of every module that chooses some."""
    return {
        "volume_type": {"type": "str"},
        "backend": {"type": "str"},
        "pools": {"type": "list", "elements": "str"},
        "pool_query": {"type": "str"},
    }


def image_arguments():
    """Which images."""
    return {
        "images": {"type": "list", "elements": "str"},
        "images_where": {
            "type": "dict",
            "options": {
                "tags": {"type": "list", "elements": "str"},
                "properties": {"type": "dict"},
                "visibility": {
                    "type": "str",
                    "choices": ["all", "public", "private", "shared", "community"],
                    "default": "all",
                },
            },
        },
    }


def entry_arguments():
    """What an entry shall be."""
    return {
        "owner_uid": {"type": "int"},
        "owner_gid": {"type": "int"},
        "mode": {"type": "str", "default": "0660"},
        "source_lun": {"type": "str"},
        "internal_project": {"type": "str"},
    }


POOL_EXCLUSIVE = [("volume_type", "backend", "pools")]
IMAGES_REQUIRED = ("images", "images_where")
OWNER_TOGETHER = [("owner_uid", "owner_gid")]


def question(params, gone_images=False):
    """The planner's question from a module's arguments. Raises WrongInput."""
    mode = params.get("mode")
    if mode is not None:
        try:
            valid = 0 <= int(mode, 8) <= 0o7777
        except ValueError:
            valid = False
        if not valid:
            raise WrongInput(
                f"mode {mode!r} is not a mode in octal digits", cure='write it as text, such as "0660"'
            )
    size = params.get("volume_size")
    if size is not None and size < 1:
        raise WrongInput(f"volume_size is {size} GiB", cure="give 1 or more")
    images = tuple(dict.fromkeys(params.get("images") or ()))
    if any(not one.strip() for one in images):
        raise WrongInput("An image in images is empty", cure="give names or IDs")
    return Question(
        images=images,
        volume_type=params.get("volume_type"),
        backend=params.get("backend"),
        pools=tuple(params.get("pools") or ()),
        pool_query=params.get("pool_query"),
        source_lun=params.get("source_lun") or None,
        internal_project=params.get("internal_project") or None,
        wanted=Wanted(
            owner_uid=params.get("owner_uid"),
            owner_gid=params.get("owner_gid"),
            mode=mode,
            volume_gib=size,
        ),
        gone_images=gone_images,
        images_where=params.get("images_where"),
    )


def require_positive(params, *names):
    for name in names:
        if params[name] < 1:
            raise WrongInput(f"{name} is {params[name]} and must be at least 1")
