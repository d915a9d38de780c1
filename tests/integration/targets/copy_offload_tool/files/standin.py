# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the copy-offload binary: same arguments, but it asks the cluster's REST API to copy.

What the real binary asks ONTAP for by an own RPC, this does with a login from the JSON file beside it: url,
username, password, ca_path.
"""

from __future__ import annotations

import base64
import json
import ssl
import sys
import time
import urllib.parse
import urllib.request


class Api:
    """The little of the REST API that is needed."""

    def __init__(self, login):
        self.login = login
        self.context = ssl.create_default_context(cafile=login["ca_path"] or None)
        pair = f"{login['username']}:{login['password']}".encode()
        self.header = {"Authorization": "Basic " + base64.b64encode(pair).decode()}

    def call(self, method, path, body=None, **query):
        """One request; the decoded answer."""
        url = self.login["url"] + path + ("?" + urllib.parse.urlencode(query) if query else "")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, self.header, method=method)
        with urllib.request.urlopen(request, context=self.context, timeout=60) as answer:
            return json.load(answer)

    def end(self, address, path):
        """A side of the copy, from the address of a LIF and an export path."""
        lifs = self.call("GET", "/network/ip/interfaces", **{"ip.address": address, "fields": "svm.name"})
        svm = lifs["records"][0]["svm"]["name"]
        services = self.call(
            "GET", "/protocols/nfs/services", **{"svm.name": svm, "fields": "vstorage_enabled"}
        )
        if not services["records"][0]["vstorage_enabled"]:
            sys.exit(f"vStorage is off in {svm}")
        junction, file = path[1:].split("/", 1)
        query = {"svm.name": svm, "nas.path": f"/{junction}", "fields": "name"}
        volume = self.call("GET", "/storage/volumes", **query)["records"][0]["name"]
        return {"svm": {"name": svm}, "volume": {"name": volume}, "path": file}


def main():
    """<source address> <destination address> <source path> <destination path>; 0 when the copy is done."""
    if len(sys.argv) != 5:
        sys.exit("four arguments are needed")
    with open(f"{__file__}.json", encoding="utf-8") as handle:
        api = Api(json.load(handle))
    source, destination = api.end(sys.argv[1], sys.argv[3]), api.end(sys.argv[2], sys.argv[4])
    body = {"files_to_copy": [{"source": source, "destination": destination}]}
    job = api.call("POST", "/storage/file/copy", body)["job"]["uuid"]
    while True:
        record = api.call("GET", f"/cluster/jobs/{job}", fields="state,message")
        if record["state"] == "success":
            return
        if record["state"] == "failure":
            sys.exit(record["message"])
        time.sleep(0.2)


if __name__ == "__main__":
    main()
