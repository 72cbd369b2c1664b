"""Real databases for the proofs, from Debian's packages, on loopback and in folders that go away again."""

import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time

from harness import run
from peers import free_ports

NOBODY = pwd.getpwnam("nobody")


class Missing(Exception):
    """Why this machine cannot have it."""


def owned(folder):
    """A folder that the user whom databases run as may write to."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        for each in [folder, *folder.parents[:2]]:
            if str(each).startswith("/tmp/"):
                each.chmod(0o755)
        os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
    return folder


def as_nobody():
    """What subprocess wants to run something not as root, which databases refuse."""
    return {"user": "nobody", "group": NOBODY.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}


def await_true(what, seconds, condition):
    late = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > late:
            raise RuntimeError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Node:
    """A process with a folder of its own."""

    process = None

    def kill(self):
        """SIGKILL for it and whatever it has started."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)

    def launch(self, command):
        log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                                        start_new_session=True, **as_nobody())

    def succeeds(self, command, seconds=10):
        try:
            run(command, seconds, cwd=self.folder, **as_nobody())
            return True
        except (RuntimeError, subprocess.TimeoutExpired):
            return False


class Postgresql(Node):
    """A server, and if it is made from another one, that one's standby."""

    def __init__(self, folder, primary=None):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
        if not found:
            raise Missing("there is no PostgreSQL (Debian: postgresql)")
        self.bin = os.path.dirname(found[-1])
        self.folder = owned(folder)
        self.data = folder / "data"
        self.port, = free_ports(1)
        if primary:
            self.follow(primary)
        else:
            run([f"{self.bin}/initdb", "-D", str(self.data), "-U", "pop3", "-A", "trust", "--no-sync"], 60,
                cwd=self.folder, **as_nobody())
            self.start()
            self.sql("CREATE DATABASE mail", "postgres")

    def start(self):
        self.launch([f"{self.bin}/postgres", "-D", str(self.data), "-p", str(self.port), "-k", str(self.folder),
                     "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=60", "-c", "wal_sender_timeout=2s",
                     "-c", "shared_buffers=32MB"])
        await_true("PostgreSQL starts", 30, self.answers)

    def answers(self):
        return self.succeeds(["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "pop3", "-c", "SELECT 1", "postgres"])

    def sql(self, statement, database="mail"):
        return run(["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "pop3", "-v", "ON_ERROR_STOP=1", "-qAtc",
                    statement, database], 300, cwd=self.folder, **as_nobody()).decode().strip()

    def follow(self, primary):
        """Begins again, as a copy of the primary that waits for more."""
        shutil.rmtree(self.data, ignore_errors=True)
        run([f"{self.bin}/pg_basebackup", "-D", str(self.data), "-d",
             f"host=127.0.0.1 port={primary.port} user=pop3 application_name=standby", "-R", "-c", "fast", "--no-sync"],
            120, cwd=self.folder, **as_nobody())
        with (self.data / "postgresql.auto.conf").open("a") as settings:
            settings.write("synchronous_standby_names = ''\n")
        self.start()
        await_true("the standby streams", 30, lambda: primary.sql(
            "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "1")
        primary.wait_for_standby(True)

    def wait_for_standby(self, wait):
        """A commit is answered when the standby has it, too; or at once."""
        names = "*" if wait else ""
        self.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self.sql("SELECT pg_reload_conf()")

    def promote(self):
        run([f"{self.bin}/pg_ctl", "promote", "-D", str(self.data)], 30, cwd=self.folder, **as_nobody())
        await_true("the standby is promoted", 30, lambda: self.sql("SELECT pg_is_in_recovery()") == "f")


class Mariadb(Node):
    """A server, alone or as a node of a Galera cluster."""

    def __init__(self, folder, name="alone", cluster=None):
        if not shutil.which("mariadbd") or not shutil.which("mariadb-install-db"):
            raise Missing("there is no MariaDB (Debian: mariadb-server)")
        self.folder = owned(folder)
        self.name = name
        self.port, self.group, self.incremental, self.snapshot = free_ports(4)
        self.cluster = cluster
        if cluster is not None:
            self.library = next(iter(glob.glob("/usr/lib/galera/libgalera*.so")), None)
            if not self.library:
                raise Missing("there is no Galera (Debian: galera-4)")
            cluster.append(self)
        run(["mariadb-install-db", "--no-defaults", f"--datadir={folder}/data", "--auth-root-authentication-method=normal",
             "--skip-test-db", *(["--user=nobody"] if os.geteuid() == 0 else [])], 120, cwd=self.folder, **as_nobody())

    def start(self, first=False):
        command = ["mariadbd", "--no-defaults", f"--datadir={self.folder}/data", f"--port={self.port}",
                   "--bind-address=127.0.0.1", f"--socket={self.folder}/socket", f"--pid-file={self.folder}/pid",
                   "--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=1", "--max-connections=100",
                   "--performance-schema=OFF"]
        if self.cluster is not None:
            others = ",".join(f"127.0.0.1:{each.group}" for each in self.cluster)
            command += ["--wsrep-on=ON", f"--wsrep-provider={self.library}", "--wsrep-cluster-name=pop3kit",
                        f"--wsrep-node-name={self.name}", "--wsrep-sst-method=rsync",
                        f"--wsrep-node-address=127.0.0.1:{self.group}",
                        f"--wsrep-sst-receive-address=127.0.0.1:{self.snapshot}",
                        "--wsrep-provider-options="
                        f"base_port={self.group};gmcast.listen_addr=tcp://127.0.0.1:{self.group};"
                        f"ist.recv_addr=127.0.0.1:{self.incremental};gcache.size=32M;evs.suspect_timeout=PT2S;"
                        "evs.inactive_timeout=PT4S;evs.keepalive_period=PT0.5S",
                        f"--wsrep-cluster-address=gcomm://{'' if first else others}",
                        "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2"]
            if first:
                command.append("--wsrep-new-cluster")
        self.launch(command)
        await_true(f"MariaDB {self.name} starts", 90, self.answers)

    def sql(self, statement, database="mysql"):
        return run(["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(self.port), "-u", "pop3", "-NB", "-e",
                    statement, database], 300, cwd=self.folder, **as_nobody()).decode().strip()

    def answers(self):
        ask = ["mariadb", "--no-defaults", "--socket", f"{self.folder}/socket", "-u", "root", "-NBe"]
        if self.process.poll() is not None:
            raise RuntimeError(f"MariaDB {self.name} ended: {(self.folder / 'log').read_text(errors='replace')[-1500:]}")
        if self.cluster is None:
            return self.succeeds([*ask, "SELECT 1"])
        try:
            said = run([*ask, "SHOW STATUS LIKE 'wsrep_ready'"], 10, cwd=self.folder, **as_nobody()).decode()
            return said.split() == ["wsrep_ready", "ON"]
        except (RuntimeError, subprocess.TimeoutExpired):
            return False

    def grant(self):
        """A database, and whom our servers log in as."""
        run(["mariadb", "--no-defaults", "--socket", f"{self.folder}/socket", "-u", "root", "-e",
             "CREATE DATABASE mail; CREATE USER pop3@'127.0.0.1'; CREATE USER pop3@localhost;"
             "GRANT ALL ON *.* TO pop3@'127.0.0.1'; GRANT ALL ON *.* TO pop3@localhost"], 30,
            cwd=self.folder, **as_nobody())


class Galera:
    """Three nodes."""

    def __init__(self, folder):
        cluster = []
        self.nodes = [Mariadb(folder / f"node{i}", f"node{i}", cluster) for i in range(3)]
        try:
            for number, node in enumerate(self.nodes):
                node.start(first=number == 0)
                if number == 0:
                    node.grant()
        except Exception:
            self.kill()
            raise

    def kill(self):
        for node in self.nodes:
            node.kill()


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False
