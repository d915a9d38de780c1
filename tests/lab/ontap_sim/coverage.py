# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which endpoints and methods are covered; the documentation's table is made from this."""

from __future__ import annotations


def endpoints(sim):
    """[{path, methods}] of the collections and, in the same line, of single records."""
    result = []
    for path, resource in sorted(sim.resources.items()):
        instance = getattr(resource, "instance_methods", None)
        keys = "/".join("{" + name + "}" for name, _field in resource.keys)
        result.append(
            {
                "path": path,
                "key": keys,
                "methods": list(resource.methods),
                "instance_methods": list(resource.methods if instance is None else instance) if keys else [],
                "fields": len(resource.schema.fields) if resource.schema else 0,
            }
        )
    return result
