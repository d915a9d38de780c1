# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks that need no lab: style, documentation, packaging, sanity and unit tests.

Each works on a copy of the checkout (see tree.py), so that the checkout stays clean and two may run at once.
"""

from __future__ import annotations

import ansible_test_home
import tree
from places import Places
from runner import Check, Command

COLLECTION = f"{tree.NAMESPACE}.{tree.NAME}"


class Gates:
    """Makes the checks for one set of places."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.tools_env = {
            "PATH": f"{places.tools / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "NO_COLOR": "1",
            "ANSIBLE_NOCOLOR": "1",
        }

    def all(self) -> list[Check]:
        """The gates, longest first so that two at a time end together."""
        return [
            Check("sanity", "ansible-test sanity", self.sanity),
            Check("importer", "galaxy-importer takes the built tarball", self.importer),
            Check("lint", "ansible-lint, profile production", self.lint),
            Check("docs", "antsibull-docs lint of every option and result", self.docs),
            Check("units", "ansible-test units", self.units, junit=self.units_junit()),
            Check("changelog", "antsibull-changelog lint", self.changelog),
            Check("ruff", "ruff check and format", self.ruff),
        ]

    def on_request(self) -> list[Check]:
        """What is no check, but uses the same tools."""
        return [Check("format", "ruff format, and what ruff check can mend", self.format)]

    def copy(self, name: str):
        """A copy of the checkout for the gate of that name, and the environment to work on it."""
        root = self.places.work / "trees" / name
        folder = tree.copy(self.places.checkout, root, self.places.collections)
        return folder, {**self.tools_env, "ANSIBLE_COLLECTIONS_PATH": str(root)}

    def tool(self, name: str, *arguments: str) -> tuple[str, ...]:
        return (str(self.places.tools / "bin" / name), *arguments)

    def ansible_test(self, tree_name: str, *arguments: str) -> Command:
        """An ansible-test command in a copy of its own; it decides by itself where its output goes."""
        folder, env = self.copy(tree_name)
        home = ansible_test_home.prepare(self.places.ansible_test_home, self.places.tools / "bin" / "pip")
        words = self.tool("ansible-test", *arguments, "--python", self.places.python_version, "--color", "no")
        # ansible-test passes its own collection path on; a second one beside it would only confuse it.
        del env["ANSIBLE_COLLECTIONS_PATH"]
        return Command(words, folder, {**env, "HOME": str(home)})

    def sanity(self) -> list[Command]:
        return [self.ansible_test("sanity", "sanity")]

    def units_junit(self):
        return self.places.work / "trees" / "units" / tree.FOLDER / "tests" / "output" / "junit"

    def units(self) -> list[Command]:
        return [self.ansible_test("units", "units")]

    def ruff(self) -> list[Command]:
        checkout = self.places.checkout
        return [
            Command(self.tool("ruff", "check", "--no-cache", "."), checkout, self.tools_env),
            Command(self.tool("ruff", "format", "--no-cache", "--check", "."), checkout, self.tools_env),
        ]

    def format(self) -> list[Command]:
        checkout = self.places.checkout
        return [
            Command(self.tool("ruff", "check", "--no-cache", "--fix", "."), checkout, self.tools_env),
            Command(self.tool("ruff", "format", "--no-cache", "."), checkout, self.tools_env),
        ]

    def lint(self) -> list[Command]:
        folder, env = self.copy("lint")
        return [
            Command(
                self.tool("ansible-lint", "--profile", "production", "--offline", "--strict"), folder, env
            )
        ]

    def docs(self) -> list[Command]:
        folder, env = self.copy("docs")
        words = self.tool(
            "antsibull-docs",
            "lint-collection-docs",
            "--plugin-docs",
            "--validate-collection-refs",
            "all",
            "--skip-rstcheck",
            str(folder),
        )
        return [Command(words, folder, env)]

    def changelog(self) -> list[Command]:
        folder, env = self.copy("changelog")
        return [Command(self.tool("antsibull-changelog", "lint"), folder, env)]

    def importer(self) -> list[Command]:
        """Build the tarball, and hand it to what Galaxy itself runs on an upload."""
        folder, env = self.copy("importer")
        out = self.places.work / "tarball"
        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("*.tar.gz"):
            old.unlink()
        build = Command(
            self.tool("ansible-galaxy", "collection", "build", "--output-path", str(out)), folder, env
        )
        own_tools = {
            **env,
            "PATH": f"{self.places.importer / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin",
            "GALAXY_IMPORTER_TMP_ROOT_DIR": str(out),
            # It shows ansible-lint no collection but ours; those we depend on are found on Python's path.
            "PYTHONPATH": str(self.places.collections.parent),
        }
        script = folder / "tests" / "tools" / "import_tarball.py"
        take = Command((str(self.places.importer / "bin" / "python"), str(script), str(out)), out, own_tools)
        return [build, take]
