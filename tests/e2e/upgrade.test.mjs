// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// A data directory of every older schema, with data, goes on working: made here by the SQL of that version.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { credentials, startAgent, startEcho, temporaryDirectory } from './agent.mjs';

// As it was released to nobody, but must be understood for ever: a copy, never a reference to the agent's own.
const version1 = `
CREATE TABLE settings (id INTEGER PRIMARY KEY CHECK (id = 1), agent_id TEXT NOT NULL, account_id TEXT NOT NULL, team TEXT NOT NULL,
    vault_kind TEXT NOT NULL, strict INTEGER NOT NULL) STRICT;
CREATE TABLE tokens (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, client_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    name_folded TEXT NOT NULL, duration TEXT NOT NULL, enabled INTEGER NOT NULL, secret_version INTEGER NOT NULL,
    current_digest BLOB NOT NULL CHECK (length(current_digest) = 32), previous_digest BLOB CHECK (length(previous_digest) = 32),
    previous_until INTEGER, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, expires_at INTEGER, last_seen_at INTEGER,
    extra TEXT NOT NULL) STRICT;
CREATE INDEX tokens_by_age ON tokens (created_at);
CREATE INDEX tokens_by_name ON tokens (name);
CREATE TABLE applications (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, audience TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    name_folded TEXT NOT NULL, domain TEXT NOT NULL, domain_folded TEXT NOT NULL, session_duration TEXT NOT NULL,
    upstream TEXT NOT NULL, port INTEGER, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, sessions_revoked_at INTEGER,
    session_epoch INTEGER NOT NULL, extra TEXT NOT NULL) STRICT;
CREATE INDEX applications_by_age ON applications (created_at);
CREATE TABLE policies (application_seq INTEGER NOT NULL REFERENCES applications (seq) ON DELETE CASCADE, position INTEGER NOT NULL,
    id TEXT NOT NULL, name TEXT NOT NULL, decision TEXT NOT NULL, include_rules TEXT NOT NULL, require_rules TEXT NOT NULL,
    exclude_rules TEXT NOT NULL, session_duration TEXT, precedence INTEGER NOT NULL, created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, extra TEXT NOT NULL, PRIMARY KEY (application_seq, position)) STRICT, WITHOUT ROWID;
CREATE TABLE signing_keys (seq INTEGER PRIMARY KEY, kid TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, retired_at INTEGER) STRICT;
CREATE TABLE requests (seq INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, ray_id TEXT NOT NULL, method TEXT NOT NULL, host TEXT NOT NULL,
    path TEXT NOT NULL, peer TEXT NOT NULL, application_id TEXT NOT NULL, token_id TEXT NOT NULL, client_id TEXT NOT NULL,
    policy_id TEXT NOT NULL, reason TEXT NOT NULL, allowed INTEGER NOT NULL, status INTEGER NOT NULL) STRICT;
PRAGMA application_id = 1280009593;
PRAGMA user_version = 1;
`;

test('a data directory of schema version 1 keeps its tokens, applications, settings and log', async (t) => {
    const dataDir = await temporaryDirectory(t);
    const path = join(dataDir, 'latchkey.db');
    const database = new DatabaseSync(path);
    database.exec(version1);
    const accountId = 'a'.repeat(32);
    const secret = 'cd'.repeat(32);   // the older form of secrets
    const token = { id: randomUUID(), client_id: `${'1'.repeat(32)}.access`, client_secret: secret };
    const application = { id: randomUUID(), audience: 'b'.repeat(64), upstream: await startEcho(t), domain: 'old.example.com' };
    const policyId = randomUUID();
    const insert = (table, values) => database.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(',')})`).run(...values);
    insert('settings', [1, randomUUID(), accountId, 'acme', 'memory', 0]);
    insert('tokens', [1, token.id, token.client_id, 'Old token', 'old token', 'forever', 1, 3, createHash('sha256').update(secret).digest(),
        null, null, 1_700_000_000, 1_700_000_100, null, 1_700_000_200, '{"team_tag":"blue"}']);
    insert('applications', [1, application.id, application.audience, 'Old app', 'old app', application.domain, application.domain, '24h',
        application.upstream, null, 1_700_000_000, 1_700_000_000, null, 1, '']);
    insert('policies', [1, 0, policyId, 'machines', 'non_identity', JSON.stringify([['token', token.id]]), '[]', '[]', '30m', 1,
        1_700_000_000, 1_700_000_000, '']);
    insert('signing_keys', [1, 'c'.repeat(64), 1_700_000_000, null]);
    insert('requests', [1, 1_700_000_200_000_000, '0123456789abcdef', 'GET', application.domain, '/', '127.0.0.1', application.id, token.id,
        token.client_id, policyId, 'allowed', 1, 200]);
    database.close();
    chmodSync(path, 0o600);

    for (let start = 0; start < 2; ++start) {   // the second finds what the first has made of it
        const agent = await startAgent(t, { dataDir });
        assert.equal(agent.ready.account_id, accountId);
        const [stored] = await agent.call('GET', 'service_tokens');
        assert.equal(stored.id, token.id);
        assert.equal(stored.name, 'Old token');
        assert.equal(stored.duration, 'forever');
        assert.equal(stored.client_secret_version, 3);
        assert.equal(stored.created_at, '2023-11-14T22:13:20Z');
        assert.equal(stored.team_tag, 'blue');
        if (start === 0)
            assert.equal(stored.last_seen_at, '2023-11-14T22:16:40Z');
        const kept = await agent.call('GET', `apps/${application.id}`);
        assert.equal(kept.aud, application.audience);
        assert.equal(kept.domain, application.domain);
        assert.deepEqual(kept.policies.map(({ id, session_duration, include }) => ({ id, session_duration, include })),
            [{ id: policyId, session_duration: '30m', include: [{ service_token: { token_id: token.id } }] }]);
        assert.equal((await agent.call('GET', 'organizations')).strict_service_token_auth, false);
        assert.equal((await agent.call('GET', 'organizations')).auth_domain, 'acme.cloudflareaccess.com');
        const log = await agent.call('GET', 'logs/access_requests?until=2023-12-31T00:00:00Z');
        assert.deepEqual(log.map(({ ray_id, latchkey }) => [ray_id, latchkey.token_name]), [['0123456789abcdef', 'Old token']]);
        const port = new URL(agent.edge).port;
        const { request } = await import('node:http');
        const status = await new Promise((resolve, reject) => {
            request({ host: '127.0.0.1', port, path: '/', headers: { host: application.domain, ...credentials(token) } },
                (response) => { response.resume(); resolve(response.statusCode); }).on('error', reject).end();
        });
        assert.equal(status, 200);
        assert.equal((await agent.call('POST', 'keys/rotate')).key_rotation_interval_days, 42);
        await agent.stop();
    }
});
