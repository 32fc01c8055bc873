// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The fault that only time tells of; legacy.test.mjs has the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { addressOf, credentials, startAgent, startEcho } from './agent.mjs';

test('certs_slow: a validator runs out of patience, nobody else notices', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const application = await agent.protect(await startEcho(t), token.id);
    const other = await agent.protect(await startEcho(t), token.id);
    const address = addressOf(application);
    const set = await agent.request('PUT', `/latchkey/v1/apps/${application.id}/faults`, { body: { certs: 'certs_slow' } });
    assert.equal(set.status, 200);

    const began = Date.now();
    const slow = fetch(`${address}/cdn-cgi/access/certs`);
    const enter = async () => {
        const response = await fetch(address, { headers: credentials(token) });
        assert.equal(response.status, 200);
        return (await response.json()).headers['cf-access-jwt-assertion'];
    };
    const jwt = await enter();
    const judge = (at) => jwtVerify(jwt, createRemoteJWKSet(new URL('/cdn-cgi/access/certs', at)), { audience: application.aud })
        .then(() => 'valid', (error) => error.code);
    const verdict = judge(address);   // jose waits for 5 s
    assert.equal(await judge(addressOf(other)), 'valid');
    assert.equal(await judge(agent.edge), 'valid');
    await enter();
    assert.ok(Date.now() - began < 4000, 'the others were not slowed down');
    assert.equal(await verdict, 'ERR_JWKS_TIMEOUT');

    const late = await slow;
    assert.ok(Date.now() - began >= 10_000, `it took ${Date.now() - began} ms`);
    assert.equal(late.status, 200);
    assert.equal((await late.json()).keys.length, 1);
    // Taken back, it is quick again.
    await agent.request('DELETE', `/latchkey/v1/apps/${application.id}/faults`);
    const again = Date.now();
    assert.equal((await fetch(`${address}/cdn-cgi/access/certs`)).status, 200);
    assert.ok(Date.now() - again < 4000);
});
