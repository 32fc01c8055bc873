// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Rotation of the signing key, as a service behind the edge sees it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Cloudflare from 'cloudflare';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { addressOf, apiToken, credentials, startAgent, startEcho, temporaryDirectory } from './agent.mjs';

test('a JWT of the previous key verifies after a rotation and a restart; new ones are of the new key', async (t) => {
    const dataDir = await temporaryDirectory(t);
    let agent = await startAgent(t, { dataDir, vault: 'file' });
    const account_id = agent.ready.account_id;
    const { keys } = new Cloudflare({ apiToken, baseURL: agent.api }).zeroTrust.access;
    const token = await agent.createToken();
    const application = await agent.protect(await startEcho(t), token.id);
    const assertion = async () => (await (await fetch(addressOf(application), { headers: credentials(token) })).json()).headers['cf-access-jwt-assertion'];
    const verify = (jwt) => jwtVerify(jwt, createRemoteJWKSet(new URL('/cdn-cgi/access/certs', agent.edge)),
        { audience: application.aud, issuer: 'https://local.cloudflareaccess.com' });
    const certs = async () => (await fetch(new URL('/cdn-cgi/access/certs', agent.edge))).json();

    const before = await keys.get({ account_id });
    assert.equal(before.key_rotation_interval_days, 42);
    assert.equal(before.days_until_next_rotation, 42);
    const old = await assertion();
    await verify(old);

    const rotated = await keys.rotate({ account_id });
    assert.equal(rotated.days_until_next_rotation, 42);
    assert.ok(Date.parse(rotated.last_key_rotation_at) >= Date.parse(before.last_key_rotation_at));
    const fresh = await assertion();
    const [newKid, oldKid] = [fresh, old].map((jwt) => decodeProtectedHeader(jwt).kid);
    assert.notEqual(newKid, oldKid);
    const published = await certs();
    assert.deepEqual(published.keys.map(({ kid }) => kid), [newKid, oldKid]);
    assert.deepEqual(published.public_certs.map(({ kid }) => kid), [newKid, oldKid]);
    assert.equal(published.public_cert.kid, newKid);
    await verify(old);
    await verify(fresh);

    await agent.stop('SIGKILL');
    agent = await startAgent(t, { dataDir, vault: 'file' });
    assert.deepEqual(await certs(), published);
    await verify(old);
    await verify(fresh);
    assert.equal(decodeProtectedHeader(await assertion()).kid, newKid);
});

test('kills in the middle of rotations leave an agent that starts, signs and publishes what it signed with', async (t) => {
    const dataDir = await temporaryDirectory(t);
    let signedWith;
    for (let kill = 0; kill < 8; ++kill) {
        const agent = await startAgent(t, { dataDir, vault: 'file' });
        const { keys } = await (await fetch(new URL('/cdn-cgi/access/certs', agent.edge))).json();
        assert.ok(keys.length >= 1 && keys.length <= 2);
        if (signedWith)
            assert.ok(keys.some(({ kid }) => kid === signedWith), 'the key in force when it was killed is lost');
        const rotation = agent.call('POST', 'keys/rotate').catch(() => { });
        await Promise.race([rotation, new Promise((resolve) => { setTimeout(resolve, kill * 40); })]);
        signedWith = (await (await fetch(new URL('/cdn-cgi/access/certs', agent.edge))).json()).keys[0].kid;
        await agent.stop('SIGKILL');
        await rotation;
    }
});
