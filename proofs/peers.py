"""POP3 servers, other people's and ours, each on free ports of 127.0.0.1, with its files in a temporary folder.

Nothing is installed: Debian's packages are fetched into target/peers, unpacked there, and laid over /usr and /etc for
the eyes of that one server, in a mount namespace of its own; its /var and /run are empty folders. It has a process
namespace too, so that all it started ends with it. That takes root, Linux and apt-get.
"""

import os
import random
import re
import shutil
import smtplib
import socket
import subprocess
import threading
import time
from pathlib import Path

from harness import PASSWORD, PLAIN, ROOT, STLS, TLS, Session, on_the_wire, run

CACHE = ROOT / "target" / "peers"
DOWNLOADS = threading.Lock()
FIRST_UID = 61000
ROLES = "dovecot", "dovenull", "courier", "cyrus", "popa3d"  # users that the servers' own processes have
ENDS_EARLY = "it does not double a dot that begins a message, and so ends this one before it has begun"


class Missing(Exception):
    """Why a server cannot be tried here."""


class Peer:
    """A server that is not ours, with the accounts that it was given before its start."""

    name = ""
    modes = PLAIN, STLS, TLS
    takes_long = False  # Only in the long form.
    leaves_out = {}  # message: reason

    def __init__(self, site):
        self.site = site
        self.folder = site.folder / self.name.lower().replace(" ", "-")
        self.folder.mkdir(mode=0o711)
        self.certificate, self.key = site.certificate, site.key
        self.log = self.folder / "log"
        self.accounts = {}  # messages of each user, by their names
        self.process = None
        self.plain, self.tls = free_ports(2)

    def provide(self):
        """Brings what the server consists of; Missing if it cannot."""
        raise NotImplementedError

    def launch(self):
        """Puts the messages in, where that is done before the start, and starts the process."""
        raise NotImplementedError

    def fill(self):
        """What can be put in only while it runs."""

    def start(self):
        self.provide()
        self.launch()
        late = time.monotonic() + 60
        for port in [self.plain] if self.modes == (PLAIN,) else [self.plain, self.tls]:
            while not answers(port):
                if self.process.poll() is not None or time.monotonic() > late:
                    raise RuntimeError(f"{self.name} does not listen; it said:\n{self.text()[-2000:]}")
                time.sleep(0.05)
        self.fill()

    def popen(self, command, **options):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log.open("ab"),
                                        stderr=subprocess.STDOUT, start_new_session=True, **options)

    def text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait(20)

    def file(self, name, text, mode=0o644):
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode)
        file.write_text(text)
        return file


class Ours(Peer):
    name = "our own"
    options = ()

    def provide(self):
        pass

    def launch(self):
        for name, messages in self.accounts.items():
            self.site.account(name, messages.values())
        server = self.site.start(*self.options)
        self.process, self.log, self.plain, self.tls = server.process, server.log, server.plain, server.tls


# ---- servers out of Debian's packages


class Packaged(Peer):
    packages = ()
    writes_to = ()  # folders in /run and /var/lib that the package's scripts would have made, and whose they are

    def provide(self):
        if os.geteuid() != 0:
            raise Missing("only root can start it")
        for program in "apt-get", "dpkg", "unshare":
            if not shutil.which(program):
                raise Missing(f"there is no {program} here")
        try:
            run(["unshare", "--mount", "--pid", "--fork", "mount", "-t", "overlay", "-o", "lowerdir=/etc:/usr", "overlay",
                 str(self.folder)], 20)
        except RuntimeError as e:
            raise Missing(f"a mount namespace of its own is not allowed here: {e}") from e
        self.root = unpacked(self.packages)

    def user(self, name):
        """The number of a user."""
        return FIRST_UID + len(ROLES) + list(self.accounts).index(name)

    def home(self, name):
        return self.folder / "home" / name

    def deliver(self):
        """Into each user's maildir, ~/Maildir."""
        for name, messages in self.accounts.items():
            maildir = self.home(name) / "Maildir"
            for part in "tmp", "new", "cur":
                (maildir / part).mkdir(parents=True)
            for number, octets in enumerate(messages.values()):
                # Sizes that are wrong in the names are for our own store; others take them at their word.
                file = maildir / "cur" / f"{1700000000 + number}.M{number:06}P{100 + number}.mail.example:2,"
                file.write_bytes(octets)
            own(self.home(name), self.user(name))

    def launch(self):
        self.deliver()
        self.write_etc()
        var = self.folder / "var"
        if (self.root / "var").exists():
            shutil.copytree(self.root / "var", var, dirs_exist_ok=True)
        for part in "lib", "mail", "log", "tmp", "empty", "spool":
            (var / part).mkdir(parents=True, exist_ok=True)
        if not (var / "run").exists():
            (var / "run").symlink_to("/run")
        (var / "mail").chmod(0o1777)
        usr = f"{self.root}/usr:/usr" if (self.root / "usr").exists() else ""
        etc = f"{self.folder}/etc:{self.root}/etc:/etc" if (self.root / "etc").exists() else f"{self.folder}/etc:/etc"
        lines = ["set -e", *([f"mount -t overlay -o lowerdir={usr} overlay /usr"] if usr else []),
                 f"mount -t overlay -o lowerdir={etc} overlay /etc", f"mount --bind {var} /var",
                 "mount -t tmpfs -o mode=755 tmpfs /run", "mount -t proc proc /proc",
                 *(f"mkdir -p {folder} && chown {owner} {folder}" for folder, owner in self.writes_to), *self.script()]
        script = self.file("start", "\n".join(lines) + "\n")
        self.popen(["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child=KILL",
                    "sh", str(script)], cwd="/")

    def write_etc(self):
        """The machine's users and ours; whoever asks PAM is told to look there."""
        users, groups = Path("/etc/passwd").read_text(), Path("/etc/group").read_text()
        shadow = ""
        hashed = run(["openssl", "passwd", "-6", PASSWORD], 20).decode().strip()
        for number, name in enumerate(ROLES):
            if not re.search(f"(?m)^{name}:", users):
                users += f"{name}:x:{FIRST_UID + number}:{FIRST_UID + number}::/:/usr/sbin/nologin\n"
            if not re.search(f"(?m)^{name}:", groups):
                groups += f"{name}:x:{FIRST_UID + number}:\n"
        for name in self.accounts:
            number = self.user(name)
            users += f"{name}:x:{number}:{number}::{self.home(name)}:/bin/sh\n"
            groups += f"{name}:x:{number}:\n"
            shadow += f"{name}:{hashed}:19000:0:99999:7:::\n"
        self.file("etc/passwd", users)
        self.file("etc/group", groups)
        self.file("etc/shadow", shadow, 0o600)
        for service in "pop3", "pop", "popa3d", "mailutils-pop3d", "mu-pop3d":
            self.file(f"etc/pam.d/{service}", "auth required pam_unix.so nodelay\naccount required pam_unix.so\n")

    def script(self):
        """Lines of shell, as root in the namespaces.

        The shell stays there, so that the end of ours is the end of all: a process that changes its user is no longer
        told of its parent's death.
        """
        raise NotImplementedError


class Dovecot(Packaged):
    name = "Dovecot"
    leaves_out = {"one-dot": ENDS_EARLY}
    packages = ("dovecot-pop3d",)

    def script(self):
        users = self.file("users", "".join(
            f"{name}:{{PLAIN}}{PASSWORD}:{self.user(name)}:{self.user(name)}::{self.home(name)}::\n"
            for name in self.accounts))
        configuration = self.file("dovecot.conf", f"""
            protocols = pop3
            listen = 127.0.0.1
            base_dir = /run/dovecot
            state_dir = /var/lib/dovecot
            log_path = {self.folder}/dovecot.log
            mail_location = maildir:~/Maildir
            first_valid_uid = {FIRST_UID}
            ssl = yes
            ssl_cert = <{self.certificate}
            ssl_key = <{self.key}
            disable_plaintext_auth = no
            auth_mechanisms = plain login
            auth_failure_delay = 0
            mail_max_userip_connections = 50
            service anvil {{
              unix_listener anvil-auth-penalty {{
                mode = 0
              }}
            }}
            passdb {{
              driver = passwd-file
              args = {users}
            }}
            userdb {{
              driver = passwd-file
              args = {users}
            }}
            service pop3-login {{
              inet_listener pop3 {{
                port = {self.plain}
              }}
              inet_listener pop3s {{
                port = {self.tls}
                ssl = yes
              }}
            }}
            """)
        return [f"dovecot -F -c {configuration}"]

    def text(self):
        log = self.folder / "dovecot.log"
        return super().text() + (log.read_text(errors="replace") if log.exists() else "")


class Courier(Packaged):
    name = "Courier"
    leaves_out = {"one-dot": ENDS_EARLY,
                  "utf8-header": "to a client without UTF8 (RFC 6856) it gives a report instead, made anew each time"}
    packages = ("courier-pop",)
    writes_to = (("/run/courier/authdaemon", "courier"), ("/var/lib/courier", "courier"))

    def script(self):
        pem = self.file("courier.pem", self.certificate.read_text() + self.key.read_text(), 0o600)
        shutil.chown(pem, FIRST_UID + ROLES.index("courier"))
        tcpd = "/usr/sbin/couriertcpd -address=127.0.0.1 -maxprocs=40 -maxperip=40 -nodnslookup -noidentlookup"
        login = "/usr/lib/courier/courier/courierpop3login /usr/lib/courier/courier/courierpop3d Maildir"
        return [
            "/usr/sbin/authdaemond start",
            # As in Debian's own scripts of that name.
            "set -a; prefix=/usr; exec_prefix=/usr; sbindir=/usr/sbin; bindir=/usr/bin; libexecdir=/usr/lib/courier",
            ". /etc/courier/pop3d; . /etc/courier/pop3d-ssl",
            f"TLS_CERTFILE={pem}; TLS_CACHEFILE=; TLS_TRUSTCERTS={self.certificate}",
            f"{tcpd} {self.plain} {login} &",
            "POP3_TLS=1; POP3_STARTTLS=NO; POP3_TLS_REQUIRED=0",
            f"{tcpd} {self.tls} /usr/bin/couriertls -server -tcpd -user=courier {login}"]


class Popa3d(Packaged):
    """It does not listen itself, or only on 110."""

    name = "popa3d"
    packages = ("popa3d",)
    modes = (PLAIN,)
    takes_long = True
    INETD = """
import os, socketserver
class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        for end in 0, 1:
            os.dup2(self.request.fileno(), end)
        os.execv("/usr/sbin/popa3d", ["popa3d"])
class Inetd(socketserver.ForkingTCPServer):
    allow_reuse_address = True
Inetd(("127.0.0.1", %d), Handler).serve_forever()
"""

    def deliver(self):
        spool = self.folder / "var" / "mail"
        spool.mkdir(parents=True)
        for name, messages in self.accounts.items():
            own(self.home(name), self.user(name))
            (spool / name).write_bytes(b"".join(map(in_mbox, messages.values())))
            own(spool / name, self.user(name))

    def script(self):
        return [f"python3 {self.file('inetd.py', self.INETD % self.plain)}"]


class Mailutils(Packaged):
    name = "mailutils"
    packages = ("mailutils-pop3d",)
    takes_long = True

    deliver = Popa3d.deliver

    def script(self):
        configuration = self.file("pop3d.conf", f"""
            mode daemon;
            foreground yes;
            max-children 40;
            mandatory-locking {{ enable no; }};
            logging {{ syslog no; }};
            tls {{
              ssl-certificate-file {self.certificate};
              ssl-key-file {self.key};
            }};
            server 127.0.0.1:{self.plain} {{
              tls-mode ondemand;
            }};
            server 127.0.0.1:{self.tls} {{
              tls-mode connection;
            }};
            """)
        return [f"/usr/sbin/pop3d --no-config --config-file={configuration} --foreground"]


class Cyrus(Packaged):
    name = "Cyrus"
    packages = "cyrus-pop3d", "sasl2-bin"
    takes_long = True
    writes_to = (("/run/cyrus/socket", "cyrus"), ("/run/cyrus/proc", "cyrus"), ("/run/cyrus/lock", "cyrus"),
                 ("/run/cyrus", "cyrus"), ("/run/saslauthd", "root"))

    def deliver(self):
        self.incoming = self.folder / "incoming"
        for name, messages in self.accounts.items():
            (self.incoming / name).mkdir(parents=True)
            for number, octets in enumerate(messages.values(), 1):
                (self.incoming / name / f"{number}.").write_bytes(on_the_wire(octets))
        own(self.incoming, FIRST_UID + ROLES.index("cyrus"))

    def fill(self):
        """Files in its own form where it has its messages, which it is told to take in; LMTP would refuse some."""
        inside, = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        within = ["nsenter", "--target", inside, "--mount", "--pid"]
        settings = self.folder / "imapd.conf"
        for name in self.accounts:
            with Session(self, name) as session:  # The first login makes the maildrop.
                session.ask("QUIT")
            if not self.accounts[name]:
                continue
            script = f"""
                folder=$(/usr/sbin/cyrus mbpath -C {settings} user/{name}) &&
                cp -p {self.incoming}/{name}/* $folder/ && /usr/sbin/cyrus reconstruct -C {settings} user/{name}"""
            run([*within, "sh", "-c", script], 120)

    def script(self):
        key = self.file("key.pem", self.key.read_text(), 0o600)
        own(key, FIRST_UID + ROLES.index("cyrus"))
        imapd = self.file("imapd.conf", f"""configdirectory: /var/lib/cyrus
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
defaultpartition: default
partition-default: /var/spool/cyrus/mail
allowplaintext: yes
popminpoll: 0
autocreate_quota: 0
autocreate_post: yes
hashimapspool: no
sasl_pwcheck_method: saslauthd
sasl_mech_list: PLAIN
sasl_saslauthd_path: /run/saslauthd/mux
tls_server_cert: {self.certificate}
tls_server_key: {key}
syslog_prefix: cyrus
""")
        services = self.file("cyrus.conf", f"""
START {{
  recover cmd="/usr/sbin/cyrus ctl_cyrusdb -C {imapd} -r"
}}
SERVICES {{
  pop3 cmd="pop3d -C {imapd}" listen="127.0.0.1:{self.plain}" prefork=0
  pop3s cmd="pop3d -C {imapd} -s" listen="127.0.0.1:{self.tls}" prefork=0
}}
EVENTS {{
}}
""")
        return ["chown -R cyrus /var/lib/cyrus /var/spool/cyrus",
                "/usr/sbin/saslauthd -a pam -m /run/saslauthd -n 2",
                f"/usr/sbin/cyrmaster -C {imapd} -M {services} -p /run/cyrus-master.pid"]


def unpacked(packages):
    """A folder with the files of these Debian packages and of all that they need and this machine has not."""
    folder = CACHE / packages[0]
    if (folder / "complete").exists():
        return folder / "root"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "packages").mkdir(parents=True)
    with DOWNLOADS:
        try:
            try:
                download(packages, folder / "packages")
            except RuntimeError:  # Its lists of packages are not there, or old.
                run(["apt-get", "-q", "update"], 120)
                download(packages, folder / "packages")
        except (RuntimeError, subprocess.TimeoutExpired) as e:
            raise Missing(f"apt-get does not bring it: {e}") from e
    root = folder / "root"
    root.mkdir()
    for package in sorted((folder / "packages").glob("*.deb")):
        run(["dpkg", "-x", str(package), str(root)], 60)
    for part in "bin", "sbin", "lib":
        if (root / part).exists():  # On Debian they are symbolic links to these.
            shutil.copytree(root / part, root / "usr" / part, symlinks=True, dirs_exist_ok=True)
    (folder / "complete").touch()
    return root


def download(packages, folder):
    # It only says what it would do. Nobody needs the mail transport agent that some would like to have.
    plan = run(["apt-get", "-s", "-y", "--no-install-recommends", "install", *packages], 60).decode()
    needed = [name for name in re.findall(r"(?m)^Inst (\S+)", plan) if not name.startswith("exim4")]
    if needed:  # Else all of it is installed.
        run(["apt-get", "-q", "download", *needed], 300, cwd=folder)


def in_mbox(octets):
    """A message as a delivery agent puts it into an mbox."""
    text = re.sub(b"(?m)^(>*From )", rb">\1", octets)
    end = b"\n" if text.endswith(b"\n") else b"\n\n"
    return b"From mrose@dbc.mtview.ca.us Sat Jan  3 01:05:34 1996\n" + text + end


def own(path, number):
    """Gives a file, or a folder and all in it, to a user; makes the folder if there is neither."""
    if not path.exists():
        path.mkdir(parents=True)
    run(["chown", "-R", f"{number}:{number}", str(path)], 60)


# ---- GreenMail, from Maven Central


class GreenMail(Peer):
    name = "GreenMail"
    modes = PLAIN, TLS
    ARTIFACT = "com.icegreen:greenmail-standalone:2.1.13"

    def provide(self):
        folder = CACHE / "greenmail"
        jars = list(folder.glob(f"*-{self.ARTIFACT.split(':')[2]}.jar"))
        if not jars:
            maven = shutil.which("mvn") or str(ROOT / "mvnw")
            try:
                run([maven, "-q", "-B", "-N", "dependency:copy", f"-Dartifact={self.ARTIFACT}",
                     f"-DoutputDirectory={folder}"], 240, cwd=ROOT)
            except (RuntimeError, subprocess.TimeoutExpired) as e:
                raise Missing(f"Maven does not bring it: {e}") from e
            jars = list(folder.glob("*.jar"))
        self.jar = jars[0]

    def launch(self):
        self.smtp, = free_ports(1)
        keys = self.folder / "keys.p12"
        run(["openssl", "pkcs12", "-export", "-in", str(self.certificate), "-inkey", str(self.key), "-out", str(keys),
             "-passout", f"pass:{PASSWORD}"], 30)
        users = ",".join(f"{name}:{PASSWORD}@localhost" for name in self.accounts)
        home = os.environ.get("JAVA_HOME")
        self.popen([f"{home}/bin/java" if home else "java",
                    *(f"-Dgreenmail.{protocol}.{name}={value}" for protocol, port in
                      [("pop3", self.plain), ("pop3s", self.tls), ("smtp", self.smtp)]
                      for name, value in [("hostname", "127.0.0.1"), ("port", port)]),
                    f"-Dgreenmail.users={users}", "-Dgreenmail.users.login=local_part",
                    f"-Dgreenmail.tls.keystore.file={keys}", f"-Dgreenmail.tls.keystore.password={PASSWORD}",
                    "-jar", str(self.jar)], cwd=self.folder)

    def fill(self):
        for name, messages in self.accounts.items():
            with smtplib.SMTP("127.0.0.1", self.smtp, timeout=60) as smtp:
                for octets in messages.values():
                    smtp.ehlo_or_helo_if_needed()
                    smtp.mail("mrose@dbc.mtview.ca.us")
                    smtp.rcpt(f"{name}@localhost")
                    code, said = smtp.data(on_the_wire(octets))
                    if code != 250:
                        raise RuntimeError(f"{self.name} does not take a message: {code} {said}")


# ---- small things


# Below what the kernel gives to outgoing connections and to whoever asks for port 0: those would meet a server's before it listens.
PORTS = range(12_000, 32_000)


def free_ports(count):
    """Numbers of ports that nobody has just now, and that other proofs beside this one hardly choose, too."""
    ports = []
    while len(ports) < count:
        port = random.SystemRandom().choice(PORTS)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        if port not in ports:
            ports.append(port)
    return ports


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
        return True
    except OSError:
        return False


ALL = Dovecot, Courier, GreenMail, Ours, Cyrus, Popa3d, Mailutils
