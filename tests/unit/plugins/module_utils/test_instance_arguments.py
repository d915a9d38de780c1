# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments in openstack.cloud.server's forms."""

from __future__ import annotations

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import instance_arguments
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.failures import WrongInput


def nic(kind, key, tag=None):
    return {"kind": kind, "key": key, "tag": tag}


@pytest.mark.parametrize(
    ("network", "nics", "number", "found"),
    [
        (None, None, 3, "auto"),
        ("", [], 3, "auto"),
        ("none", None, 3, "none"),
        ("private", None, 3, [nic("network", "private")]),
        (
            None,
            [{"net-name": "a", "tag": "t"}, {"net-id": "i"}],
            3,
            [nic("network", "a", "t"), nic("network", "i")],
        ),
        (None, ["net-name=a,net-name=b"], 3, [nic("network", "a"), nic("network", "b")]),
        (None, [{"port-id": "p"}], 1, [nic("port", "p")]),
        (None, [{"port-id": "p"}], 2, "a port belongs to one instance"),
        (None, [{"subnet": "p"}], 2, "nics holds"),
        (None, [{"net-id": "p", "net-name": "q"}], 2, "nics holds"),
        (None, ["private"], 2, "no list of key=value"),
    ],
)
def test_nics(network, nics, number, found):
    params = {"network": network, "nics": nics}
    if isinstance(found, str) and found not in ("auto", "none"):
        with pytest.raises(WrongInput, match=found):
            instance_arguments.nics(params, number)
    else:
        assert instance_arguments.nics(params, number) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, {}),
        ("", {}),
        ({"a": 1, "b": True}, {"a": "1", "b": "True"}),
        ("a=1, b=x=y", {"a": "1", "b": "x=y"}),
    ],
)
def test_pairs(value, found):
    assert instance_arguments.pairs("metadata", value) == found


@pytest.mark.parametrize("name", sorted(instance_arguments.REFUSED))
def test_refused(name):
    params = dict(dict.fromkeys(instance_arguments.REFUSED), boot_from_volume=True)
    instance_arguments.refuse_unserved(params)
    with pytest.raises(WrongInput, match=name):
        instance_arguments.refuse_unserved(dict(params, **{name: ["x"]}))
    with pytest.raises(WrongInput, match="openstack.cloud.server"):
        instance_arguments.refuse_unserved(dict(params, boot_from_volume=False))


def test_metadata_as_a_list():
    with pytest.raises(WrongInput, match="metadata is a list; write a dictionary"):
        instance_arguments.pairs("metadata", ["a=b", "c=d"])


def test_user_data_is_a_secret_as_the_operators_variable_is():
    assert instance_arguments.server_argument_spec()["userdata"]["no_log"] is True
