-- SPDX-FileCopyrightText: Latchkey contributors
-- SPDX-License-Identifier: Apache-2.0
-- A database of schema version 1 with data in it, frozen: what migrations start from. A statement ends with a semicolon at a line's end.
CREATE TABLE settings (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    agent_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    team TEXT NOT NULL,
    vault_kind TEXT NOT NULL,
    strict INTEGER NOT NULL
) STRICT;
CREATE TABLE tokens (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    duration TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    secret_version INTEGER NOT NULL,
    current_digest BLOB NOT NULL CHECK (length(current_digest) = 32),
    previous_digest BLOB CHECK (length(previous_digest) = 32),
    previous_until INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_seen_at INTEGER,
    extra TEXT NOT NULL
) STRICT;
CREATE INDEX tokens_by_age ON tokens (created_at);
CREATE INDEX tokens_by_name ON tokens (name);
CREATE TABLE applications (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    audience TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    domain TEXT NOT NULL,
    domain_folded TEXT NOT NULL,
    session_duration TEXT NOT NULL,
    upstream TEXT NOT NULL,
    port INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    sessions_revoked_at INTEGER,
    session_epoch INTEGER NOT NULL,
    extra TEXT NOT NULL
) STRICT;
CREATE INDEX applications_by_age ON applications (created_at);
CREATE TABLE policies (
    application_seq INTEGER NOT NULL REFERENCES applications (seq) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    decision TEXT NOT NULL,
    include_rules TEXT NOT NULL,
    require_rules TEXT NOT NULL,
    exclude_rules TEXT NOT NULL,
    session_duration TEXT,
    precedence INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    extra TEXT NOT NULL,
    PRIMARY KEY (application_seq, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE signing_keys (
    seq INTEGER PRIMARY KEY,
    kid TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    retired_at INTEGER
) STRICT;
CREATE TABLE requests (
    seq INTEGER PRIMARY KEY,
    at_us INTEGER NOT NULL,
    ray_id TEXT NOT NULL,
    method TEXT NOT NULL,
    host TEXT NOT NULL,
    path TEXT NOT NULL,
    peer TEXT NOT NULL,
    application_id TEXT NOT NULL,
    token_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    policy_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    status INTEGER NOT NULL
) STRICT;
INSERT INTO settings VALUES (1, '6f1c2f0e-3a4b-4c5d-8e6f-7a8b9c0d1e2f', '0123456789abcdef0123456789abcdef', 'acme', 'file', 0);
INSERT INTO tokens VALUES (1, '4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d', '0123456789abcdef0123456789abcdef.access', 'CI', 'ci', '8760h', 1, 3, x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', x'202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f', 1700000300, 1700000000, 1700000100, 1731536000, 1700000200, '{"team_tag":"blue"}');
INSERT INTO applications VALUES (1, '11111111-2222-4333-8444-555555555555', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'App', 'app', 'app.example.com', 'app.example.com', '24h', 'http://127.0.0.1:3000', 8410, 1700000000, 1700000010, 1700000020, 4, '{"service_auth_401_redirect":true,"cors_headers":{"allowed_methods":["GET"],"max_age":5},"custom_deny_message":"no","path_cookie_attribute":7,"logo_url":"x"}');
INSERT INTO policies VALUES (1, 0, '66666666-2222-4333-8444-555555555555', 'machines', 'non_identity', '[["unknown","email","{\"email\":{\"email\":\"ada@example.com\"}}"],["unknown","email_domain","{\"email_domain\":{\"domain\":\"example.com\"}}"],["unknown","geo","{\"geo\":{\"country_code\":\"DE\"}}"],["unknown","group","{\"group\":{\"id\":\"77777777-2222-4333-8444-555555555555\"}}"],["unknown","login_method","{\"login_method\":{\"id\":\"idp-1\"}}"],["unknown","okta","{\"okta\":{\"name\":\"x\",\"identity_provider_id\":\"y\"}}"],["unknown","geo","{\"geo\":{\"country_code\":\"Germany\"}}"],["token","4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d"],["everyone"]]', '[["unknown","email","{\"email\":{\"email\":\"ada@example.com\"}}"]]', '[["unknown","geo","{\"geo\":{\"country_code\":\"US\"}}"]]', '30m', 1, 1700000000, 1700000030, '{"purpose":"x"}');
INSERT INTO signing_keys VALUES (1, 'old', 1690000000, 1700000000);
INSERT INTO signing_keys VALUES (2, 'kid', 1700000000, NULL);
INSERT INTO requests VALUES (1, 1700000200000000, '0123456789abcdef', 'GET', 'app.example.com', '/a', '192.0.2.7', '11111111-2222-4333-8444-555555555555', '4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d', '0123456789abcdef0123456789abcdef.access', '66666666-2222-4333-8444-555555555555', 'allowed', 1, 204);
PRAGMA application_id = 1280009593;
PRAGMA user_version = 1;
