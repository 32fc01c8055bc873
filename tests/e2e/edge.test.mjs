// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The edge from outside: who gets in, who does not and why, and what the service behind it receives.
import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { describe, test } from 'node:test';
import { addressOf, credentials, eventually, startAgent, startEcho, startService } from './agent.mjs';
import { knock, raw } from './knock.mjs';

const wrongSecret = `cfast_${'x'.repeat(40)}00000000`;

describe('refusals', () => {
    let agent, application, address, token, seen;
    const refusedAs = async (status, reason, headers, target = address) => {
        const before = seen;
        const reply = await knock(target, headers);
        assert.equal(`${reply.status} ${reply.headers['latchkey-reason']}`, `${status} ${reason}`);
        assert.equal(seen, before, 'the service saw a request that was refused');
        return reply;
    };

    test('set up', async (t) => {
        // The agent outlives this test: it ends with the file's last one.
        agent = await startAgent({ after: (end) => ends.push(end) });
        seen = 0;
        const upstream = await startService({ after: (end) => ends.push(end) }, (request, response) => { ++seen; response.end('in'); });
        token = await agent.createToken();
        application = await agent.protect(upstream, token.id);
        address = addressOf(application);
        agent.upstream = upstream;
        assert.equal((await knock(address, credentials(token))).status, 200);
    });
    const ends = [];

    const id = () => ['CF-Access-Client-Id', token.client_id];
    const secret = () => ['CF-Access-Client-Secret', token.client_secret];
    for (const [name, reason, headers] of [
        ['no credentials', 'missing_credentials', () => []],
        ['only the id', 'incomplete_credentials', () => id()],
        ['only the secret', 'incomplete_credentials', () => secret()],
        ['two ids', 'duplicate_credentials', () => [...id(), ...id(), ...secret()]],
        ['two secrets', 'duplicate_credentials', () => [...id(), ...secret(), ...secret()]],
        ['a right and a wrong secret', 'duplicate_credentials', () => [...id(), ...secret(), 'cf-access-client-secret', wrongSecret]],
        ['a wrong secret', 'wrong_secret', () => [...id(), 'CF-Access-Client-Secret', wrongSecret]],
        ['the secret in capitals', 'wrong_secret', () => [...id(), 'CF-Access-Client-Secret', token.client_secret.toUpperCase()]],
        ['an unknown id', 'unknown_client_id', () => ['CF-Access-Client-Id', `${'0'.repeat(32)}.access`, ...secret()]],
        ['an id that is none', 'malformed_credentials', () => ['CF-Access-Client-Id', 'hello', ...secret()]],
        ['id and secret swapped', 'malformed_credentials', () => ['CF-Access-Client-Id', token.client_secret, 'CF-Access-Client-Secret', token.client_id]],
        ['a cookie alone', 'missing_credentials', () => ['Cookie', 'CF_Authorization=eyJhbGciOiJub25lIn0.e30.']],
        ['a forged assertion alone', 'missing_credentials', () => ['Cf-Access-Jwt-Assertion', 'eyJhbGciOiJub25lIn0.e30.']],
    ])
        test(`${name}: 401 ${reason}`, () => refusedAs(401, reason, headers()));

    test('header names count in any case', async () => {
        const reply = await knock(address, ['cF-aCCESS-cLIENT-iD', token.client_id, 'CF-ACCESS-CLIENT-SECRET', token.client_secret]);
        assert.equal(reply.status, 200);
    });

    test('a refusal says what to do, as JSON or as a page, and never redirects', async () => {
        const json = await refusedAs(401, 'missing_credentials', ['Accept', 'application/json']);
        assert.match(json.headers['content-type'], /^application\/json/);
        assert.match(JSON.stringify(JSON.parse(json.body)), /missing_credentials/);
        const page = await refusedAs(401, 'missing_credentials', ['Accept', 'text/html,*/*;q=0.8']);
        assert.match(page.headers['content-type'], /^text\/html/);
        assert.equal(page.headers.location, undefined);
        assert.equal(page.headers['set-cookie'], undefined);
    });

    test('a name in the path cannot write markup into the page', async () => {
        const page = await refusedAs(401, 'missing_credentials', ['Accept', 'text/html'], `${address}/%3Cscript%3Ealert(1)%3C/script%3E?<script>`);
        assert.doesNotMatch(page.body, /<script>/);
    });

    test('a disabled token: 401 token_disabled to who knows the secret, wrong_secret to others', async () => {
        const other = await agent.createToken('disabled');
        await agent.call('PUT', `service_tokens/${other.id}`, { enabled: false });
        await refusedAs(401, 'token_disabled', credentials(other));
        await refusedAs(401, 'wrong_secret', { ...credentials(other), 'cf-access-client-secret': wrongSecret });
        await agent.call('PUT', `service_tokens/${other.id}`, { enabled: true });
        await refusedAs(403, 'no_matching_policy', credentials(other));
    });

    test('an expired token: 401 token_expired; refresh revives it at once', async () => {
        const short = await agent.createToken('short', { duration: '1s' });
        const own = await agent.protect(agent.upstream, short.id);
        await eventually(async () => (await knock(addressOf(own), credentials(short))).status === 401, 'the token expires');
        await refusedAs(401, 'token_expired', credentials(short), addressOf(own));
        await refusedAs(401, 'wrong_secret', { ...credentials(short), 'cf-access-client-secret': wrongSecret }, addressOf(own));
        const refreshed = await agent.call('POST', `service_tokens/${short.id}/refresh`);
        assert.equal((await knock(addressOf(own), credentials(short))).status, 200);
        assert.equal(refreshed.duration, '8760h');
        assert.ok(Math.abs(Date.parse(refreshed.expires_at) - Date.now() - 8760 * 3600e3) < 60e3, refreshed.expires_at);
    });

    test('policies: 403 with the reason', async () => {
        const other = await agent.createToken('other');
        const rule = (who) => ({ service_token: { token_id: who.id } });
        const everyone = { everyone: {} };
        for (const [reason, policies] of [
            ['no_matching_policy', []],
            ['no_matching_policy', [{ name: 'p', decision: 'non_identity', include: [rule(other)] }]],
            ['matched_allow_not_service_auth', [{ name: 'p', decision: 'allow', include: [rule(token)] }]],
            ['excluded_by_policy', [{ name: 'p', decision: 'non_identity', include: [{ any_valid_service_token: {} }], exclude: [rule(token)] }]],
            ['requirement_not_met', [{ name: 'p', decision: 'non_identity', include: [rule(token)], require: [{ ip: { ip: '203.0.113.0/24' } }] }]],
        ]) {
            const own = await agent.protect(agent.upstream, token.id, { policies });
            await refusedAs(403, reason, credentials(token), addressOf(own));
        }
        const machines = await agent.protect(agent.upstream, token.id, { policies: [{ name: 'p', decision: 'non_identity', include: [everyone] }] });
        assert.equal((await knock(addressOf(machines), credentials(token))).status, 200);
        await refusedAs(401, 'missing_credentials', [], addressOf(machines));   // Service Auth wants a token, even of everyone
    });

    test('an edge address without an application: 404 unknown_application', async () => {
        const reply = await knock(agent.edge, credentials(token), { host: 'nobody.example.com' });
        assert.equal(reply.headers['latchkey-reason'], 'unknown_application');
        assert.equal(reply.status, 404);
    });

    test('ambiguous messages never reach the service', async () => {
        const head = `Host: x\r\nCF-Access-Client-Id: ${token.client_id}\r\nCF-Access-Client-Secret: ${token.client_secret}\r\n`;
        const before = seen;
        for (const bytes of [
            `POST / HTTP/1.1\r\n${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
            `POST / HTTP/1.1\r\n${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`,
            `POST / HTTP/1.1\r\n${head}Transfer-Encoding: identity, chunked, gzip\r\n\r\n0\r\n\r\n`,
            `GET / HTTP/1.1\r\n${head}X-Folded: a\r\n b\r\n\r\n`,
            `GET / HTTP/1.1\n${head.replaceAll('\r\n', '\n')}\n`,
            `GET / HTTP/1.1\r\n${head}X Bad: a\r\n\r\n`,
            `GET / HTTP/1.1\r\n${head}Host: y\r\n\r\n`,
            `GET /a/../b HTTP/1.1\r\n${head}\r\n`,
            `GET /a%2f..%2fb HTTP/1.1\r\n${head}\r\n`,
        ]) {
            const reply = await raw(address, bytes, { until: (text) => text.includes('\r\n\r\n') });
            assert.match(reply, /^HTTP\/1\.1 400 /, `${JSON.stringify(bytes)} was answered ${JSON.stringify(reply.slice(0, 60))}`);
        }
        assert.equal(seen, before);
    });

    test('clean up', async () => { for (const end of ends.reverse()) await end(); });
});

test('what the service receives: one assertion, no credentials, nothing spoofed', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const application = await agent.protect(await startEcho(t), token.id);
    const forged = 'eyJhbGciOiJub25lIn0.eyJjb21tb25fbmFtZSI6ImFkbWluIn0.';
    const reply = await knock(`${addressOf(application)}/a/b?c=d&e=%20`, [
        ...Object.entries(credentials(token)).flat(),
        'Cf-Access-Jwt-Assertion', forged, 'cf-access-jwt-assertion', forged, 'CF-ACCESS-TOKEN', forged,
        'Cf-Access-Authenticated-User-Email', 'root@example.com', 'Latchkey-Token', 'forged', 'LATCHKEY-anything', 'forged',
        'X-Forwarded-For', '198.51.100.7', 'CF-Connecting-IP', '198.51.100.7',
        'Connection', 'close, X-Hop, Cf-Access-Jwt-Assertion', 'X-Hop', 'one hop only', 'Proxy-Authorization', 'Basic eDp5',
        'X-Kept', 'kept', 'Cookie', `a=b; CF_Authorization=${forged}; c=d`,
    ]);
    assert.equal(reply.status, 200);
    const { method, url, headers, rawHeaders } = JSON.parse(reply.body);
    assert.equal(`${method} ${url}`, 'GET /a/b?c=d&e=%20');
    const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    assert.equal(names.filter((name) => name === 'cf-access-jwt-assertion').length, 1);
    assert.notEqual(headers['cf-access-jwt-assertion'], forged);
    assert.equal(JSON.parse(Buffer.from(headers['cf-access-jwt-assertion'].split('.')[1], 'base64url')).common_name, token.client_id);
    assert.deepEqual(names.filter((name) => /^(cf-access-|latchkey-)/.test(name)), ['cf-access-jwt-assertion']);
    for (const name of ['x-hop', 'proxy-authorization'])
        assert.equal(headers[name], undefined, name);
    assert.equal(headers['x-kept'], 'kept');
    assert.doesNotMatch(rawHeaders.join('\n'), /198\.51\.100\.7/, 'a client names its own address');
    assert.ok(!rawHeaders.join('\n').includes(token.client_secret));
    assert.match(headers.cookie ?? '', /a=b/);
    assert.ok(!(headers.cookie ?? '').includes(forged), 'a forged CF_Authorization cookie reached the service');
});

test('a Bypass policy lets anybody in, without an assertion and without what they forged', async (t) => {
    const agent = await startAgent(t);
    const application = await agent.protect(await startEcho(t), '', { policies: [{ name: 'open', decision: 'bypass', include: [{ everyone: {} }] }] });
    const reply = await knock(addressOf(application), ['Cf-Access-Jwt-Assertion', 'forged', 'Latchkey-Token', 'forged']);
    assert.equal(reply.status, 200);
    const { headers } = JSON.parse(reply.body);
    assert.equal(headers['cf-access-jwt-assertion'], undefined);
    assert.equal(headers['latchkey-token'], undefined);
});

test('a delete is in force when the API answers, on every connection that is open', async (t) => {
    const agent = await startAgent(t, { args: ['--threads', '2'] });
    const upstream = await startService(t, (request, response) => response.end('in'));
    const bystander = await agent.createToken('bystander');
    const rule = [{ any_valid_service_token: {} }];
    for (let round = 0; round < 10; ++round) {
        const token = await agent.createToken('short-lived');
        const application = await agent.protect(upstream, token.id, { policies: [{ name: 'p', decision: 'non_identity', include: rule }] });
        const address = addressOf(application);
        const connections = Array.from({ length: 8 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
        const all = (who) => Promise.all(connections.map((agent) => knock(address, credentials(who), { agent })));
        for (const reply of await all(token))
            assert.equal(reply.status, 200);
        await agent.call('DELETE', `service_tokens/${token.id}`);
        for (const reply of await all(token)) {
            assert.equal(`${reply.status} ${reply.headers['latchkey-reason']}`, '401 unknown_client_id');
            assert.ok(reply.reusedSocket, 'the test must use the open connections');
        }
        for (const reply of await all(bystander))
            assert.equal(reply.status, 200);
        connections.forEach((agent) => agent.destroy());
        await agent.call('DELETE', `apps/${application.id}`);
    }
});

test('a stream of a token that is deleted ends', async (t) => {
    const agent = await startAgent(t);
    const upstream = await startService(t, (request, response) => {
        const timer = setInterval(() => response.write('tick\n'), 20);
        response.on('close', () => clearInterval(timer));
    });
    const token = await agent.createToken();
    const application = await agent.protect(upstream, token.id);
    const response = await fetch(addressOf(application), { headers: credentials(token) });
    const reader = response.body.getReader();
    assert.match(Buffer.from((await reader.read()).value).toString(), /tick/);
    await agent.call('DELETE', `service_tokens/${token.id}`);
    const ended = (async () => { try { while (!(await reader.read()).done); } catch { /* cut off: an end too */ } return 'ended'; })();
    const patience = new AbortController();
    const never = new Promise((resolve) => { setTimeout(resolve, 15_000, 'still open').unref(); });
    assert.equal(await Promise.race([ended, never]), 'ended');
    patience.abort();
});

test('last_seen_at tells of a use, and the log of every request', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const application = await agent.protect(await startEcho(t), token.id);
    assert.equal(token.last_seen_at, undefined);
    await knock(addressOf(application), credentials(token));
    await knock(`${addressOf(application)}/secret-path?query=hidden`, {});
    const seen = await eventually(async () => (await agent.call('GET', `service_tokens/${token.id}`)).last_seen_at, 'last_seen_at is set');
    assert.ok(Math.abs(Date.parse(seen) - Date.now()) < 60_000);
    const requests = await eventually(async () => {
        const { result } = await (await agent.request('GET', '/latchkey/v1/requests?limit=10')).json();
        return result.length >= 2 && result;
    }, 'the log tells of both');
    const refused = requests.find((row) => !row.allowed);
    assert.equal(refused.reason, 'missing_credentials');
    assert.equal(refused.path, '/secret-path');
    assert.doesNotMatch(JSON.stringify(requests), /hidden/);
    assert.equal(requests.find((row) => row.allowed).token_id, token.id);
});

test('a service that is down, silent or talks rubbish: 502 with the reason', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    let close;
    const down = await agent.protect(await startService({ after: (end) => { close = end; } }, () => { }), token.id);
    close();
    const reply = await knock(addressOf(down), credentials(token));
    assert.equal(`${reply.status} ${reply.headers['latchkey-reason']}`, '502 upstream_unreachable');
    const rubbish = await startService(t, (request) => request.socket.end('SSH-2.0-nonsense\r\n\r\n'));
    const odd = await agent.protect(rubbish, token.id);
    const answer = await knock(addressOf(odd), credentials(token));
    assert.equal(`${answer.status} ${answer.headers['latchkey-reason']}`, '502 upstream_protocol');
    const none = await agent.protect(undefined, token.id, { latchkey: {} });
    assert.equal((await knock(addressOf(none), credentials(token))).headers['latchkey-reason'], 'upstream_missing');
});
