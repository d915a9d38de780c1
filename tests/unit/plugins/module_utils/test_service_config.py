# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import time

import pytest

from ansible_collections.openstack_ontap.enhanced_instance.plugins.module_utils import service_config

MAIN, FOLDER = "/etc/cinder/cinder.conf", "/etc/cinder/cinder.conf.d"


@pytest.mark.parametrize(
    ("words", "main", "folder"),
    [
        pytest.param([], MAIN, FOLDER, id="defaults: the default folder comes last"),
        pytest.param(
            ["--config-file", MAIN], MAIN, None, id="the default folder comes before the named file"
        ),
        pytest.param(
            [f"--config-file={MAIN}", f"--config-dir={FOLDER}"], MAIN, FOLDER, id="folder after file"
        ),
        pytest.param(["--config-dir", FOLDER, "--config-file", MAIN], MAIN, None, id="file after folder"),
        pytest.param(["--config-dir", "/x"], MAIN, "/x", id="default file, named folder"),
        pytest.param(
            ["--config-file", "/usr/share/cinder/cinder-dist.conf", "--config-file", MAIN, "--logfile", "l"],
            MAIN,
            None,
            id="two files, the last one wins",
        ),
    ],
)
def test_where_an_option_wins(words, main, folder):
    parsed = service_config.sources(
        service_config.config_words(["/usr/bin/cinder-volume", *words]), MAIN, FOLDER
    )
    assert service_config.main_file(parsed) == main
    assert service_config.drop_in_folder(parsed) == folder


def test_parse_as_oslo_config_does():
    text = "\n".join(
        [
            "# a comment",
            "[DEFAULT]",
            "enabled_backends = a,",
            "  b",
            "; another comment",
            "quoted = 'x y'",
            "fed = x\x0cy",
            "colon: 1=2",
            "empty =",
            "[b]",
            "k=v=w",
        ]
    )
    assert service_config.parse(text) == [
        ("DEFAULT", "enabled_backends", "a,\nb"),
        ("DEFAULT", "quoted", "x y"),
        ("DEFAULT", "fed", "x\x0cy"),
        ("DEFAULT", "colon", "1=2"),
        ("DEFAULT", "empty", ""),
        ("b", "k", "v=w"),
    ]


def test_a_later_file_wins_and_a_missing_one_is_passed_over(tmp_path):
    one, two = tmp_path / "one.conf", tmp_path / "two.conf"
    one.write_text("[DEFAULT]\na = 1\nb = 1\nb = 2\n")
    two.write_text("[other]\nx = y\n[DEFAULT]\na = 3\n")
    paths = [str(one), str(tmp_path / "missing.conf"), str(two)]
    values, sections = service_config.values(paths, ["DEFAULT/a", "DEFAULT/b", "DEFAULT/c"])
    assert values == {"DEFAULT/a": ["3"], "DEFAULT/b": ["1", "2"]}
    assert sections == ["DEFAULT", "other"]


def process(root, pid, words, namespace="mnt:[1]"):
    folder = root / str(pid)
    (folder / "ns").mkdir(parents=True)
    (folder / "cmdline").write_bytes(b"\0".join(word.encode() for word in words) + b"\0")
    (folder / "ns" / "mnt").symlink_to(namespace)


@pytest.mark.parametrize(
    ("services", "pid"),
    [(["cinder-volume"], 20), (["glance-api", "glance.wsgi.api"], 40), (["nova-compute"], None)],
)
def test_the_process_of_a_service(tmp_path, services, pid):
    process(tmp_path, "self", ["python3", "ansible"])
    process(tmp_path, 10, ["/venv/bin/python", "/venv/bin/cinder-volume"], "mnt:[2]")  # a container's
    process(tmp_path, 11, ["journalctl", "-fu", "cinder-volume"])  # those who look at it
    process(tmp_path, 12, ["grep", "cinder-volume", "/var/log/messages"])
    process(tmp_path, 13, ["/usr/bin/python3", "/usr/bin/supervisorctl", "tail", "-f", "cinder-volume"])
    process(tmp_path, 14, ["/usr/bin/python3"])
    process(tmp_path, 15, ["tail", "-f", "/var/log/cinder-volume.log"])
    process(tmp_path, 20, ["/venv/bin/python3", "/venv/bin/cinder-volume", "--config-file", MAIN])
    process(tmp_path, 30, ["/venv/bin/python3", "/venv/bin/cinder-volume"])  # its child
    process(tmp_path, 40, ["uwsgi", "--module", "glance.wsgi.api:application"])
    found = service_config.find_process(services, str(tmp_path))
    assert (found.pid if found else None) == pid


@pytest.mark.parametrize(
    ("words", "service"),
    [
        (["/usr/bin/python3", "-s", "/usr/bin/cinder-volume", "--config-file", MAIN], "cinder-volume"),
        (["/usr/bin/python3", "-W", "ignore", "-sP", "/usr/bin/cinder-volume"], "cinder-volume"),
        (["/usr/bin/cinder-volume"], "cinder-volume"),
        (["/usr/bin/uwsgi_python3", "--procname-prefix", "glance-api", "--ini", "x.ini"], "glance-api"),
        (["/usr/bin/python3", "/usr/bin/gunicorn", "glance.wsgi.api:application"], "glance.wsgi.api"),
    ],
)
def test_the_ways_to_start_a_service(tmp_path, words, service):
    process(tmp_path, "self", ["python3", "ansible"])
    process(tmp_path, 20, words)
    assert service_config.find_process([service], str(tmp_path)).pid == 20


def test_the_interpreter_of_a_process():
    assert service_config.Process(1, ("/venv/bin/python3.11", "/venv/bin/x")).python == "/venv/bin/python3.11"
    assert service_config.Process(1, ("uwsgi",)).python is None


def test_files_written_after_the_start(tmp_path):
    path = tmp_path / "x.conf"
    path.write_text("")
    os.utime(path, (1000, 1000))
    paths = [str(path), str(tmp_path / "missing.conf")]
    assert service_config.modified_after(paths, 990.0) == [str(path)]
    assert service_config.modified_after(paths, 1000.0) == []


def test_only_our_own_changes_count_as_unread(tmp_path):
    ours, theirs, new = (tmp_path / name for name in ("ours", "theirs", "new"))
    for path in (ours, theirs, new, tmp_path / ".ours.before-last-change", tmp_path / ".new.was-absent"):
        path.touch()
    paths = [str(path) for path in (ours, theirs, new)]
    assert service_config.unread(paths, 1000.0) == [str(ours), str(new)]
    assert service_config.unread(paths, 1e11) == []


def test_our_own_process_started_before_now():
    assert 0 <= time.time() - service_config.started(os.getpid()) < 24 * 3600


def test_named():
    assert service_config.named(["/a/x.conf", "/a/y.conf"], ["y.conf"]) == ["/a/y.conf"]
