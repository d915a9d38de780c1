# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud's client: what is sent, counted, followed over pages, and said of a refusal."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import failures
from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils.openstack import (
    client,
    images,
    networks,
    pools,
    volumes,
)

pytest.importorskip("openstack")
auth_exceptions = pytest.importorskip("keystoneauth1.exceptions")

IDENTITY = "11111111-1111-1111-1111-111111111111"


class Response:
    def __init__(self, body, status=200, text=None):
        self.status_code, self.reason = status, "reason"
        self.text = json.dumps(body) if text is None else text
        self.content = self.text.encode()
        self.request = SimpleNamespace(method="GET", path_url="/")

    def json(self):
        return json.loads(self.text)


class Adapter:
    """Answers in order; remembers what was asked."""

    def __init__(self, session, endpoint, answers):
        self.session, self.endpoint, self.answers, self.asked = session, endpoint, list(answers), []

    def get_endpoint(self):
        return self.endpoint

    def request(self, path, method, **options):
        self.asked.append((method, path, options))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        answer.request = SimpleNamespace(method=method, path_url=path)
        for hook in self.session.hooks["response"]:
            hook(answer)
        return answer


def make(*answers, service="block_storage", endpoint="http://c/v3"):
    session = SimpleNamespace(hooks={"response": []})
    connection = SimpleNamespace(session=SimpleNamespace(session=session))
    adapter = Adapter(session, endpoint, answers)
    setattr(connection, service, adapter)
    return client.Cloud(connection, "test"), adapter


def test_microversion_and_count():
    cloud, adapter = make(Response({"volumes": []}), Response({}))
    cloud.get("block_storage", "/volumes/detail", limit=5, marker=None)
    volumes.delete(cloud, IDENTITY)
    method, path, options = adapter.asked[0]
    assert (method, path, options["params"]) == ("GET", "/volumes/detail", {"limit": 5})
    assert options["microversion"] == client.MICROVERSIONS["block_storage"]
    assert cloud.requests == 2
    assert cloud.calls == {"GET /volumes/detail": 1, "DELETE /volumes/{id}": 1}


def test_versions_of_a_service_are_numbers_in_order():
    cloud, adapter = make(service="image")
    adapter.interface, adapter.region_name = "public", None
    records = [SimpleNamespace(version=text) for text in ("2.17", "2.9", None)]
    adapter.get_all_version_data = lambda interface, region: {"one": {interface: {"image": records}}}
    assert cloud.versions("image") == [(2, 9), (2, 17)]


def test_pages():
    link = [{"rel": "next", "href": "http://c/v3/volumes/detail?marker=a"}]
    cloud, adapter = make(
        Response({"volumes": [{"id": "a"}], "volumes_links": link}), Response({"volumes": [{"id": "b"}]})
    )
    assert [one["id"] for one in volumes.list_all(cloud)] == ["a", "b"]
    assert adapter.asked[1][2]["params"]["marker"] == "a"


def test_image_list_without_version_in_the_endpoint():
    cloud, adapter = make(Response({"images": []}), service="image", endpoint="http://g")
    assert cloud.pages("image", "/images", "images") == []
    assert adapter.asked[0][1] == "/v2/images"


@pytest.mark.parametrize(
    ("body", "text", "said"),
    [
        ({"badRequest": {"message": "Invalid volume:\n size", "code": 400}}, None, "Invalid volume: size"),
        ({"NeutronError": {"message": "no such network", "type": "x"}}, None, "no such network"),
        ({"message": "plain"}, None, "plain"),
        (None, "<html><body>403 <b>Forbidden</b></body></html>", "403 Forbidden"),
        (None, "", "reason"),
    ],
)
def test_the_service_is_quoted_in_one_sentence(body, text, said):
    cloud, _adapter = make(Response(body, 400, text))
    with pytest.raises(failures.WrongInput) as caught:
        cloud.post("block_storage", "/volumes", {})
    assert f"Cinder refused POST /volumes with 400: {said} (cloud test); " in caught.value.sentence
    assert (caught.value.status, caught.value.code) == (400, "400")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, failures.NotAuthenticated),
        (403, failures.NotAuthorized),
        (404, failures.NotFound),
        (409, failures.AlreadyExists),
        (413, failures.Refused),
        (429, failures.Busy),
        (500, failures.Refused),
        (503, failures.Busy),
    ],
)
def test_kinds(status, kind):
    cloud, _adapter = make(Response({}, status))
    with pytest.raises(kind) as caught:
        cloud.get("block_storage", "/volumes")
    assert caught.value.cure


def test_exceptions_of_the_sdk():
    from keystoneauth1 import exceptions

    for raised, kind, said in (
        (exceptions.Unauthorized("x"), failures.NotAuthenticated, "Keystone refused the login"),
        (exceptions.SSLError("bad"), failures.Unreachable, "certificate was not accepted"),
        (exceptions.ConnectFailure("down"), failures.Unreachable, "did not answer GET /volumes"),
        (exceptions.EndpointNotFound("none"), failures.NotFound, "no usable endpoint"),
        (exceptions.ClientException("odd"), failures.Refused, "odd"),
    ):
        cloud, _adapter = make(raised)
        with pytest.raises(kind, match=said):
            cloud.get("block_storage", "/volumes")


def test_not_json():
    cloud, _adapter = make(Response(None, 200, "<html>"))
    with pytest.raises(failures.Refused, match="not JSON"):
        cloud.get("block_storage", "/volumes")


def test_unknown_cloud(tmp_path, monkeypatch):
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "none.yaml"))
    with pytest.raises(failures.WrongInput, match="The cloud nowhere cannot be used"):
        client.connect({"cloud": "nowhere"})


def test_missing_library(monkeypatch):
    monkeypatch.setattr(client, "MISSING", ImportError("No module named 'openstack'"))
    with pytest.raises(failures.MissingLibrary, match="install openstacksdk"):
        client.connect({})


def test_library_too_old(monkeypatch):
    monkeypatch.setattr(client, "_sdk_version", lambda: "3.9.0")
    with pytest.raises(failures.MissingLibrary, match="openstacksdk 3.9.0 is too old"):
        client.connect({})


def test_metadata_is_cut_to_what_cinder_takes():
    cloud, adapter = make(Response({}))
    volumes.set_metadata(cloud, "v1", {"key": "x" * 300})
    assert adapter.asked[0][2]["json"] == {"metadata": {"key": "x" * 255}}


def test_same_name_twice():
    records = [{"id": "a", "name": "n"}, {"id": "b", "name": "n"}]
    cloud, _adapter = make(Response({"images": records}), service="image", endpoint="http://g/v2")
    with pytest.raises(failures.WrongInput, match="2 images are called 'n': a, b"):
        images.find(cloud, ["n"])


@pytest.mark.parametrize("service", ["image", "network"])
def test_a_login_that_is_refused_is_told_whoever_asks_first(service):
    cloud, adapter = make(service=service)

    def refuse():
        raise auth_exceptions.Unauthorized("no")

    adapter.get_endpoint = refuse
    with pytest.raises(failures.NotAuthenticated, match="Keystone refused the login"):
        cloud.get(service, "/images")


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"cloud": ["demo"]}, "cloud is a list; name a cloud of clouds.yaml"),
        ({"cloud": {"auth": None}}, "auth of the cloud is None and no dictionary"),
        ({"auth": {"auth_url": "k:5000/v3"}}, "auth_url 'k:5000/v3' does not begin with http:// or https://"),
        ({"ca_cert": "/nonexistent/ca.pem"}, "cacert names /nonexistent/ca.pem, which is not there"),
        ({"client_cert": "/nonexistent/c.pem"}, "cert names /nonexistent/c.pem, which is not there"),
        (
            {"sdk_log_path": "/nonexistent/log"},
            "sdk_log_path /nonexistent/log cannot be written: No such file",
        ),
    ],
)
def test_what_the_libraries_would_not_tell(params, said, monkeypatch, tmp_path):
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "none.yaml"))
    login = {"auth_url": "http://k/v3", "username": "u", "password": "p", "project_name": "d"}
    given = {"auth": {**login, "user_domain_name": "D", "project_domain_name": "D"}}
    given["auth"].update(params.get("auth") or {})
    given.update({name: value for name, value in params.items() if name != "auth"})
    if "cloud" in params:
        del given["auth"]
    with pytest.raises(failures.WrongInput) as caught:
        client.connect(given)
    assert said in caught.value.sentence


CERTIFICATES = [
    (
        {"ca_cert": "~/ca.pem", "client_cert": "~/c.pem", "client_key": "~/k.pem"},
        ("ca.pem", "c.pem", "k.pem"),
    ),
    ({"ca_cert": "/nonexistent/ca.pem", "validate_certs": False}, ()),
    ({"cloud": {"cacert": "/nonexistent/ca.pem", "insecure": True}}, ()),
]


@pytest.mark.filterwarnings("ignore:You are specifying a cacert")
@pytest.mark.parametrize(("params", "files"), CERTIFICATES)
def test_certificates_as_the_sdk_finds_them(params, files, monkeypatch, tmp_path):
    """In the user's home, and not at all where nothing is verified."""
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "none.yaml"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in files:
        (tmp_path / name).touch()
    auth = {"auth_url": "http://k/v3", "username": "u", "password": "p", "project_name": "d"}
    auth.update(user_domain_name="D", project_domain_name="D")
    given = {"auth": auth, **params}
    if "cloud" in params:
        given = {"cloud": {"auth": auth, **params["cloud"]}}
    session = client.connect(given).connection.session
    assert session.verify == (str(tmp_path / "ca.pem") if files else False)


def glance(*answers):
    answers = [Response({"images": list(answer)}) for answer in answers]
    return make(*answers, service="image", endpoint="http://g/v2")


def asked(adapter):
    return [
        {key: value for key, value in one[2]["params"].items() if key != "limit"} for one in adapter.asked
    ]


def test_an_image_by_name_is_one_of_those_that_a_list_shows():
    """Anybody may give an image of the community, or a hidden one, any name."""
    cloud, adapter = glance([{"id": "a", "name": "debian"}])
    assert images.find(cloud, ["debian"])[0]["id"] == "a"
    assert asked(adapter) == [{"name": 'in:"debian"'}]


def test_an_image_by_id_may_be_hidden():
    cloud, adapter = glance([], [{"id": IDENTITY, "name": "old", "os_hidden": True}])
    assert images.find(cloud, [IDENTITY])[0]["name"] == "old"
    asked_for = {"id": "in:" + IDENTITY, "visibility": "all"}
    assert asked(adapter) == [{**asked_for, "os_hidden": "false"}, {**asked_for, "os_hidden": "true"}]


def test_an_image_that_is_gone():
    cloud, _adapter = glance([], [], [])
    assert images.find(cloud, [IDENTITY], gone=True) == [
        {"id": IDENTITY, "name": IDENTITY, "status": "deleted"}
    ]
    cloud, _adapter = glance([])
    with pytest.raises(failures.NotFound, match="There is no image 'debian'"):
        images.find(cloud, ["debian"], gone=True)


def test_names_of_images_as_glance_reads_them():
    """It takes no quote in a list, not even one behind a backslash."""
    names = ['12" disk', "a, b", "in:c", "d\\"]
    cloud, adapter = glance(
        *[[{"id": name, "name": name} for name in some] for some in (names[:1], names[3:], names[1:3])]
    )
    assert [one["id"] for one in images.find(cloud, names)] == names
    assert asked(adapter) == [{"name": 'eq:12" disk'}, {"name": "eq:d\\"}, {"name": 'in:"a, b","in:c"'}]


def test_many_images_in_addresses_that_web_servers_take():
    identities = [f"11111111-1111-1111-1111-{number:012d}" for number in range(250)]
    found = [[{"id": one, "name": one} for one in identities[start : start + 100]] for start in (0, 100, 200)]
    cloud, adapter = glance(*found)
    assert len(images.find(cloud, identities)) == 250 and len(adapter.asked) == 3
    names = [f"{number:03d} ".ljust(60, "é") for number in range(100)]
    cloud, adapter = glance(*[[{"id": one, "name": one} for one in names]] * 40)
    assert len(images.find(cloud, names[:1] + names[50:52])) == 3 and len(adapter.asked) == 1


@pytest.mark.parametrize(("params", "seconds"), [({}, client.ANSWER_WITHIN), ({"api_timeout": 7}, 7.0)])
def test_no_answer_is_waited_for_without_end(params, seconds, monkeypatch, tmp_path):
    """A service that takes a request and falls silent."""
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "none.yaml"))
    login = {"auth_url": "http://k/v3", "username": "u", "password": "p", "project_name": "d"}
    auth = {**login, "user_domain_name": "D", "project_domain_name": "D"}
    assert client.connect({"auth": auth, **params}).connection.session.timeout == seconds


def test_networks_on_several_pages():
    """Neutron's pagination_max_limit cuts a list whatever was asked for."""
    link = [{"rel": "next", "href": "http://n/v2.0/networks?marker=a"}]
    first = Response({"networks": [{"id": "a", "name": "public"}], "networks_links": link})
    second = Response({"networks": [{"id": "b", "name": "private"}]})
    cloud, adapter = make(first, second, service="network", endpoint="http://n/v2.0")
    wanted = networks.Networks(cloud, [{"kind": "network", "key": "private", "tag": None}])
    assert wanted.for_nova() == [{"uuid": "b"}]
    assert adapter.asked[1][2]["params"]["marker"] == "a"


def test_a_quota_that_is_told_by_403():
    """As Nova does."""
    said = "Quota exceeded for instances: Requested 1, but already used 10 of 10 instances"
    cloud, _adapter = make(Response({"forbidden": {"message": said}}, 403), service="compute")
    with pytest.raises(failures.Refused, match="raise the project's quota or remove what is not needed"):
        cloud.post("compute", "/servers", {})


def test_a_policy_about_quotas_is_no_full_quota():
    said = "Policy doesn't allow volume_extension:quotas:show to be performed."
    cloud, _adapter = make(Response({"forbidden": {"message": said}}, 403))
    with pytest.raises(failures.NotAuthorized, match="use a user whose roles allow it"):
        cloud.get("block_storage", "/os-quota-sets/p")


def test_a_pool_of_a_host_without_named_backends():
    """Of a cinder-volume of somebody else's; ours are found all the same."""
    names = ["old#LVM", "h@ontap#1.1.1.1:/vol_a"]
    answer = {"pools": [{"name": name, "capabilities": {"storage_protocol": "nfs"}} for name in names]}
    cloud, _adapter = make(Response(answer))
    found = {pool.name: pool.backend for pool in pools.list_pools(cloud)}
    assert found == {"old#LVM": "", "h@ontap#1.1.1.1:/vol_a": "ontap"}


def test_volume_types_on_several_pages():
    """As cinder/api/v3/views/types.py writes them."""
    link = [{"rel": "next", "href": "http://c/v3/types?marker=a"}]
    first = Response({"volume_types": [{"id": "a", "name": "one"}], "volume_type_links": link})
    cloud, _adapter = make(first, Response({"volume_types": [{"id": "b", "name": "two"}]}))
    assert pools.find_type(cloud, "two")["id"] == "b"
