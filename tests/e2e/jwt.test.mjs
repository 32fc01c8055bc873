// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// A service behind the agent verifies what it received as it would in production: with jose and the certs endpoint.
import assert from 'node:assert/strict';
import { X509Certificate, createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { addressOf, credentials, startAgent, startService } from './agent.mjs';

/** A service that verifies the assertion as in production, and answers with what it says. `expected` may come later. */
function startVerifier(t, agent, expected) {
    const keys = createRemoteJWKSet(new URL('/cdn-cgi/access/certs', agent.edge));
    return startService(t, async (request, response) => {
        try {
            for (const name of Object.keys(credentials({})))
                assert.equal(request.headers[name], undefined, `${name} reached the service`);
            const { payload, protectedHeader } = await jwtVerify(request.headers['cf-access-jwt-assertion'], keys, expected());
            response.end(JSON.stringify({ payload, protectedHeader }));
        } catch (error) {
            response.writeHead(500).end(String(error));
        }
    });
}

test('jose verifies the JWT that the service received', async (t) => {
    const agent = await startAgent(t);
    let expected;
    const upstream = await startVerifier(t, agent, () => expected);
    const token = await agent.createToken('ci');
    const application = await agent.protect(upstream, token.id);
    expected = { audience: application.aud, issuer: 'https://local.cloudflareaccess.com', algorithms: ['RS256'] };
    const address = `${addressOf(application)}/hello`;

    const refused = await fetch(address);
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('latchkey-reason'), 'missing_credentials');

    const accepted = await fetch(address, { headers: credentials(token) });
    const text = await accepted.text();
    assert.equal(accepted.status, 200, text);
    const { payload, protectedHeader } = JSON.parse(text);
    assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'kid', 'typ']);
    assert.equal(protectedHeader.alg, 'RS256');
    assert.equal(protectedHeader.typ, 'JWT');
    assert.match(protectedHeader.kid, /^[0-9a-f]{64}$/);
    assert.equal(payload.common_name, token.client_id);
    assert.equal(payload.type, 'app');
    assert.equal(payload.sub, '');
    assert.deepEqual(payload.aud, [application.aud]);
    assert.equal(payload.exp - payload.iat, 24 * 3600);

    await agent.call('DELETE', `service_tokens/${token.id}`);
    const afterwards = await fetch(address, { headers: credentials(token) });
    assert.equal(afterwards.status, 401);
    assert.equal(afterwards.headers.get('latchkey-reason'), 'unknown_client_id');
});

test('the team given at the first start is the issuer; another one is not accepted by the service', async (t) => {
    const agent = await startAgent(t, { args: ['--team', 'acme'] });
    let expected;
    const upstream = await startVerifier(t, agent, () => expected);
    const token = await agent.createToken();
    const application = await agent.protect(upstream, token.id);
    const address = addressOf(application);
    expected = { audience: application.aud, issuer: 'https://acme.cloudflareaccess.com' };
    assert.equal((await fetch(address, { headers: credentials(token) })).status, 200);
    expected = { audience: application.aud, issuer: 'https://local.cloudflareaccess.com' };
    assert.equal((await fetch(address, { headers: credentials(token) })).status, 500);
    expected = { audience: '0'.repeat(64), issuer: 'https://acme.cloudflareaccess.com' };
    assert.equal((await fetch(address, { headers: credentials(token) })).status, 500);
});

test('the certs document is the same on every host and its certificate holds the same key', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const application = await agent.protect('http://127.0.0.1:9', token.id);
    const documents = [];
    for (const origin of [agent.edge, addressOf(application)]) {
        const response = await fetch(new URL('/cdn-cgi/access/certs', origin));
        assert.equal(response.status, 200);
        assert.match(response.headers.get('content-type'), /^application\/json/);
        documents.push(await response.json());
    }
    assert.deepEqual(documents[0], documents[1]);
    const { keys, public_cert, public_certs } = documents[0];
    assert.equal(public_certs.length, keys.length);
    for (const key of keys) {
        assert.equal(key.kty, 'RSA');
        assert.equal(key.alg, 'RS256');
        assert.equal(key.use, 'sig');
        assert.equal(key.d, undefined, 'a private member is published');
        const { cert } = public_certs.find((candidate) => candidate.kid === key.kid);
        const wanted = createPublicKey({ key: { kty: key.kty, n: key.n, e: key.e }, format: 'jwk' });
        assert.ok(new X509Certificate(cert).publicKey.equals(wanted));
    }
    assert.ok(keys.some((key) => key.kid === public_cert.kid));
});

test('an application and a policy choose how long a JWT lives', async (t) => {
    const agent = await startAgent(t);
    let expected;
    const upstream = await startVerifier(t, agent, () => expected);
    const token = await agent.createToken();
    const include = [{ service_token: { token_id: token.id } }];
    for (const [more, seconds] of [
        [{ session_duration: '30m' }, 1800],
        [{ session_duration: '30m', policies: [{ name: 'short', decision: 'non_identity', include, session_duration: '5m' }] }, 300],
    ]) {
        const application = await agent.protect(upstream, token.id, more);
        expected = { audience: application.aud, issuer: 'https://local.cloudflareaccess.com' };
        const response = await fetch(addressOf(application), { headers: credentials(token) });
        assert.equal(response.status, 200);
        const { payload } = await response.json();
        assert.equal(payload.exp - payload.iat, seconds);
    }
});

test('after revoke_tokens the client is still let in, with a newer JWT', async (t) => {
    const agent = await startAgent(t);
    const upstream = await startService(t, (request, response) => response.end(request.headers['cf-access-jwt-assertion']));
    const token = await agent.createToken();
    const application = await agent.protect(upstream, token.id);
    const enter = async () => {
        const response = await fetch(addressOf(application), { headers: credentials(token) });
        assert.equal(response.status, 200);
        return response.text();
    };
    const issued = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url')).iat;
    const before = await enter();
    assert.equal(await enter(), before, 'a JWT is reused within its time');
    await agent.call('POST', `apps/${application.id}/revoke_tokens`);
    const after = await enter();
    assert.notEqual(after, before);
    assert.ok(issued(after) > issued(before), 'the JWT after the revocation must be newer than the revocation');
});
