# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A home folder for ansible-test, so that the user's own ``~/.ansible`` is neither needed nor touched.

ansible-test keeps its virtualenvs and downloads under ``~/.ansible/test`` and lets only HOME through to
pip. Two things must therefore be in that home: pip's settings as they are for the user, and the script that
ansible-test would fetch from a host of its own to put pip into a new virtualenv. Python's ensurepip does it
without that host.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

# The pip versions that ansible-core's branches ask for: 2.17; 2.18 and 2.19; 2.20 and 2.21.
PIP_VERSIONS = ("23.1.2", "24.2", "25.2")

GET_PIP = """\
# Puts pip into the virtualenv that runs this: ensurepip's pip first, then what the arguments name.
# ensurepip runs in a process of its own, because it switches pip's settings off in its environment.
import subprocess
import sys

wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
for command in (["ensurepip"], ["pip", "install", *wanted, "pip=={version}"]):
    code = subprocess.call([sys.executable, "-m", *command])
    if code:
        sys.exit(code)
"""


def prepare(home: Path, pip: Path) -> Path:
    """Make or refresh the home; *pip* is a pip that sees the user's settings."""
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in PIP_VERSIONS:
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        script.write_text(GET_PIP.format(version=version))
    settings = home / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.touch(mode=0o600)  # an index address may hold a password
    settings.write_text(pip_settings(pip))
    return home


def pip_settings(pip: Path) -> str:
    """The user's pip settings, from the environment and from files, as one [global] section."""
    done = subprocess.run([pip, "config", "list"], stdout=subprocess.PIPE, text=True, check=True)
    values: dict[str, str] = {}
    for line in done.stdout.splitlines():
        name, _equals, quoted = line.partition("=")
        section, _dot, option = name.rpartition(".")
        if section in ("global", "install", ":env:") and option != "config-file":
            values[option] = quoted.strip("'\"").replace("\\n", "\n    ")
    return "[global]\n" + "".join(f"{option} = {value}\n" for option, value in values.items())
