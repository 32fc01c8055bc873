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

const server = fileURLToPath(new URL('validators.server.mjs', import.meta.url));
const routes = ['hono', 'pages', 'jose'];

/** The server under exec: its origin. */
async function startServer(t, agent, audience, { team = 'acme', env = {} } = {}) {
    const child = spawn(binary, ['--data-dir', agent.dataDir, 'exec', '--', process.execPath, server, team, audience],
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
