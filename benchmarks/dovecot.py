"""Dovecot as the server of a comparison, in several configurations, over maildirs that other servers may use, too."""

import os
import shutil
import socket
import subprocess
import time

from harness import PASSWORD

UID = 5000

# Processes are used again for the next session, and each serves one at a time: the fastest of the ordinary settings.
TUNED = """
    service pop3-login {
      service_count = 0
      process_min_avail = 2
    }
    service pop3 {
      service_count = 100000
      process_min_avail = 2
    }
    """

# Many sessions in one mail process.
SHARED = TUNED.replace("service_count = 100000", "service_count = 0\n      client_limit = 50")

# As Debian ships it: two processes are started for each session.
DEFAULT = ""


class Dovecot:
    """Runs in the foreground over the site's maildirs; only root can start it."""

    def __init__(self, site, fill, services=TUNED, name="dovecot"):
        why = Dovecot.missing()
        if why:
            raise SystemExit(why)
        self.site, self.folder, self.fill, self.services, self.name = site, site.folder, fill, services, name
        self.process = None
        self.folder.chmod(0o755)
        self.users = self.folder / "dovecot-users"
        self.users.touch()

    @staticmethod
    def missing():
        """Why it cannot be tried here; empty if it can."""
        if not shutil.which("dovecot"):
            return "dovecot is not installed (Debian: dovecot-pop3d)"
        return "" if os.geteuid() == 0 else "only root can start dovecot"

    def account(self, user, messages):
        maildir = self.folder / "mail" / user
        for part in "tmp", "new", "cur":
            (maildir / part).mkdir(parents=True)
        self.fill(maildir, messages)
        with self.users.open("a") as users:
            users.write(f"{user}:{{PLAIN}}{PASSWORD}\n")

    def start(self, users=None):
        """With the users of its accounts, or of a file of the same form; the port."""
        subprocess.run(["chown", "-R", f"{UID}:{UID}", str(self.folder / "mail")], check=True)
        self.plain, self.tls = free_port(), free_port()
        settings = self.folder / f"{self.name}.conf"
        settings.write_text(f"""
            base_dir = {self.folder}/{self.name}
            log_path = {self.folder}/{self.name}.log
            protocols = pop3
            listen = 127.0.0.1
            ssl = yes
            ssl_cert = <{self.site.certificate}
            ssl_key = <{self.site.key}
            disable_plaintext_auth = no
            mail_location = maildir:{self.folder}/mail/%u
            first_valid_uid = {UID}
            pop3_no_flag_updates = yes
            passdb {{
              driver = passwd-file
              args = {users or self.users}
            }}
            userdb {{
              driver = static
              args = uid={UID} gid={UID} home={self.folder}/mail/%u
            }}
            # Limits that one driver's address and its thousands of sessions need.
            default_client_limit = 15000
            default_process_limit = 12000
            service anvil {{
              client_limit = 40000
            }}
            service auth {{
              client_limit = 40000
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
            service pop3 {{
              process_limit = 12000
            }}
            {self.services}
            """)
        self.process = subprocess.Popen(["dovecot", "-F", "-c", str(settings)], stderr=subprocess.DEVNULL)
        late = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.plain)).close()
                return self.plain
            except ConnectionRefusedError:
                if self.process.poll() is not None or time.monotonic() > late:
                    raise RuntimeError(f"dovecot did not start; {self.folder}/{self.name}.log may say why") from None
                time.sleep(0.05)

    def close(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
