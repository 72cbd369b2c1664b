"""Maildirs and users for the load driver."""

import os

import contenders
from dovecot import UID
from harness import PASSWORD, run


def prepare(site, drops, newest):
    """Maildirs, and a user for each."""
    for drop in drops.values():
        run([*contenders.load(newest), "fill", "--maildrops", drop, "--folder", str(site.folder / "mail")], 300)
    names = [(drop.split(":")[0], number) for drop in drops.values() for number in range(int(drop.split(":")[1]))]
    crypted = [number for prefix, number in names if prefix == "crypt"]
    hashes = run(["openssl", "passwd", "-6", *[PASSWORD] * len(crypted)], 60).decode().split() if crypted else []
    with site.users.open("w") as users:
        for prefix, number in names:
            users.write(f"{prefix}{number}:" + (f"{{SHA512-CRYPT}}{hashes[number]}" if prefix == "crypt" else f"{{PLAIN}}{PASSWORD}") + "\n")
    site.users.chmod(0o644)  # Dovecot reads it as a user of its own.
    if os.geteuid() == 0:
        run(["chown", "-R", f"{UID}:{UID}", str(site.folder / "mail"), str(site.users), str(site.key), str(site.certificate)], 300)
