"""What the proofs share: the server as its users start it, mail to serve, raw sessions, and a tally."""

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POP3 = os.environ.get("POP3", str(ROOT / "pop3"))
PASSWORD = "tanstaaf"
CRLF = b"\r\n"
PLAIN, STLS, TLS = "plain", "STLS", "implicit TLS"
UNVERIFIED = ssl._create_unverified_context()


class Tally:
    """Counts what was shown, prints a line for each, and has the exit status."""

    def __init__(self):
        self.began = time.monotonic()
        self.counts = {"ok": 0, "FAIL": 0, "skipped": 0}
        self.lock = threading.Lock()

    def ok(self, name):
        self._line("ok", name)

    def fail(self, name, why):
        self._line("FAIL", name, why)

    def skip(self, name, reason):
        self._line("skipped", name, reason)

    def note(self, name, finding):
        """Something worth knowing that is nobody's failure here."""
        with self.lock:
            print(f"{name} ... note: {finding}", flush=True)

    def check(self, name, holds, why=""):
        self.ok(name) if holds else self.fail(name, why)

    def _line(self, verdict, name, why=""):
        with self.lock:
            self.counts[verdict] += 1
            print(f"{name} ... {verdict}" + (f": {why}" if why else ""), flush=True)

    def close(self):
        passed, failed, skipped = self.counts.values()
        print(f"\n{passed} passed, {failed} failed, {skipped} skipped in {time.monotonic() - self.began:.0f} s")
        return 1 if failed or not passed else 0


class Site:
    """A temporary folder with maildirs, a users file, a certificate and one server over them."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pop3kit-proof-"))
        self.users = self.folder / "users"
        self.users.touch(mode=0o600)
        (self.folder / "mail").mkdir()
        self.certificate = self.folder / "cert.pem"
        self.key = self.folder / "key.pem"
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2",
             "-keyout", str(self.key), "-out", str(self.certificate)], timeout=30)
        self.server = None
        self.server_starts = 0

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # That is, by way of __exit__.
        return self

    def __exit__(self, *failure):
        if self.server:
            self.server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def account(self, name, messages):
        """A user with a maildir that holds these octets, in this order; the maildir."""
        maildir = self.folder / "mail" / name
        for folder in "tmp", "new", "cur":
            (maildir / folder).mkdir(parents=True)
        for number, octets in enumerate(messages):
            place(maildir, number, octets)
        with self.users.open("a") as users:
            users.write(f"{name}:{{PLAIN}}{PASSWORD}\n")
        return maildir

    def start(self, *more, java=""):
        """Starts a server over the maildirs, with these options more, and these of the JVM."""
        self.server_starts += 1
        self.server = Server(
            ["serve", "--listen", "127.0.0.1:0", "--listen-tls", "127.0.0.1:0", "--cert", str(self.certificate),
             "--key", str(self.key), "--store", f"maildir:{self.folder}/mail/{{user}}", "--users", str(self.users),
             "--allow-cleartext-login", *more],
            self.folder / f"server-{self.server_starts}.log", java)
        return self.server


def place(maildir, number, octets):
    """Writes a message as some delivery agent may have: into new/ or cur/, with sizes in the name that may be wrong."""
    stored, with_crlf = len(octets), len(on_the_wire(octets))
    name = f"{1700000000 + number}.M{number:06}P{100 + number}.mail.example"
    folder, tail = [
        ("new", ""),
        ("cur", ":2,S"),
        ("cur", f",S={stored},W={with_crlf}:2,"),
        ("new", f",S={stored}"),
        ("cur", f",S={stored + 1},W={with_crlf + 7}:2,RS"),  # wrong
        ("new", f",W={max(with_crlf - 2, 0)}"),  # wrong
        ("cur", ",S=99999999999999999999:2,FS"),  # absurd
    ][number % 7]
    (maildir / folder / (name + tail)).write_bytes(octets)


def contents(maildir):
    """What lies in a maildir: octets by the part of the name that stays when flags change."""
    return {file.name.split(":")[0]: file.read_bytes()
            for folder in ("new", "cur") for file in (maildir / folder).iterdir()}


def on_the_wire(stored):
    """A stored message as RETR brings it, dots not doubled: lines end in CRLF, and a CR alone is an octet like any."""
    wire = re.sub(rb"(?<!\r)\n", CRLF, stored)
    return wire if wire == b"" or wire.endswith(b"\n") else wire + CRLF


class Server:
    """A `pop3` process; ready when its constructor returns."""

    LISTENING = re.compile(r"listening on 127\.0\.0\.1:(\d+)")

    def __init__(self, arguments, log, java=""):
        self.log = log
        self.process = subprocess.Popen(
            [POP3, *arguments], stdin=subprocess.DEVNULL, stdout=log.open("wb"), stderr=subprocess.STDOUT,
            env={**os.environ, "JDK_JAVA_OPTIONS": java})
        listening = self.await_lines(self.LISTENING, 2, 600)  # The launcher may have to build first.
        self.plain, self.tls = (int(port) for port in listening[:2])

    def await_lines(self, pattern, count, seconds):
        """What the pattern found in the log, once it is there often enough."""
        late = time.monotonic() + seconds
        while True:
            ended = self.process.poll() is not None
            found = pattern.findall(self.text())
            if len(found) >= count:
                return found
            if ended or time.monotonic() > late:
                self.kill()
                raise RuntimeError(f"the server said, and not what was awaited ({pattern.pattern}):\n{self.text()}")
            time.sleep(0.02)

    def text(self):
        return self.log.read_text(errors="replace")

    def jcmd(self, command):
        """What the server's JVM answers."""
        home = Path(os.readlink(f"/proc/{self.process.pid}/exe")).parent
        return run([home / "jcmd", str(self.process.pid), command], timeout=120).decode()

    def java_version(self):
        return "Java " + re.search(r"^JDK (\S+)", self.jcmd("VM.version"), re.M).group(1)

    def descriptors(self):
        """How many its process has open."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def terminate(self, seconds=20):
        """SIGTERM; the exit status."""
        self.process.terminate()
        return self.process.wait(seconds)

    def kill(self):
        self.process.kill()
        self.process.wait(20)


class Session:
    """A connection of our own, octet by octet, that has read the greeting."""

    def __init__(self, server, user=None, tls=False, seconds=20, stls=False, source=None):
        port = server.tls if tls else server.plain
        self.socket = socket.create_connection(("127.0.0.1", port), seconds, source and (source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = UNVERIFIED.wrap_socket(self.socket)
        self.replies = self.socket.makefile("rb")
        self.greeting = self.line()
        if stls:
            if not self.ask("STLS").startswith("+OK"):
                raise RuntimeError("STLS is refused")
            self.socket = UNVERIFIED.wrap_socket(self.socket)
            self.replies = self.socket.makefile("rb")
        if user:
            self.ask(f"USER {user}")
            self.login = self.ask(f"PASS {PASSWORD}")

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.close()

    def send(self, octets):
        self.socket.sendall(octets)

    def line(self):
        return self.replies.readline()

    def ask(self, command):
        """One command; its status line without the line end."""
        self.send(command.encode() + CRLF)
        return self.line().rstrip(CRLF).decode()

    def lines(self, command):
        """One command whose reply has many lines: (status, [line, …]) with the dots taken off and line ends kept."""
        status = self.ask(command)
        return status, self.rest() if status.startswith("+OK") else []

    def listed(self, command):
        """The rows of LIST or UIDL, each a list of words."""
        status, lines = self.lines(command)
        if not status.startswith("+OK"):
            raise EOFError(f"{command}: {status or 'no answer'}")
        return [line.decode().split() for line in lines]

    def rest(self):
        return [line[1:] if line.startswith(b".") else line for line in self.stuffed()]

    def stuffed(self):
        """The lines of a reply up to its end, as they are on the wire."""
        found = []
        while True:
            line = self.line()
            if line == b".\r\n":
                return found
            if not line.endswith(CRLF):
                raise EOFError(f"the reply breaks off after {found[-1:]} {line!r}")
            found.append(line)

    def until_closed(self):
        return self.replies.read()

    def close(self):
        self.replies.close()
        self.socket.close()


def run(command, timeout, **options):
    """Runs to the end within the time, or raises with what was printed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=timeout, **options)
    if done.returncode:
        printed = done.stdout.decode(errors="replace").strip()[-2000:]
        raise RuntimeError(f"{command[0]} ended with status {done.returncode}: {printed}")
    return done.stdout


def difference(actual, expected):
    """Where two runs of octets part, and the octets around; empty if they are the same."""
    if actual == expected:
        return ""
    offset = len(os.path.commonprefix([actual, expected]))
    around = slice(max(offset - 24, 0), offset + 24)
    return (f"differs at offset {offset}: {len(actual)} octets with {actual[around]!r}, "
            f"expected {len(expected)} with {expected[around]!r}")
