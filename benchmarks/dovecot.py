"""Dovecot as the server of a comparison, with processes that are used again: the fastest of its ordinary settings."""

import shutil
import socket
import subprocess
import time

from harness import PASSWORD

UID = 5000


class Dovecot:
    """Runs in the foreground over maildirs of its own; only root can start it."""

    def __init__(self, site, fill):
        if not shutil.which("dovecot"):
            raise SystemExit("dovecot is not installed (Debian: dovecot-pop3d)")
        self.folder, self.fill, self.process = site.folder, fill, None
        self.folder.chmod(0o755)
        self.users = self.folder / "dovecot-users"
        self.users.touch()

    def account(self, user, messages):
        maildir = self.folder / "mail" / user
        for part in "tmp", "new", "cur":
            (maildir / part).mkdir(parents=True)
        self.fill(maildir, messages)
        with self.users.open("a") as users:
            users.write(f"{user}:{{PLAIN}}{PASSWORD}\n")

    def start(self):
        subprocess.run(["chown", "-R", f"{UID}:{UID}", str(self.folder / "mail")], check=True)
        port = free_port()
        settings = self.folder / "dovecot.conf"
        settings.write_text(f"""
            base_dir = {self.folder}/dovecot
            log_path = {self.folder}/dovecot.log
            protocols = pop3
            listen = 127.0.0.1
            ssl = no
            disable_plaintext_auth = no
            mail_location = maildir:{self.folder}/mail/%u
            first_valid_uid = {UID}
            pop3_no_flag_updates = yes
            passdb {{
              driver = passwd-file
              args = {self.users}
            }}
            userdb {{
              driver = static
              args = uid={UID} gid={UID} home={self.folder}/mail/%u
            }}
            service auth {{
              client_limit = 2000
            }}
            service pop3-login {{
              service_count = 0
              process_min_avail = 2
              inet_listener pop3 {{
                port = {port}
              }}
              inet_listener pop3s {{
                port = 0
              }}
            }}
            service pop3 {{
              service_count = 100000
              process_min_avail = 2
            }}
            """)
        self.process = subprocess.Popen(["dovecot", "-F", "-c", str(settings)])
        late = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return port
            except ConnectionRefusedError:
                if self.process.poll() is not None or time.monotonic() > late:
                    raise RuntimeError("dovecot did not start; why stands above") from None
                time.sleep(0.05)

    def close(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
