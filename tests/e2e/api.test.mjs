// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The management API as a client sees it: shapes, refusals, who may ask at all, and where secrets are told.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { apiToken, startAgent, temporaryDirectory } from './agent.mjs';
import { knock } from './knock.mjs';

const tokens = (agent) => `/client/v4/accounts/${agent.ready.account_id}/access/service_tokens`;

test('without the right bearer: 403, code 10000, and nothing is told or done', async (t) => {
    const agent = await startAgent(t);
    const created = await agent.createToken();
    for (const authorization of ['', 'Bearer', 'Bearer ', 'Bearer wrong', `Bearer ${apiToken}x`, `Bearer ${apiToken.slice(0, -1)}`,
        `bearer: ${apiToken}`, `Basic ${Buffer.from(`x:${apiToken}`).toString('base64')}`, `Token ${apiToken}`, apiToken])
        for (const [method, path] of [['GET', tokens(agent)], ['DELETE', `${tokens(agent)}/${created.id}`], ['POST', tokens(agent)],
            ['GET', '/client/v4/accounts'], ['GET', '/latchkey/v1/requests'], ['POST', '/latchkey/v1/shutdown'], ['GET', '/client/v4/nowhere']]) {
            const reply = await knock(new URL(path, agent.api), authorization ? { authorization } : {}, { method });
            assert.equal(reply.status, 403, `${method} ${path} with "${authorization}"`);
            const envelope = JSON.parse(reply.body);
            assert.equal(envelope.success, false);
            assert.equal(envelope.errors[0].code, 10000);
            assert.equal(envelope.result, null);
        }
    assert.equal((await agent.call('GET', 'service_tokens')).length, 1);
    for (const path of ['/client/v4/user/tokens/verify', `/client/v4/accounts/${agent.ready.account_id}/tokens/verify`]) {
        const verified = await (await agent.request('GET', path)).json();
        assert.equal(verified.result.status, 'active', path);
    }
});

test('a Host that is no loopback name is refused, right bearer or not', async (t) => {
    const agent = await startAgent(t, { args: ['--api-host', 'agent'] });
    const { port } = new URL(agent.api);
    const ask = async (host) => (await knock(new URL(tokens(agent), agent.api), { authorization: `Bearer ${apiToken}` }, { host })).status;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'localhost', '127.0.0.1', `[::1]:${port}`, `LOCALHOST:${port}`, `agent:${port}`])
        assert.equal(await ask(host), 200, host);
    for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.nip.io', `rebind.127.0.0.1.sslip.io:${port}`, 'agent.evil.example', '203.0.113.1'])
        assert.ok([400, 403, 421].includes(await ask(host)), host);
});

test('nothing for pages of other origins: no CORS headers, preflights refused', async (t) => {
    const agent = await startAgent(t);
    for (const [method, headers] of [['GET', { authorization: `Bearer ${apiToken}` }], ['OPTIONS', { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' }]]) {
        const reply = await knock(new URL(tokens(agent), agent.api), { origin: 'https://evil.example', ...headers }, { method });
        assert.deepEqual(Object.keys(reply.headers).filter((name) => name.startsWith('access-control-')), []);
        if (method === 'OPTIONS')
            assert.ok(reply.status >= 400, `preflight: ${reply.status}`);
    }
});

test('the secret stands in the reply to create and nowhere else', async (t) => {
    const agent = await startAgent(t);
    const created = await agent.createToken('ci');
    assert.match(created.client_secret, /^cfast_[0-9A-Za-z]{40}[0-9a-f]{8}$/);
    assert.match(created.client_id, /^[0-9a-f]{32}\.access$/);
    assert.match(created.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const [method, path, body] of [['GET', 'service_tokens'], ['GET', `service_tokens/${created.id}`], ['PUT', `service_tokens/${created.id}`, { name: 'renamed' }],
        ['POST', `service_tokens/${created.id}/refresh`], ['DELETE', `service_tokens/${created.id}`]]) {
        const reply = await agent.request(method, `/client/v4/accounts/${agent.ready.account_id}/access/${path}`, { body });
        const text = await reply.text();
        assert.equal(reply.status, 200, text);
        assert.ok(!text.includes(created.client_secret) && !text.includes('client_secret"'), `${method} ${path} tells a secret`);
    }
    assert.notEqual((await agent.createToken('ci')).client_secret, created.client_secret);
});

test('a token in Cloudflare\'s shape, and its life', async (t) => {
    const agent = await startAgent(t);
    const created = await agent.createToken('ci', { duration: '2h45m' });
    assert.deepEqual(Object.keys(created).sort(), ['client_id', 'client_secret', 'client_secret_version', 'created_at', 'duration', 'enabled', 'expires_at', 'id', 'name', 'updated_at']);
    assert.equal(created.client_secret_version, 1);
    assert.equal(created.enabled, true);
    assert.equal(Date.parse(created.expires_at) - Date.parse(created.created_at), (2 * 60 + 45) * 60e3);
    for (const member of ['created_at', 'updated_at', 'expires_at'])
        assert.match(created[member], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    const { client_secret, ...shown } = created;
    assert.deepEqual(await agent.call('GET', `service_tokens/${created.id}`), shown);
    const forever = await agent.createToken('eternal', { duration: 'forever' });
    assert.equal(forever.expires_at ?? null, null);
    const refreshed = await agent.envelope('POST', `service_tokens/${forever.id}/refresh`);
    assert.equal(refreshed.result.duration, 'forever');
    const renamed = await agent.call('PUT', `service_tokens/${created.id}`, { name: 'zwölf 🗝', duration: '1h' });
    assert.equal(renamed.name, 'zwölf 🗝');
    assert.ok(Math.abs(Date.parse(renamed.expires_at) - Date.now() - 3600e3) < 60e3);
    assert.equal((await agent.call('DELETE', `service_tokens/${created.id}`)).id, created.id);
    for (const [method, path] of [['GET', ''], ['DELETE', ''], ['POST', '/refresh'], ['PUT', '']]) {
        const gone = await agent.envelope(method, `service_tokens/${created.id}${path}`, method === 'PUT' ? { name: 'x' } : undefined);
        assert.equal(gone.status, 404, `${method} ${path}`);
        assert.equal(gone.success, false);
        assert.equal(gone.result, null);
    }
});

test('what is not allowed is refused with the reason, and changes nothing', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const before = await agent.call('GET', 'service_tokens');
    for (const body of [{}, { name: '' }, { name: '   ' }, { name: 'x'.repeat(256) }, { name: 'a\u0000b' }, { name: 'a\u009b31mb' }, { name: 7 }, { name: null }, [], 'text',
        { name: 'x', duration: 'soon' }, { name: 'x', duration: '-1h' }, { name: 'x', duration: '0s' }, { name: 'x', duration: 8760 }]) {
        const refused = await agent.envelope('POST', 'service_tokens', body);
        assert.equal(refused.status, 400, JSON.stringify(body));
        assert.match(refused.errors[0].message, /^access\.api\.error\.invalid_request: ./);
        assert.equal(refused.errors[0].code, 12130);
    }
    const post = async (body, headers) => (await knock(new URL(tokens(agent), agent.api), { authorization: `Bearer ${apiToken}`, ...headers }, { method: 'POST', body })).status;
    for (const body of ['{"name":"a","name":"b"}', '{"name":"x"', '', '\xff', '{"name":"x"} {}', '{"name":"\\ud800"}'])
        assert.equal(await post(body, { 'content-type': 'application/json' }), 400, body);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])   // what a page's form could send
        assert.equal(await post('{"name":"x"}', { 'content-type': type }), 415, type);
    assert.equal((await agent.envelope('PUT', `service_tokens/${token.id}`, { name: '' })).status, 400);
    assert.equal((await agent.envelope('GET', 'service_tokens/not-a-uuid')).success, false);
    assert.equal((await agent.request('GET', '/client/v4/accounts/ffffffffffffffffffffffffffffffff/access/service_tokens')).status >= 400, true);
    const patch = await agent.request('PATCH', tokens(agent), { body: {} });
    assert.ok([404, 405].includes(patch.status), String(patch.status));
    assert.deepEqual(await agent.call('GET', 'service_tokens'), before);
});

test('lists: pages, name and search', async (t) => {
    const agent = await startAgent(t);
    for (let i = 0; i < 25; ++i)
        await agent.createToken(i % 5 === 0 ? `deploy ${i}` : `other ${i}`);
    await agent.createToken('50%_off');
    const list = (query) => agent.envelope('GET', `service_tokens?${query}`);
    const first = await list('per_page=10&page=1');
    assert.deepEqual(first.result_info, { page: 1, per_page: 10, count: 10, total_count: 26, total_pages: 3 });
    const ids = [];
    for (const page of [1, 2, 3])
        ids.push(...(await list(`per_page=10&page=${page}`)).result.map((token) => token.id));
    assert.equal(new Set(ids).size, 26);
    assert.deepEqual((await list('per_page=10&page=4')).result, []);
    assert.equal((await list('search=DEPLOY')).result.length, 5);
    assert.equal((await list('name=deploy%200')).result.length, 1);
    assert.equal((await list('name=deploy')).result.length, 0);
    assert.equal((await list(`search=${encodeURIComponent('%')}`)).result.length, 1, 'a per cent sign is no wildcard');
    assert.equal((await list(`search=${encodeURIComponent('\'; DROP TABLE tokens; --')}`)).result.length, 0);
    assert.equal((await list('')).result.length, 26);
    for (const query of ['page=0', 'page=x', 'per_page=0', 'per_page=-1', 'per_page=1e9'])
        assert.equal((await list(query)).status, 400, query);
});

test('accounts are a list of one, which ends', async (t) => {
    const agent = await startAgent(t);
    const page = async (number) => (await (await agent.request('GET', `/client/v4/accounts?page=${number}`)).json());
    assert.deepEqual((await page(1)).result.map(({ id }) => id), [agent.ready.account_id]);
    const second = await page(2);   // clients go on until a page is empty
    assert.deepEqual(second.result, []);
    assert.equal(second.result_info.total_count, 1);
});

test('applications: created, changed, faithfully kept, deleted; the port is theirs alone', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const created = await agent.protect('http://127.0.0.1:9', token.id, { custom_deny_message: 'go away', tags: ['a', { deep: [1.50, null] }] });
    assert.match(created.aud, /^[0-9a-f]{64}$/);
    assert.equal(created.type, 'self_hosted');
    assert.equal(created.session_duration, '24h');
    assert.equal(created.policies[0].precedence, 1);
    assert.deepEqual(created.policies[0].include, [{ service_token: { token_id: token.id } }]);
    assert.equal(created.custom_deny_message, 'go away', 'members we do not act on are kept');
    assert.deepEqual(created.tags, ['a', { deep: [1.5, null] }]);
    assert.deepEqual(await agent.call('GET', `apps/${created.id}`), created);
    assert.deepEqual(await agent.call('GET', 'apps'), [created]);
    const changed = await agent.call('PUT', `apps/${created.id}`, { ...created, name: 'renamed' });
    assert.equal(changed.name, 'renamed');
    assert.equal(changed.aud, created.aud);
    assert.equal(changed.latchkey.port, created.latchkey.port);
    const taken = await agent.envelope('POST', 'apps', { type: 'self_hosted', name: 'x', domain: 'x.example.com', latchkey: { upstream: 'http://127.0.0.1:9', port: created.latchkey.port } });
    assert.equal(taken.status, 409);
    for (const more of [{ latchkey: { upstream: 'ftp://x' } }, { latchkey: { upstream: 'http://' } }, { latchkey: { port: 70000 } }, { session_duration: 'x' },
        { policies: [{ name: 'p', decision: 'maybe', include: [{ everyone: {} }] }] }, { policies: 'all' }])
        assert.equal((await agent.envelope('POST', 'apps', { type: 'self_hosted', name: 'x', domain: 'y.example.com', ...more })).status, 400, JSON.stringify(more));
    assert.equal((await agent.call('DELETE', `apps/${created.id}`)).id, created.id);
    assert.deepEqual(await agent.call('GET', 'apps'), []);
    await assert.rejects(fetch(`http://127.0.0.1:${created.latchkey.port}/`), 'the port of a deleted application is still open');
});

test('health proves that the agent knows the API token, and tells it to nobody', async (t) => {
    const agent = await startAgent(t);
    const nonce = 'f00dfeed'.repeat(8);
    const reply = await knock(new URL(`/latchkey/v1/health?nonce=${nonce}`, agent.api));
    assert.equal(reply.status, 200);
    const { result } = JSON.parse(reply.body);
    assert.equal(result.proof, createHmac('sha256', apiToken).update(nonce).digest('hex'));
    assert.equal(result.agent_id, agent.ready.agent_id);
    assert.equal(result.version, agent.ready.version);
    assert.ok(!reply.body.includes(apiToken));
});

test('shutdown ends the agent in order', async (t) => {
    const agent = await startAgent(t);
    const reply = await agent.request('POST', '/latchkey/v1/shutdown');
    assert.equal(reply.status, 202);
    assert.equal((await reply.json()).success, true);
    assert.equal((await agent.closed).code, 0);
});

test('keys of a memory vault are new at each start, all else stays', async (t) => {
    const dataDir = await temporaryDirectory(t);
    const kids = [];
    let token;
    for (let start = 0; start < 2; ++start) {
        const agent = await startAgent(t, { dataDir });
        token ??= await agent.createToken('kept');
        kids.push((await (await fetch(new URL('/cdn-cgi/access/certs', agent.edge))).json()).public_cert.kid);
        assert.equal((await agent.call('GET', `service_tokens/${token.id}`)).name, 'kept');
        assert.equal((await agent.stop()).code, 0);
    }
    assert.notEqual(kids[0], kids[1]);
});
