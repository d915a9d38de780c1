# Copyright (c) 2026, the openstack_ontap.enhanced_instance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of the lab: up, down, status, exec."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time

from . import checks, clouds, enter, inside, memory, prepared, proc, ready, schema, secret, seed, state
from .failure import LabError
from .paths import LAB_SOURCE
from .progress import say, step, total
from .supervisor import Supervisor

START_SECONDS = 240


class Life:
    """One lab: its place, its addresses and the tools it is made with."""

    def __init__(self, lab, addresses, cache):
        self.lab, self.addresses, self.cache = lab, addresses, cache

    def leftovers(self):
        root = self.lab.root
        return [*proc.processes_on(self.lab.overlay), *proc.loop_devices(root), *proc.mounts_below(root)]

    def judged(self):
        """(verdict, recorded state)"""
        known = state.read(self.lab.state)
        alive = known is not None and known.alive()
        there = state.ours(self.lab.root)
        if alive and known.complete:
            return state.UP, known
        return state.judge(known, alive, self.leftovers(), there), known

    def running(self):
        """The State of the running lab; a sentence when it is not up."""
        verdict, known = self.judged()
        if verdict != state.UP:
            raise LabError("The lab is not up: run `make lab-up` (tests/lab/lab.py up) first.")
        return known

    @contextlib.contextmanager
    def alone(self):
        """Two `up` or `down` of one lab do not mix."""
        self.lab.root.parent.mkdir(parents=True, exist_ok=True)
        with self.lab.root.with_name(self.lab.root.name + ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("  waiting for another `up` or `down` of this lab to end")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def up(self, programs=ready.PROGRAMS):
        with self.alone():
            verdict, known = self.judged()
            if verdict == state.UP:
                self.up_already(known, programs)
                return
            if verdict == state.BROKEN:
                with step("cleared away what a killed lab left"):
                    self.clear()
            self.check(programs)
            try:
                self.start(programs)
            except LabError as failure:
                self.keep_logs()
                self.clear()
                raise LabError(str(failure).replace(str(self.lab.log), str(self.failed_logs))) from failure
            except BaseException:
                self.keep_logs()
                self.clear()
                raise
        say(f"The lab is up after {total():.0f} s: {self.lab.root} (OS_CLIENT_CONFIG_FILE={self.lab.clouds})")

    def up_already(self, known, programs):
        missing = [name for name in programs if name not in known.programs]
        if missing:
            raise LabError(
                f"The lab is already up, but without {', '.join(missing)}: "
                "run `lab.py down`, then `lab.py up` again."
            )
        supervisor = Supervisor(known.pid)
        records = supervisor.programs()
        stopped = [
            name for name in known.programs if records[name]["statename"] not in ("RUNNING", "STARTING")
        ]
        if stopped:
            with step(f"started again: {', '.join(stopped)}"):
                supervisor.start(stopped)
                self.wait(supervisor, stopped)
        say(f"The lab is already up: {self.lab.root}")

    def check(self, programs):
        checks.place(self.lab.root)
        only_ontap = "mariadb" not in programs
        checks.disk(self.lab.root, 1 if only_ontap else 5, "a running lab")
        checks.ports(self.addresses.listeners(only_ontap))

    def start(self, programs):
        lab, whole = self.lab, "mariadb" in programs
        copy = self.cache.prepared(self.addresses.net)
        restored = False
        lab.root.mkdir(parents=True, exist_ok=True)
        state.mark(lab.root)
        checks.kernel(lab.root)
        data = [lab.data / name for name in inside.DATA]
        for folder in (lab.log, lab.ontap, lab.plain, *data):
            folder.mkdir(parents=True, exist_ok=True)
        # Cinder's plain share: any root may write there, the driver makes its files.
        lab.plain.chmod(0o777)
        if whole and prepared.exists(copy):
            with step("prepared databases put in place"):
                restored = prepared.restore(lab, copy)
                for folder in data:
                    folder.mkdir(parents=True, exist_ok=True)
        secret.make_missing(lab.secrets)
        (lab.ontap / "seed.json").write_text(
            json.dumps(seed.content(self.addresses, lambda name: str(lab.secrets / name)), indent=1) + "\n"
        )
        clouds.write(lab, self.addresses)
        with step("certificate authority and the simulator's certificate"):
            self.tool("-m", "labkit.tls", str(lab.ca))
        with step("namespace, overlays, users, configuration, supervisord"):
            pid = self.open_namespace()
        self.record(pid, programs)
        enter.write_wrapper(lab, pid, self.cache.tools)
        supervisor = Supervisor(pid)
        if whole and not restored:
            self.prepare(supervisor, pid, programs, copy)
        for stage in ready.STAGES:
            there = [name for name in programs if name in stage]
            supervisor.start(there)
            self.wait(supervisor, there)
        if "neutron-server" in programs:
            self.probe().wake_neutron()
        self.record(pid, programs, complete=True)

    def open_namespace(self):
        """Start the lab's first process; returns the pid of its supervisord as seen from outside."""
        words = [
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "--propagation",
            "private",
        ]
        words += [sys.executable, str(LAB_SOURCE / "lab.py"), "_inside"]
        log = self.lab.log / "namespace.log"
        with log.open("ab") as output:
            outer = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                # What the caller's shell has set (proxies, CA bundles) is nothing to the services.
                env=enter.clean_environment(self.lab, self.addresses, self.cache),
            )
        deadline = time.monotonic() + 60
        while outer.poll() is None and time.monotonic() < deadline:
            for pid in proc.children(outer.pid):
                if Supervisor(pid).answers():
                    return pid
            time.sleep(0.1)
        outer.kill()
        raise LabError(f"The lab's namespace could not be set up; {log} tells why.")

    def record(self, pid, programs, complete=False):
        state.write(
            self.lab.state,
            state.State(
                pid=pid,
                ticks=proc.start_ticks(pid),
                space=proc.namespace(pid),
                net=self.addresses.net,
                programs=list(programs),
                complete=complete,
            ),
        )

    def prepare(self, supervisor, pid, programs, copy):
        """Schemas and the plain cloud's contents, then the copy of them for the next time."""
        lab = self.lab
        with step("an empty database server"):
            schema.install_server(pid, lab.log)
        supervisor.start(["mariadb", "rabbitmq"])
        self.wait(supervisor, ["mariadb"])
        schema.create_databases(pid, lab.secret, lab.log)
        with step("schemas of all services"):
            schema.make_all(pid, lab.secret, self.addresses.url("keystone", "/v3"), lab.log)
        self.wait(supervisor, ["rabbitmq"])
        supervisor.start(ready.APIS)
        self.wait(supervisor, ready.APIS)
        with step("service users, catalogue, project, flavors, network, volume type, quotas"):
            self.tool("-m", "labkit.bootstrap")
        with step(f"kept for the next time: {copy}"):
            supervisor.stop(["mariadb"])
            prepared.save(lab, copy)

    def probe(self):
        return ready.Probe(self.addresses, lambda: self.lab.secret("keystone_admin"))

    def wait(self, supervisor, names):
        began = time.monotonic()
        for name in supervisor.wait(
            names, self.probe(), START_SECONDS, lambda name: self.lab.log / f"{name}.log"
        ):
            say(f"  {time.monotonic() - began:5.1f}s {name} is ready")

    def tool(self, *words):
        """Run the tools' Python on the labkit; what it says on failure goes to the log."""
        done = subprocess.run(
            [self.cache.tools / "bin" / "python", *words],
            env=enter.clean_environment(self.lab, self.addresses, self.cache),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            log = self.lab.log / "tool.log"
            log.write_text(done.stdout + done.stderr)
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise LabError(f"{' '.join(words[:2])} failed ({last}); {log} keeps the whole story.")

    @property
    def failed_logs(self):
        return self.lab.root.with_name(self.lab.root.name + "-failed-logs")

    def keep_logs(self):
        """The logs of a start that failed outlive its run state."""
        shutil.rmtree(self.failed_logs, ignore_errors=True)
        if self.lab.log.exists():
            shutil.copytree(self.lab.log, self.failed_logs)
            say(f"The logs are kept in {self.failed_logs}.")

    def clear(self):
        """End the processes of this lab, free its loop devices and mounts, remove its run state."""
        known = state.read(self.lab.state)
        pids = proc.processes_on(self.lab.overlay)
        if known is not None and known.alive():
            # The first process of a pid namespace takes all others with it.
            proc.kill([known.pid])
        if not proc.kill(pids):
            raise LabError(
                f"Processes {pids} of the lab do not end: look at them with ps, then run `lab.py down`."
            )
        for point in proc.mounts_below(self.lab.root):
            subprocess.run(["umount", "--lazy", point], check=False)
        deadline = time.monotonic() + 10
        while (devices := proc.loop_devices(self.lab.root)) and time.monotonic() < deadline:
            for device in devices:
                subprocess.run(["losetup", "--detach", device], check=False, capture_output=True)
            time.sleep(0.1)
        if devices:
            raise LabError(
                f"Loop devices {', '.join(devices)} stay in use: find their user, then run `lab.py down`."
            )
        if state.ours(self.lab.root):
            shutil.rmtree(self.lab.root)

    def down(self):
        with self.alone():
            verdict, _known = self.judged()
            if verdict == state.DOWN:
                say("The lab is not up.")
                return
            with step("processes ended, mounts and loop devices freed, run state removed"):
                self.clear()
        self.lab.root.with_name(self.lab.root.name + ".lock").unlink(missing_ok=True)

    def report(self):
        """What runs, as data: verdict, memory in bytes (shared pages in shares), and a record per program."""
        verdict, known = self.judged()
        found = {"verdict": verdict, "lab": str(self.lab.root), "net": self.addresses.net}
        found |= {"memory_bytes": 0, "programs": {}}
        if verdict != state.UP:
            return found
        probe = ready.Probe(self.addresses, lambda: self.lab.secret("keystone_admin"))
        used = memory.by_program(proc.processes_on(self.lab.overlay), known.pid)
        found["memory_bytes"] = sum(used.values()) * 1024
        records = Supervisor(known.pid).programs()
        for name in known.programs:
            record = records[name]
            found["programs"][name] = {
                "state": record["statename"],
                "ready": record["statename"] == "RUNNING" and probe(name),
                "memory_bytes": used.get(record["pid"], 0) * 1024,
                "since": record["start"],
            }
        return found

    def status(self):
        """Print a table; True when all that should run is ready."""
        found = self.report()
        if found["verdict"] != state.UP:
            broken = "The lab was killed; the next `up` or `down` clears it."
            say("The lab is down." if found["verdict"] == state.DOWN else broken)
            return False
        say(f"{'program':18}{'state':10}{'ready':7}{'MiB':>6}  since")
        for name, record in found["programs"].items():
            since = time.strftime("%H:%M:%S", time.localtime(record["since"])) if record["since"] else "-"
            is_ready = "yes" if record["ready"] else "no"
            say(f"{name:18}{record['state']:10}{is_ready:7}{record['memory_bytes'] >> 20:6}  {since}")
        say(f"memory of all {found['memory_bytes'] >> 20} MiB; run state {found['lab']}, net {found['net']}")
        return all(record["ready"] for record in found["programs"].values())

    def exec(self, words):
        """Replace this process by ``words`` inside the lab."""
        known = self.running()
        environment = enter.user_environment(self.lab, self.addresses, self.cache.tools)
        whole = enter.command(known.pid, words, os.getcwd())
        os.execvpe(whole[0], whole, environment)
