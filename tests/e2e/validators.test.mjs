// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Validators in the wild, unmodified, in a Hono server on Node that runs under `latchkey-agent exec` behind the edge.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { addressOf, binary, credentials, environment, startAgent, startEcho } from './agent.mjs';
import { ask, logIn } from './logins.mjs';

const server = fileURLToPath(new URL('validators.server.mjs', import.meta.url));
const backstage = fileURLToPath(new URL('backstage.server.mjs', import.meta.url));
const routes = ['hono', 'pages', 'jose'];

/** A server under exec: its origin. `more`: what it is told beside the team and the audience. */
async function startServer(t, agent, audience, { team = 'acme', env = {}, program = server, more = [] } = {}) {
    const child = spawn(binary, ['--data-dir', agent.dataDir, 'exec', '--', process.execPath, program, team, audience, ...more],
        { env: environment({ HTTPS_PROXY: '', https_proxy: '', NO_PROXY: '', no_proxy: '', NODE_OPTIONS: '', ...env }), stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'close');
    t.after(async () => {
        child.kill('SIGTERM');
        await ended;
    });
    const { value, done } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    assert.ok(!done, 'the server started');
    return `http://127.0.0.1:${value}`;
}

/** An agent whose application stands before the server: { agent, token, application, origin }. */
async function setUp(t, options) {
    const agent = await startAgent(t, { vault: 'file', args: ['--edge-tls', '127.0.0.1:0', '--team', 'acme'] });
    const token = await agent.createToken();
    const application = await agent.protect('http://127.0.0.1:1', token.id);
    const origin = await startServer(t, agent, application.aud, options);
    await agent.call('PUT', `apps/${application.id}`, { ...application, latchkey: { ...application.latchkey, upstream: origin } });
    return { agent, token, application, origin };
}

test('they let in what the edge lets in, whatever Node makes of proxies', async (t) => {
    for (const env of [{}, { NODE_USE_ENV_PROXY: '1' }]) {
        const { token, application } = await setUp(t, { env });
        for (const route of routes) {
            const reply = await fetch(`${addressOf(application)}/${route}/x`, { headers: credentials(token) });
            const text = await reply.text();
            assert.equal(reply.status, 200, `${route}: ${text}`);
            const { by, payload } = JSON.parse(text);
            assert.equal(by, route);
            assert.equal(payload.common_name, token.client_id, route);
            assert.equal(payload.iss, 'https://acme.cloudflareaccess.com', route);
            assert.deepEqual([payload.aud].flat(), [application.aud], route);
        }
        const identity = await (await fetch(`${addressOf(application)}/identity`, { headers: credentials(token) })).json();
        assert.equal(identity.by, 'pages api');
    }
});

test('they refuse what did not come through the edge, and what is forged', async (t) => {
    const { agent, token, application, origin } = await setUp(t);
    const other = await agent.protect(await startEcho(t), token.id);
    const echoed = await (await fetch(addressOf(other), { headers: credentials(token) })).json();
    const foreign = echoed.headers['cf-access-jwt-assertion'];
    const [head, payload, signature] = foreign.split('.');
    const forged = [head, Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url')), aud: [application.aud] })).toString('base64url'), signature].join('.');
    for (const route of routes) {
        for (const [what, headers] of [['no assertion', {}], ['another application\'s', { 'cf-access-jwt-assertion': foreign }], ['a forged one', { 'cf-access-jwt-assertion': forged }]]) {
            const reply = await fetch(`${origin}/${route}/x`, { headers, redirect: 'manual' });
            assert.notEqual(reply.status, 200, `${route}: ${what}`);
        }
        assert.equal((await fetch(`${addressOf(application)}/${route}/x`)).status, 401, 'the edge itself');
    }
});

test('Backstage\'s provider signs in tokens it knows and people who logged in, and nobody else', async (t) => {
    for (const env of [{}, { NODE_USE_ENV_PROXY: '1' }]) {
        const agent = await startAgent(t, { vault: 'file', args: ['--edge-tls', '127.0.0.1:0', '--team', 'acme'] });
        const [known, unknown] = [await agent.createToken('known'), await agent.createToken('unknown')];
        await agent.call('PATCH', 'organizations', { latchkey: { test_identities: [
            { email: 'ada@example.com', name: 'Ada Lovelace', groups: ['math'], country: 'GB' }, { email: 'eve@example.com', name: 'Eve' }] } });
        const application = await agent.protect('http://127.0.0.1:1', known.id, { policies: [
            { name: 'machines', decision: 'non_identity', include: [{ any_valid_service_token: {} }] },
            { name: 'people', decision: 'allow', include: [{ everyone: {} }] }] });
        const origin = await startServer(t, agent, application.aud, { env, program: backstage, more: [`${known.client_id}=bot@example.com`] });
        await agent.call('PUT', `apps/${application.id}`, { ...application, latchkey: { ...application.latchkey, upstream: origin } });
        const path = '/api/auth/cfaccess/refresh';
        const address = addressOf(application);
        const signIn = async (headers, from = address) => {
            const response = await ask(`${from}${path}`, headers);
            return { status: response.status, ...await response.json() };
        };

        const bot = await signIn(credentials(known));
        assert.equal(bot.status, 200, bot.message);
        assert.equal(bot.backstageIdentity.identity.userEntityRef, 'user:default/bot');
        assert.equal(bot.profile.email, 'bot@example.com');
        const { claims, expiresInSeconds } = bot.providerInfo;
        assert.deepEqual([claims.common_name, claims.sub, claims.iss, claims.type], [known.client_id, '', 'https://acme.cloudflareaccess.com', 'app']);
        assert.equal(expiresInSeconds, 24 * 3600);
        const stranger = await signIn(credentials(unknown));
        assert.deepEqual([stranger.status, stranger.message], [401, `${unknown.client_id} is not a permitted Service Token.`]);

        // It asks the team's host who the person is.
        const cookie = await logIn(address);
        const ada = await signIn({ cookie });
        assert.equal(ada.status, 200, ada.message);
        assert.deepEqual([ada.profile, ada.backstageIdentity.identity.userEntityRef], [{ email: 'ada@example.com', displayName: 'Ada Lovelace' }, 'user:default/ada']);
        assert.equal(ada.providerInfo.cfIdentity.email, 'ada@example.com');
        assert.ok(ada.providerInfo.claims.sub);
        const jwt = cookie.split('=')[1];
        assert.equal((await signIn({ cookie }, origin)).status, 200, 'by the cookie alone');
        assert.equal((await signIn({ 'cf-access-jwt-assertion': jwt }, origin)).status, 200);

        assert.equal((await signIn({}, origin)).status, 401);
        assert.notEqual((await signIn({ 'cf-access-jwt-assertion': `${jwt.slice(0, -8)}AAAAAAAA` }, origin)).status, 200);
        const other = await agent.protect(await startEcho(t), known.id);
        const foreign = (await (await fetch(addressOf(other), { headers: credentials(known) })).json()).headers['cf-access-jwt-assertion'];
        const refused = await signIn({ 'cf-access-jwt-assertion': foreign }, origin);
        assert.deepEqual([refused.status, refused.code], [500, 'ERR_JWT_CLAIM_VALIDATION_FAILED']);
        // The signature stays good, but the team's host knows nobody by it any more.
        assert.equal((await ask(`${address}/cdn-cgi/access/logout`, { cookie })).status, 200);
        const gone = await signIn({ 'cf-access-jwt-assertion': jwt }, origin);
        assert.notEqual(gone.status, 200);
        assert.match(gone.message, /identity/);
    }
});
