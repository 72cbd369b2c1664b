-- The servers that are alive: each renews its row, by the clock of the database.
CREATE TABLE IF NOT EXISTS pop3_server (
    id VARCHAR(22) PRIMARY KEY,
    seen BIGINT NOT NULL,   -- seconds since 1970
    lease INTEGER NOT NULL  -- seconds after which it counts as dead
);

-- One row for each account that ever logged in or had mail; never removed. A session that has it open is holder and token.
CREATE TABLE IF NOT EXISTS pop3_maildrop (
    id BIGINT PRIMARY KEY,
    name VARCHAR(255) NOT NULL UNIQUE,
    holder VARCHAR(22),
    token VARCHAR(22),
    lease_until BIGINT NOT NULL,
    updates BIGINT NOT NULL
);

-- What messages say, each text once: lines end in CRLF, octets are those of RFC 1939.
CREATE TABLE IF NOT EXISTS pop3_body (
    id BIGINT PRIMARY KEY,
    digest BYTEA NOT NULL UNIQUE, -- SHA-256
    octets BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS pop3_chunk (
    body BIGINT NOT NULL REFERENCES pop3_body,
    n INTEGER NOT NULL,
    coding SMALLINT NOT NULL, -- 0: as it is, 1: deflate
    data BYTEA NOT NULL,      -- 64 KiB before coding, the last one less
    PRIMARY KEY (body, n)
);

-- A login reads its messages from the first index alone.
CREATE TABLE IF NOT EXISTS pop3_message (
    maildrop BIGINT NOT NULL,
    id BIGINT NOT NULL,
    unique_id VARCHAR(70) NOT NULL,
    octets BIGINT NOT NULL,
    verbatim SMALLINT NOT NULL,
    received BIGINT NOT NULL, -- milliseconds since 1970
    body BIGINT NOT NULL REFERENCES pop3_body,
    PRIMARY KEY (maildrop, id) INCLUDE (unique_id, octets, verbatim, received),
    UNIQUE (maildrop, unique_id)
);
CREATE INDEX IF NOT EXISTS pop3_message_body ON pop3_message (body);

-- What was delivered in the last 30 days, removed since or not: a delivery that is repeated is known.
CREATE TABLE IF NOT EXISTS pop3_delivery (
    maildrop BIGINT NOT NULL,
    idempotency_key BYTEA NOT NULL, -- SHA-256 of it
    delivered BIGINT NOT NULL,      -- seconds since 1970
    PRIMARY KEY (maildrop, idempotency_key)
);
CREATE INDEX IF NOT EXISTS pop3_delivery_delivered ON pop3_delivery (delivered);

-- Bodies that lost a message, and may have no other.
CREATE TABLE IF NOT EXISTS pop3_orphan (
    body BIGINT NOT NULL,
    message BIGINT NOT NULL,
    PRIMARY KEY (body, message)
);
