"""Messages that mail programs and servers have been known to damage, each as the octets of a Maildir's file."""

HEADER = b"From: mrose@dbc.mtview.ca.us\nTo: user.123@mail.example\nSubject: %s\n"


def corpus(demo):
    """Every message by its name; `demo` are the ones that `pop3 serve --demo` has."""
    messages = {}

    def add(name, body, header=HEADER, blank=b"\n"):
        messages[name] = (header % name.encode() if b"%s" in header else header) + blank + body

    add("ordinary", b"Hello.\n")
    add("dot-is-first-octet", b"The header's first octet is a dot.\n", header=b".X-First: yes\n" + HEADER)
    add("dot-lines", b".\n..\n...\n.a\n..a\n. \n a.\n.\n")
    add("dot-lines-crlf", b".\r\n..\r\n...\r\n.a\r\n..a\r\n. \r\n a.\r\n.\r\n")
    add("dot-at-end", b"The last line is a dot without its end.\n.")
    add("dot-then-cr", b"A dot, then a lone CR:\n.\rX\n.\r\r\n.\n")
    add("looks-like-replies", b"\r\n.\r\n+OK 1 octets\r\n-ERR no\r\n.\r\nQUIT\r\n")
    add("only-dots", b".\n" * 70_000)  # A dot on either side of any boundary that is in the middle of this.
    for shift in range(-2, 3):
        add(f"dots-at-buffers{shift:+}", b"", header=b"", blank=dots_at_boundaries(shift, b"\n"))
        add(f"dots-at-buffers{shift:+}-crlf", b"", header=b"", blank=dots_at_boundaries(shift, b"\r\n"))
    add("no-final-newline", b"The last line has no end.")
    add("no-body", b"")
    add("no-blank-line", b"", blank=b"")
    add("no-blank-line-but-text", b"This is no header line\nand nor is this: one.\n", blank=b"")
    add("no-header", b"A message that begins with its blank line.\n", header=b"")
    add("no-header-line-at-all", b"just text\nand more\n", header=b"", blank=b"")
    add("blank-lines", b"\n\n\nthree before, and three after\n\n\n\n")
    add("only-blank-lines", b"\n\n\n", header=b"", blank=b"")
    add("spaces-at-ends", b"trailing blank \n tab\t\n \n\t\n  leading\n")
    add("from-lines", b"From me to you\n\nFrom nobody Sat Jan  3 01:05:34 1996\n>From there\n")
    add("nul", b"NUL: \0, two: \0\0\n\0\n.\0\nend\0")
    add("8-bit", bytes(octet for octet in range(0x80, 0x100)) + b"\n" + b"\xff\xfe\xc3\x28\xa0\n.\xff\n")
    add("controls", bytes(octet for octet in range(0x01, 0x20) if octet not in b"\r\n") + b"\x7f\nend\n")
    add("lone-cr", b"one\rtwo\r\rthree\n\rfour\nfive\r\r\nsix\n")
    add("lone-cr-at-end", b"The last octet is a CR\r")
    add("line-separators", "NEL \u0085 LS \u2028 PS \u2029 VT \v FF \f end\n\u2028.\n".encode() + b"\x85.\n")
    add("crlf-file", b"one\r\n\r\n.two\r\nthree\r\n", header=HEADER.replace(b"\n", b"\r\n"), blank=b"\r\n")
    add("crlf-no-final-newline", b"one\r\ntwo", header=HEADER.replace(b"\n", b"\r\n"), blank=b"\r\n")
    add("mixed-line-ends", b"lf\ncrlf\r\nlf\ncrlf\r\n.\n.\r\n")
    add("utf8-header", "Grüße, δοκιμή, テスト.\n".encode(),
        header="From: Jörg Müller <jörg@mail.example>\nSubject: %s – Grüße an 田中さん\n".encode())
    add("long-header", b"body\n",
        header=HEADER + b"References: <1@mail.example>" + b"\n <0123456789abcdef@mail.example>" * 200 + b"\n")
    add("1-mib-line", b"x" * (1 << 20))
    add("megabyte-of-dots", b"." * 1_000_000 + b"\nend\n")
    add("25-mib", large(25 << 20))
    messages["empty"] = b""
    messages["one-dot"] = b"."
    messages["one-newline"] = b"\n"
    messages.update(demo)
    return messages


def dots_at_boundaries(shift, end):
    """Lines that begin with dots right at, or a few octets beside, the places where programs' buffers end."""
    message = bytearray((HEADER % b"dots at buffers" + b"\n").replace(b"\n", end))
    for turn, boundary in enumerate([512, 1024, 2048, *range(4096, 262144 + 1, 4096)]):
        while len(message) < boundary + shift:
            room = boundary + shift - len(message) - len(end)
            message += b"x" * (room if room <= 76 else 70) + end  # Leaves room for a line, if only for a blank one.
        message += (b".", b"..", b".x")[(turn + shift + len(end)) % 3] + end
    return bytes(message)


def large(octets):
    """A message of this size, like a base64 attachment, with a dot here and there."""
    message = HEADER % b"large" + b"\n"
    block = b"".join(b"%s\n" % (b"QUJD" * 19 if line % 50 else b"." * (line // 50 + 1)) for line in range(1000))
    message += block * (octets // len(block) + 1)
    return message[:octets]
