// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// latchkey-agent protect: one command from a service to a protected one, and nothing left behind.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { binary, command, environment, startAgent, startEcho, temporaryDirectory } from './agent.mjs';

/** Starts it: { told, stop(signal) → [code, signal] }. */
async function protect(t, args, env = {}) {
    const child = spawn(binary, [...args, '--json'], { env: environment(env), stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'close');
    t.after(() => child.kill('SIGKILL'));
    const { value, done } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    assert.ok(!done, 'it said something');
    const stop = (signal) => {
        child.kill(signal);
        return ended;
    };
    return { told: JSON.parse(value), stop };
}

const knock = (told, more = {}) => fetch(`${told.address}/x`, {
    headers: { 'cf-access-client-id': told.client_id, 'cf-access-client-secret': told.client_secret, ...more },
});

test('in a running agent, until Ctrl-C', async (t) => {
    const agent = await startAgent(t, { vault: 'file' });
    const { told, stop } = await protect(t, ['--data-dir', agent.dataDir, 'protect', await startEcho(t), '--name', 'mine']);
    const reply = await knock(told);
    assert.equal(reply.status, 200);
    assert.ok((await reply.json()).headers['cf-access-jwt-assertion']);
    assert.equal((await fetch(told.address)).status, 401);
    assert.equal((await knock(told, { 'cf-access-client-secret': 'wrong' })).status, 401);
    assert.deepEqual((await agent.call('GET', 'apps')).map(({ name }) => name), ['mine']);
    assert.deepEqual(await stop('SIGINT'), [0, null]);
    assert.deepEqual(await agent.call('GET', 'apps'), []);
    assert.deepEqual(await agent.call('GET', 'service_tokens'), []);
});

test('kept in a running agent', async (t) => {
    const agent = await startAgent(t, { vault: 'file' });
    const { port } = new URL(await startEcho(t));
    const { code, stdout } = await command(['--data-dir', agent.dataDir, 'protect', port, '--keep', '--json']);
    assert.equal(code, 0);
    const told = JSON.parse(stdout);
    assert.equal(told.upstream, `http://127.0.0.1:${port}`);
    assert.equal((await knock(told)).status, 200);
    const [token] = await agent.call('GET', 'service_tokens');
    assert.equal(token.duration, '8760h');
});

test('in an agent of its own', async (t) => {
    const home = await temporaryDirectory(t);
    const env = { HOME: home, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: home };
    const { told, stop } = await protect(t, ['protect', await startEcho(t)], env);
    assert.equal((await knock(told)).status, 200);
    assert.deepEqual(await stop('SIGTERM'), [0, null]);
    const after = await knock(told).catch(() => undefined);
    assert.notEqual(after?.status, 200, 'its agent is gone, and whoever has its port since does not know the token');

    const kept = await command(['protect', '3000', '--keep'], { env: environment(env) });
    assert.equal(kept.code, 2);
    assert.match(kept.stderr, /latchkey-agent serve/);
});

test('a person gets headers and a line to paste', async (t) => {
    const agent = await startAgent(t, { vault: 'file' });
    const { stdout } = await command(['--data-dir', agent.dataDir, 'protect', await startEcho(t), '--keep']);
    assert.match(stdout, /^CF-Access-Client-Id: [0-9a-f]{32}\.access$/m);
    assert.match(stdout, /^CF-Access-Client-Secret: cfast_\w{48}$/m);
    assert.match(stdout, /^curl -H 'CF-Access-Client-Id: .*' http:\/\/127\.0\.0\.1:\d+\/$/m);
    assert.equal((await command(['--data-dir', agent.dataDir, 'protect', 'ftp://127.0.0.1:21'])).code, 2);
    assert.equal((await agent.call('GET', 'service_tokens')).length, 1, 'a refused application leaves no token');
});
