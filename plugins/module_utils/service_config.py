# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which configuration files a running OpenStack service reads, in which order, and what they say.

oslo.config parses in this order, and a later value wins (oslo_config/cfg.py, _parse_config_files): the
default files unless --config-file is given, the default drop-in folders unless --config-dir is given, then
the words of the command line one after the other. So a drop-in wins over the main file only where its
folder is parsed after it.
"""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path

from . import config_files
from .planner import ini_edit

FILE, FOLDER = "--config-file", "--config-dir"


@dataclass(frozen=True)
class Process:
    pid: int
    words: tuple[str, ...]

    @property
    def python(self) -> str | None:
        first = self.words[0]
        return first if os.path.basename(first).startswith("python") else None


def find_process(services, root: str = "/proc") -> Process | None:
    """The oldest process of a service in our own mount namespace (a container's service is another one's).

    services: names of programs (cinder-volume), or of modules that a WSGI server loads (glance.wsgi.api).
    """
    own = _namespace(root, "self")
    for pid in sorted(int(name) for name in os.listdir(root) if name.isdigit()):
        try:
            content = Path(root, str(pid), "cmdline").read_bytes()
        except OSError:  # gone in the meantime, or not ours to read
            continue
        words = tuple(os.fsdecode(word) for word in content.split(b"\0") if word)
        if words and _runs(words, set(services)) and _namespace(root, str(pid)) == own:
            return Process(pid, words)
    return None


def _runs(words, services: set[str]) -> bool:
    """Whether a command line runs one of the services.

    Others name one too, and are older than a service that was restarted: journalctl -fu cinder-volume.
    """
    program = os.path.basename(words[0])
    if program.startswith("python"):
        rest = list(words[1:])
        while rest and rest[0].startswith("-"):  # Python's own: packages of Red Hat start their scripts by -s
            del rest[: 2 if rest[0] in ("-W", "-X") else 1]
        program = os.path.basename(rest[0]) if rest else program
    if program in services:
        return True
    named = services & {word.split(":")[0] for word in words[1:]}
    return bool(named) and (program.startswith("uwsgi") or any("." in name for name in named))


def started(pid: int, root: str = "/proc") -> float:
    """When a process started, in seconds since 1970, to within a second."""
    # The second field is the command in brackets and may hold blanks; the start is field 22.
    fields = (
        Path(root, str(pid), "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    )
    boot = next(
        line
        for line in Path(root, "stat").read_text(encoding="utf-8").splitlines()
        if line.startswith("btime")
    )
    return int(boot.split()[1]) + int(fields[19]) / os.sysconf("SC_CLK_TCK")


def modified_after(paths: list[str], moment: float) -> list[str]:
    return [path for path in paths if os.path.exists(path) and os.path.getmtime(path) > moment + 1]


def unread(paths: list[str], moment: float) -> list[str]:
    """Files that we changed after a moment, by what is kept of them (see config_files.py)."""
    return [
        path
        for path in paths
        if modified_after(
            [config_files.beside(path, ending) for ending in (config_files.KEPT, config_files.ABSENT)], moment
        )
    ]


def _namespace(root: str, pid: str) -> str:
    try:
        return os.readlink(f"{root}/{pid}/ns/mnt")
    except OSError:
        return ""


def config_words(words) -> list[tuple[str, str]]:
    """(--config-file or --config-dir, path) in the order of the command line."""
    found = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        for option in (FILE, FOLDER):
            if word == option and rest:
                found.append((option, rest.pop(0)))
            elif word.startswith(option + "="):
                found.append((option, word.split("=", 1)[1]))
    return found


def sources(words: list[tuple[str, str]], config_file: str, config_dir: str | None) -> list[tuple[str, str]]:
    """Files and folders in the order in which they are parsed."""
    options = {option for option, path in words}
    defaults = []
    if FILE not in options:
        defaults.append((FILE, config_file))
    if FOLDER not in options and config_dir:
        defaults.append((FOLDER, config_dir))
    return defaults + words


def drop_in_folder(parsed: list[tuple[str, str]]) -> str | None:
    """The folder whose files win over everything else, or None."""
    option, path = parsed[-1]
    return path if option == FOLDER else None


def main_file(parsed: list[tuple[str, str]]) -> str:
    """The last file; what is written there wins over the files before it."""
    return [path for option, path in parsed if option == FILE][-1]


def files(parsed: list[tuple[str, str]]) -> list[str]:
    """All files in the order in which they are read."""
    found = []
    for option, path in parsed:
        found += [path] if option == FILE else sorted(glob.glob(os.path.join(path, "*.conf")))
    return found


def named(paths: list[str], names) -> list[str]:
    """Those paths whose file name is one of the names."""
    return [path for path in paths if os.path.basename(path) in names]


def parse(text: str) -> list[tuple[str, str, str]]:
    """(section, key, value) of one file, by oslo.config's rules for comments, quotes and continued lines."""
    found: list[tuple[str, str, str]] = []
    section = "DEFAULT"
    # Not splitlines: for oslo.config a form feed ends no line.
    for line in text.split("\n"):
        line = line.rstrip()
        if not line or line[0] in "#;":
            continue
        if line[0] in " \t":
            if found:
                last = found[-1]
                found[-1] = (last[0], last[1], f"{last[2]}\n{line.strip()}".strip())
        elif line[0] == "[":
            section = line[1 : line.index("]")] if "]" in line else line[1:]
        else:
            cut = min((line.index(sign) for sign in "=:" if sign in line), default=None)
            if cut is not None:
                found.append((section, line[:cut].strip(), ini_edit.unquoted(line[cut + 1 :])))
    return found


def values(paths: list[str], wanted: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Values of the wanted "section/key" (of the last file that has it) and all section names."""
    found: dict[str, list[str]] = {}
    sections: list[str] = []
    for path in paths:
        try:
            entries = parse(Path(path).read_text(encoding="utf-8", errors="replace"))
        except FileNotFoundError:
            continue
        here: dict[str, list[str]] = {}
        for section, key, value in entries:
            if section not in sections:
                sections.append(section)
            name = f"{section}/{key}"
            if name in wanted:
                here.setdefault(name, []).append(value)
        found.update(here)
    return found, sections
