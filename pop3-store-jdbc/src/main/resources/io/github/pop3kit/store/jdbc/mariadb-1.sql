-- The servers that are alive: each renews its row, by the clock of the database.
CREATE TABLE IF NOT EXISTS pop3_server (
    id VARCHAR(22) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
    seen BIGINT NOT NULL,   -- seconds since 1970
    lease INTEGER NOT NULL  -- seconds after which it counts as dead
) ENGINE = InnoDB;

-- One row for each account that ever logged in or had mail; never removed. A session that has it open is holder and token.
CREATE TABLE IF NOT EXISTS pop3_maildrop (
    id BIGINT PRIMARY KEY,
    name VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL UNIQUE,
    holder VARCHAR(22) CHARACTER SET ascii COLLATE ascii_bin,
    token VARCHAR(22) CHARACTER SET ascii COLLATE ascii_bin,
    lease_until BIGINT NOT NULL,
    updates BIGINT NOT NULL
) ENGINE = InnoDB;

-- What messages say, each text once: lines end in CRLF, octets are those of RFC 1939.
CREATE TABLE IF NOT EXISTS pop3_body (
    id BIGINT PRIMARY KEY,
    digest BINARY(32) NOT NULL UNIQUE, -- SHA-256
    octets BIGINT NOT NULL
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS pop3_chunk (
    body BIGINT NOT NULL,
    n INTEGER NOT NULL,
    coding SMALLINT NOT NULL, -- 0: as it is, 1: deflate
    data MEDIUMBLOB NOT NULL, -- 64 KiB before coding, the last one less
    PRIMARY KEY (body, n),
    FOREIGN KEY (body) REFERENCES pop3_body (id)
) ENGINE = InnoDB;

-- A login reads its messages from one part of the table.
CREATE TABLE IF NOT EXISTS pop3_message (
    maildrop BIGINT NOT NULL,
    id BIGINT NOT NULL,
    unique_id VARCHAR(70) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    octets BIGINT NOT NULL,
    verbatim SMALLINT NOT NULL,
    received BIGINT NOT NULL, -- milliseconds since 1970
    body BIGINT NOT NULL,
    PRIMARY KEY (maildrop, id),
    UNIQUE (maildrop, unique_id),
    INDEX pop3_message_body (body),
    FOREIGN KEY (body) REFERENCES pop3_body (id)
) ENGINE = InnoDB;

-- What was delivered in the last 30 days, removed since or not: a delivery that is repeated is known.
CREATE TABLE IF NOT EXISTS pop3_delivery (
    maildrop BIGINT NOT NULL,
    idempotency_key BINARY(32) NOT NULL, -- SHA-256 of it
    delivered BIGINT NOT NULL,      -- seconds since 1970
    PRIMARY KEY (maildrop, idempotency_key),
    INDEX pop3_delivery_delivered (delivered)
) ENGINE = InnoDB;

-- Bodies that lost a message, and may have no other.
CREATE TABLE IF NOT EXISTS pop3_orphan (
    body BIGINT NOT NULL,
    message BIGINT NOT NULL,
    PRIMARY KEY (body, message)
) ENGINE = InnoDB;
