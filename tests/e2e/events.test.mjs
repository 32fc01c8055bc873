// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Watching the agent: server-sent events and Prometheus figures; and what a client need not fetch or may not ask too often.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Cloudflare from 'cloudflare';
import { addressOf, apiToken, credentials, eventually, startAgent, startEcho } from './agent.mjs';

/** Listens to the agent's events: { events, ended }. */
async function listen(agent) {
    const leaving = new AbortController();
    const response = await agent.request('GET', '/latchkey/v1/events', { signal: leaving.signal });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    const heard = { events: [], ended: false };
    (async () => {
        let text = '';
        for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
            text += chunk;
            for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
                const fields = Object.fromEntries(text.slice(0, end).split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
                text = text.slice(end + 2);
                if (fields.data)
                    heard.events.push({ id: Number(fields.id), type: fields.event, ...JSON.parse(fields.data) });
            }
        }
        heard.ended = true;
    })().catch((error) => { heard.error = error; });
    heard.leave = () => leaving.abort();
    return heard;
}

test('events tell of tokens, applications, keys, settings and requests, and never a secret', async (t) => {
    const agent = await startAgent(t);
    assert.equal((await agent.request('GET', '/latchkey/v1/events', { headers: { authorization: 'Bearer wrong' } })).status, 403);
    const heard = await listen(agent);
    const token = await agent.createToken('watched');
    await agent.call('PUT', `service_tokens/${token.id}`, { name: 'renamed' });
    await agent.call('POST', `service_tokens/${token.id}/refresh`);
    token.client_secret = (await agent.call('POST', `service_tokens/${token.id}/rotate`, {})).client_secret;
    const everyone = { name: 'all', include: [{ everyone: {} }] };
    const group = await agent.call('POST', 'groups', everyone);
    await agent.call('DELETE', `groups/${group.id}`);
    await agent.call('POST', 'policies', { ...everyone, decision: 'bypass' });
    const application = await agent.protect(await startEcho(t), token.id);
    await agent.call('POST', `apps/${application.id}/revoke_tokens`);
    await agent.call('PUT', 'keys', { key_rotation_interval_days: 30 });
    await agent.call('POST', 'keys/rotate');
    const put = async (path, body) => assert.equal((await agent.request('PUT', path, { body })).status, 200);
    await put(`/latchkey/v1/apps/${application.id}/faults`, { latency_ms: 1 });
    const configuration = (await (await agent.request('GET', '/latchkey/v1/config')).json()).result;
    configuration.service_tokens[0].name = 'imported';
    await put('/latchkey/v1/config', configuration);
    assert.equal((await fetch(addressOf(application), { headers: credentials(token) })).status, 200);
    assert.equal((await fetch(addressOf(application), { headers: { ...credentials(token), 'cf-access-client-secret': 'x' } })).status, 401);
    await agent.envelope('POST', 'service_tokens', { name: '' });   // refused: nothing happened
    await agent.call('DELETE', `service_tokens/${token.id}`);

    await eventually(() => heard.events.filter(({ type }) => type === 'request').length === 2, 'two requests told');
    await eventually(() => heard.events.some(({ action }) => action === 'deleted'), 'the deletion told');
    const told = heard.events.filter(({ type }) => type !== 'request').map(({ type, action, id, name }) => ({ type, action, id, name }));
    assert.deepEqual(told.map(({ type, action }) => `${type} ${action}`), ['token created', 'token updated', 'token refreshed',
        'token rotated', 'group created', 'group deleted', 'policy created', 'application created', 'application sessions_revoked',
        'organization updated', 'keys rotated', 'fault set', 'token updated', 'configuration imported', 'token deleted']);
    // Each of the edge's workers hands over its own once a second, so two requests may be told in either order.
    assert.deepEqual(heard.events.filter(({ type }) => type === 'request').map(({ reason, client_id }) => [reason, client_id]).sort(),
        [['allowed', token.client_id], ['wrong_secret', token.client_id]]);
    assert.ok(!JSON.stringify(heard.events).includes(token.client_secret));

    // A client that leaves is forgotten; stopping ends the streams cleanly and at once.
    const other = await listen(agent);
    const listeners = async () => Number(/^latchkey_event_listeners (\d+)$/m.exec(await (await agent.request('GET', '/latchkey/v1/metrics')).text())[1]);
    assert.equal(await listeners(), 2);
    other.leave();
    await eventually(async () => await listeners() === 1, 'the client that left is forgotten');
    const before = Date.now();
    assert.equal((await agent.stop()).code, 0);
    assert.ok(Date.now() - before < 5000);
    await eventually(() => heard.ended || heard.error, 'the end of the stream');
    assert.equal(heard.error, undefined);
});

test('metrics are Prometheus text without a label for each token', async (t) => {
    const agent = await startAgent(t);
    for (let i = 0; i < 3; ++i)
        await agent.createToken(`token ${i}`);
    const response = await agent.request('GET', '/latchkey/v1/metrics');
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
    const lines = (await response.text()).trimEnd().split('\n');
    for (const line of lines)
        assert.match(line, /^(# (HELP|TYPE) latchkey_[a-z_]+ .+|latchkey_[a-z_]+(\{[a-z]+="[^"]*"\})? \d+)$/);
    assert.ok(lines.includes('latchkey_service_tokens 3'));
    assert.ok(lines.includes('latchkey_requests_total{outcome="allowed"} 0'));
});

test('a list that has not changed need not be sent again; last_seen_at is no change', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken('seen');
    const application = await agent.protect(await startEcho(t), token.id);
    const path = `/client/v4/accounts/${agent.ready.account_id}/access/service_tokens`;
    const ask = (tag) => agent.request('GET', path, { headers: tag ? { 'if-none-match': tag } : {} });
    const first = await ask();
    const tag = first.headers.get('etag');
    assert.match(tag, /^W\/"[0-9a-f]{32}"$/);
    const same = await ask(`"other", ${tag}`);
    assert.equal(same.status, 304);
    assert.equal(same.headers.get('etag'), tag);
    assert.equal(await same.text(), '');

    await fetch(addressOf(application), { headers: credentials(token) });
    await eventually(async () => (await agent.call('GET', `service_tokens/${token.id}`)).last_seen_at, 'last_seen_at');
    assert.equal((await ask(tag)).status, 304);
    await agent.call('PUT', `service_tokens/${token.id}`, { name: 'new' });
    const changed = await ask(tag);
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers.get('etag'), tag);
    assert.equal((await changed.json()).result[0].name, 'new');
    // A zone is an alias of the account.
    assert.equal((await agent.request('GET', '/client/v4/zones/any/access/service_tokens', { headers: { 'if-none-match': changed.headers.get('etag') } })).status, 304);
});

test('the rate limit is off until it is wanted, then answers 429 with Retry-After as the SDK understands it', async (t) => {
    const agent = await startAgent(t);
    const account_id = agent.ready.account_id;
    for (let i = 0; i < 20; ++i)
        await agent.call('GET', 'service_tokens');
    await agent.call('PUT', 'organizations', { latchkey: { rate_limit: 30 } });
    let limited;
    for (let i = 0; i < 40 && !limited; ++i) {
        const response = await agent.request('GET', `/client/v4/accounts/${account_id}/access/apps`);
        limited = response.status === 429 ? response : undefined;
    }
    assert.ok(limited);
    const wait = Number(limited.headers.get('retry-after'));
    assert.ok(wait > 0 && wait <= 300, String(wait));
    const envelope = await limited.json();
    assert.equal(envelope.success, false);
    assert.equal(envelope.errors[0].code, 971);
    const client = new Cloudflare({ apiToken, baseURL: agent.api, maxRetries: 0 });
    await assert.rejects(client.zeroTrust.access.keys.get({ account_id }), Cloudflare.RateLimitError);
    assert.equal((await agent.request('GET', '/latchkey/v1/status')).status, 200);   // the agent's own are not limited
});

test('the rotation interval is set between 21 and 365 days', async (t) => {
    const agent = await startAgent(t);
    const { keys } = new Cloudflare({ apiToken, baseURL: agent.api }).zeroTrust.access;
    const account_id = agent.ready.account_id;
    const updated = await keys.update({ account_id, key_rotation_interval_days: 21 });
    assert.equal(updated.key_rotation_interval_days, 21);
    assert.equal(updated.days_until_next_rotation, 21);
    assert.equal((await keys.get({ account_id })).key_rotation_interval_days, 21);
    for (const days of [20, 366, 30.5, '30', null])
        await assert.rejects(keys.update({ account_id, key_rotation_interval_days: days }), (error) =>
            error instanceof Cloudflare.BadRequestError && /key_rotation_interval_days must be/.test(error.message), String(days));
});
