"""The servers of `compare`, each over the same maildirs and users: Dovecot in three configurations, GreenMail, ours on several JDKs,
and one that only sends what it has by heart."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "proofs"))

import dovecot
from harness import PASSWORD, run
from peers import GreenMail, Missing

JAR = ROOT / "benchmarks/target/benchmarks.jar"
CLI = ROOT / "pop3-cli/target/pop3-cli.jar"
LOAD = "io.github.pop3kit.benchmarks.load.Load"


class Contender:
    """A server with a name; `missing` says why it cannot be tried here, `start` gives it ports and a process."""

    takes = None  # The workloads that it is for, if not for all.
    driven = ()  # What the driver is told about it.
    sessions = 10_000  # How many at once it is asked to hold.
    plain = tls = process = None

    def __init__(self, name):
        self.name = name

    def missing(self):
        return ""

    def start(self, site, maildrops):
        raise NotImplementedError

    def version(self):
        raise NotImplementedError

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


class Dovecot(Contender):

    def __init__(self, name, services, sessions):
        super().__init__(name)
        self.services, self.sessions = services, sessions

    def missing(self):
        return dovecot.Dovecot.missing()

    def start(self, site, maildrops):
        self.server = dovecot.Dovecot(site, None, self.services, self.name)
        self.server.start(site.users)
        self.process, self.plain, self.tls = self.server.process, self.server.plain, self.server.tls

    def version(self):
        return "Dovecot " + run(["dovecot", "--version"], 20).decode().split()[0]


class Ours(Contender):
    """`pop3 serve`, as the user whose mail it is."""

    def __init__(self, name, java, *options, conscrypt=False, takes=None, flags=()):
        super().__init__(name)
        self.java, self.options, self.conscrypt, self.takes, self.flags = java, options, conscrypt, takes, list(flags)

    def missing(self):
        if not home(self.java):
            return f"no JDK {self.java} is found in /usr/lib/jvm"
        return "" if JAR.exists() else f"there is no {JAR.relative_to(ROOT)}; mvn -pl benchmarks -am package makes it"

    def start(self, site, maildrops):
        path, flags = [CLI], list(self.flags)
        if self.conscrypt:
            path += (ROOT / "benchmarks/target/lib").glob("conscrypt-*.jar")
            provider = site.folder / "conscrypt.security"
            provider.write_text(first_provider(home(self.java), "org.conscrypt.OpenSSLProvider"))
            flags.append(f"-Djava.security.properties={provider}")
        user = []
        if os.geteuid() == 0:
            user = ["setpriv", f"--reuid={dovecot.UID}", f"--regid={dovecot.UID}", "--clear-groups"]
        log = site.folder / f"{self.name}.log"
        self.process = subprocess.Popen(
            [*user, f"{home(self.java)}/bin/java", *flags, "-cp", ":".join(map(str, path)), "io.github.pop3kit.cli.Pop3", "serve",
             "--listen", "127.0.0.1:0", "--listen-tls", "127.0.0.1:0", "--cert", str(site.certificate), "--key", str(site.key),
             "--store", f"maildir:{site.folder}/mail/{{user}}", "--users", str(site.users), "--allow-cleartext-login", *self.options],
            stdin=subprocess.DEVNULL, stdout=log.open("wb"), stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.plain, self.tls = (int(port) for port in listening(self, log, r"listening on 127\.0\.0\.1:(\d+)", 2))

    def version(self):
        return f"pop3kit on {java_version(self.java)}" + (", " + conscrypt_version() if self.conscrypt else "")


class Canned(Contender):
    """Replies that were made before: what it cannot do, driver and kernel cannot."""

    def __init__(self, name, java):
        super().__init__(name)
        self.java = java
        self.takes = "login", "poll", "retr-small", "retr-pipe", "retr-large-lf", "retr-large", "scan", "greeted", "idle"

    missing = Ours.missing

    def start(self, site, maildrops):
        log = site.folder / f"{self.name}.log"
        self.process = subprocess.Popen([*load(self.java), "canned", "--maildrops", ",".join(maildrops)], stdin=subprocess.DEVNULL,
                                        stdout=log.open("wb"), stderr=subprocess.STDOUT)
        self.plain, = (int(port) for port in listening(self, log, r"listening on (\d+)", 1))

    def version(self):
        return "CannedServer on " + java_version(self.java)


class Green(Contender):
    """All its mail is in memory, and comes by SMTP, so it gets no more than it needs. Its STAT leaves headers out."""

    driven = "--sizes", "lax"
    takes = "login", "login-tls-full", "login-tls-resumed", "retr-small", "greeted"
    def missing(self):
        return "" if home(25) or home(17) else "no JDK is found in /usr/lib/jvm"

    def start(self, site, maildrops):
        os.environ["JAVA_HOME"] = home(25) or home(17)
        self.server = GreenMail(site)
        for drop in maildrops:
            prefix, users, messages, *_ = drop.split(":")
            if prefix in ("login", "small"):
                for number in range(int(users)):
                    maildir = site.folder / "mail" / f"{prefix}{number}" / "cur"
                    files = sorted(maildir.iterdir()) if number == 0 else files
                    self.server.accounts[f"{prefix}{number}"] = {file.name: file.read_bytes() for file in files}
        try:
            self.server.start()
        except Missing as e:
            raise RuntimeError(str(e)) from e
        self.process, self.plain, self.tls = self.server.process, self.server.plain, self.server.tls

    def version(self):
        return "GreenMail " + GreenMail.ARTIFACT.split(":")[2] + " on " + java_version(25 if home(25) else 17)


def all_of(newest):
    """Those that there are; JDK numbers are those of the issue, and what is not here is left out with its reason."""
    return [
        Dovecot("dovecot-tuned", dovecot.TUNED, 1_000),
        Dovecot("dovecot-shared", dovecot.SHARED, 5_000),
        Dovecot("dovecot-default", dovecot.DEFAULT, 300),
        Green("greenmail"),
        Ours("pop3kit-17", 17),
        Ours("pop3kit-25", 25),
        Ours("pop3kit-25-conscrypt", 25, conscrypt=True, takes=("login", "login-tls-full", "login-tls-resumed", "retr-large-tls")),
        Ours("pop3kit-25-remembers", 25, "--remember-logins", "10m", takes=("login-crypt",)),
        Canned("canned", newest),
    ]


def load(java):
    """The driver's command, up to what it is to do. Its threads are virtual, and one of the system's is enough for them."""
    return [f"{home(java)}/bin/java", "-Djdk.virtualThreadScheduler.parallelism=1", "-Xms512m",
            "-XX:+UseParallelGC", "--enable-native-access=ALL-UNNAMED", "-cp", str(JAR), LOAD]


def home(java):
    """Of the JDK of this version."""
    for release in sorted(Path("/usr/lib/jvm").glob("*/release")):
        if (f'JAVA_VERSION="{java}.' in release.read_text() or f'JAVA_VERSION="{java}"' in release.read_text()) \
                and (release.parent / "bin/javac").exists():
            return str(release.parent)
    return None


def java_version(java):
    return "JDK " + re.search(r'JAVA_VERSION="([^"]+)', Path(home(java), "release").read_text()).group(1)


def conscrypt_version():
    jar, = (ROOT / "benchmarks/target/lib").glob("conscrypt-*.jar")
    return "Conscrypt " + re.search(r"-([0-9.]+)\.jar", jar.name).group(1)


def first_provider(jdk, name):
    """Settings that put a provider before those that the JDK has."""
    text = Path(jdk, "conf/security/java.security").read_text()
    others = re.findall(r"^security\.provider\.\d+=(.+)$", text, re.M)
    return "".join(f"security.provider.{number}={each}\n" for number, each in enumerate([name, *others], 1))


def listening(contender, log, pattern, count):
    late = time.monotonic() + 60
    while True:
        found = re.findall(pattern, log.read_text(errors="replace"))
        if len(found) >= count:
            return found[:count]
        if contender.process.poll() is not None or time.monotonic() > late:
            raise RuntimeError(f"{contender.name} does not listen; it said:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)
