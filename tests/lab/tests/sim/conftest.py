# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator for all tests that can share it; each test finds switches and faults as delivered."""

from __future__ import annotations

import json
import os
import sys

import pytest
import requests
from ontap_sim import coverage
from ontap_sim.harness import Simulator


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: starts other programs (ansible-playbook, the Cinder driver)")


class Api:
    """Requests to one simulator as one account."""

    def __init__(self, sim, username="admin", password=None, host=None, accept=None, cert=None):
        self.sim = sim
        self.host = host
        self.session = requests.Session()
        self.session.trust_env = False  # REQUESTS_CA_BUNDLE would win over verify
        self.session.verify = sim.ca
        if cert:
            self.session.cert = cert
        else:
            self.session.auth = (username, sim.password if password is None else password)
        if accept:
            self.session.headers["Accept"] = accept

    def call(self, method, path, body=None, expect=None, **options):
        answer = self.session.request(method, self.sim.url(path, self.host), json=body, timeout=60, **options)
        if expect is not None:
            assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def get(self, path, expect=200, **options):
        return self.call("GET", path, None, expect, **options).json()

    def records(self, path):
        return self.get(path)["records"]

    def post(self, path, body, expect=201, wait=True, **options):
        path += ("&" if "?" in path else "?") + "return_timeout=60" if wait else ""
        return self.call("POST", path, body, expect, **options).json()

    def patch(self, path, body, expect=200, **options):
        path += ("&" if "?" in path else "?") + "return_timeout=60"
        return self.call("PATCH", path, body, expect, **options).json()

    def delete(self, path, expect=200, **options):
        path += ("&" if "?" in path else "?") + "return_timeout=60"
        return self.call("DELETE", path, None, expect, **options).json()

    def error(self, method, path, body=None, **options):
        """(status, code, message) of a refusal."""
        answer = self.call(method, path, body, **options)
        error = answer.json()["error"]
        assert isinstance(error["code"], str)
        return answer.status_code, error["code"], error["message"]

    def volume(self, name):
        return self.records(f"/storage/volumes?name={name}&fields=*")[0]


@pytest.fixture(scope="session")
def sim():
    with Simulator(svms=("svm1", "svm2")) as simulator:
        simulator.roots = simulator.prepare_nfs("svm1", volumes=("vol1", "vol2"))
        yield simulator


@pytest.fixture(autouse=True)
def as_delivered(request):
    yield
    if "sim" in request.fixturenames:
        request.getfixturevalue("sim").control.reset()


@pytest.fixture
def api(sim):
    return Api(sim)


@pytest.fixture
def make_api():
    return Api


@pytest.fixture
def write(sim):
    """Write a file into a volume's root; it is gone after the test, with its clones."""
    made = []

    def write_file(name, content=b"x" * 8192, volume="vol1"):
        path = os.path.join(sim.roots[volume], name)
        with open(path, "wb") as file:
            file.write(content)
        made.append(path)
        return path

    yield write_file
    for root in sim.roots.values():
        for folder, _dummy, names in os.walk(root):
            for name in names:
                os.unlink(os.path.join(folder, name))


def judged_endpoints(entries):
    """{endpoint: [methods]} of the requests in an audit log that were answered well."""
    found = {}
    for entry in entries:
        if entry["status"] < 400 and "endpoint" in entry and entry["method"] not in ("HEAD", "OPTIONS"):
            found.setdefault(entry["endpoint"], set()).add(entry["method"])
    return {name: sorted(methods) for name, methods in sorted(found.items())}


@pytest.fixture(scope="session")
def record_judgement():
    """Compare what a judge used with judged.json, from which the documentation's table is made.

    With EIC_RECORD_JUDGES=1 the file is written instead.
    """

    def compare(judge, entries):
        found = judged_endpoints(entries)
        with open(coverage.JUDGED, encoding="utf-8") as file:
            record = json.load(file)
        if os.environ.get("EIC_RECORD_JUDGES"):
            record[judge] = found
            with open(coverage.JUDGED, "w", encoding="utf-8") as file:
                json.dump(record, file, indent=1, sort_keys=True)
                file.write("\n")
        assert record[judge] == found, (
            "run with EIC_RECORD_JUDGES=1, then python -m ontap_sim.coverage docs/simulator.md"
        )

    return compare


def interpreter(variable):
    path = os.environ.get(variable)
    if not path:
        pytest.fail(f"Set {variable} to the interpreter that this judge needs (the Makefile does).")
    return path


@pytest.fixture(scope="session")
def tools_python():
    return os.environ.get("EIC_TOOLS_PYTHON") or sys.executable


@pytest.fixture(scope="session")
def openstack_python():
    return interpreter("EIC_OPENSTACK_PYTHON")


@pytest.fixture(scope="session")
def collections():
    return interpreter("ANSIBLE_COLLECTIONS_PATH")
