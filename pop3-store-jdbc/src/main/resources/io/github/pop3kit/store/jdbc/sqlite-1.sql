-- The servers that are alive: each renews its row, by the clock of the database.
CREATE TABLE IF NOT EXISTS pop3_server (
    id TEXT PRIMARY KEY,
    seen INTEGER NOT NULL,  -- seconds since 1970
    lease INTEGER NOT NULL  -- seconds after which it counts as dead
);

-- One row for each account that ever logged in or had mail; never removed. A session that has it open is holder and token.
CREATE TABLE IF NOT EXISTS pop3_maildrop (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    holder TEXT,
    token TEXT,
    lease_until INTEGER NOT NULL,
    updates INTEGER NOT NULL
);

-- What messages say, each text once: lines end in CRLF, octets are those of RFC 1939.
CREATE TABLE IF NOT EXISTS pop3_body (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE, -- SHA-256
    octets INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS pop3_chunk (
    body INTEGER NOT NULL REFERENCES pop3_body,
    n INTEGER NOT NULL,
    coding INTEGER NOT NULL, -- 0: as it is, 1: deflate
    data BLOB NOT NULL,      -- 64 KiB before coding, the last one less
    PRIMARY KEY (body, n)
);

-- A login reads its messages from one part of the table.
CREATE TABLE IF NOT EXISTS pop3_message (
    maildrop INTEGER NOT NULL,
    id INTEGER NOT NULL,
    unique_id TEXT NOT NULL,
    octets INTEGER NOT NULL,
    verbatim INTEGER NOT NULL,
    received INTEGER NOT NULL, -- milliseconds since 1970
    body INTEGER NOT NULL REFERENCES pop3_body,
    PRIMARY KEY (maildrop, id),
    UNIQUE (maildrop, unique_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pop3_message_body ON pop3_message (body);

-- What was delivered in the last 30 days, removed since or not: a delivery that is repeated is known.
CREATE TABLE IF NOT EXISTS pop3_delivery (
    maildrop INTEGER NOT NULL,
    idempotency_key BLOB NOT NULL, -- SHA-256 of it
    delivered INTEGER NOT NULL,    -- seconds since 1970
    PRIMARY KEY (maildrop, idempotency_key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pop3_delivery_delivered ON pop3_delivery (delivered);

-- Bodies that lost a message, and may have no other.
CREATE TABLE IF NOT EXISTS pop3_orphan (
    body INTEGER NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (body, message)
) WITHOUT ROWID;
