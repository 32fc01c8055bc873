// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Older organizations, people who log in, an application's options, and faults on purpose, with the real agent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify } from 'jose';
import { addressOf, credentials, startAgent, startEcho } from './agent.mjs';
import { ask, cookieOf } from './logins.mjs';

const issuer = 'https://local.cloudflareaccess.com';
const organization = (agent, settings) => agent.call('PATCH', 'organizations', settings);

/** An agent with a token, an echo service, and an application that lets the token in. */
async function scene(t, more = {}) {
    const agent = await startAgent(t);
    const upstream = await startEcho(t);
    const token = await agent.createToken('ci');
    const application = await agent.protect(upstream, token.id, more);
    return { agent, upstream, token, application, address: addressOf(application) };
}

test('strict and legacy: the cookie, what it opens, and how it ends', async (t) => {
    const { agent, token, application, address } = await scene(t);
    const strict = await ask(address, credentials(token));
    assert.equal(strict.status, 200);
    assert.equal(cookieOf(strict), undefined);

    await organization(agent, { strict_service_token_auth: false });
    const first = await ask(address, credentials(token));
    assert.equal(first.status, 200);
    const cookie = cookieOf(first);
    assert.match(first.headers.getSetCookie()[0], /; HttpOnly/);
    const alone = await ask(address, { cookie });
    assert.equal(alone.status, 200);
    const jwt = (await alone.json()).headers['cf-access-jwt-assertion'];
    const keys = createRemoteJWKSet(new URL('/cdn-cgi/access/certs', agent.edge));
    const { payload } = await jwtVerify(jwt, keys, { issuer, audience: application.aud });
    assert.equal(payload.common_name, token.client_id);
    assert.equal((await ask(address, { 'cf-access-token': jwt })).status, 200);

    const who = await (await ask(`${address}/cdn-cgi/access/get-identity`, { cookie })).json();
    assert.equal(who.service_token_id, token.id);
    assert.equal(who.account_id, agent.ready.account_id);

    const failed = await ask(`${address}/x?y=1`, { ...credentials(token), 'cf-access-client-secret': 'wrong' });
    assert.equal(failed.status, 302);
    const login = new URL(failed.headers.get('location'));
    assert.equal(login.host, new URL(address).host);
    assert.ok(login.pathname.startsWith('/cdn-cgi/access/login/'));
    assert.equal(login.searchParams.get('kid'), application.aud);
    assert.equal(login.searchParams.get('redirect_url'), '/x?y=1');
    const script = await ask(address, { ...credentials(token), 'cf-access-client-secret': 'wrong', 'x-requested-with': 'XMLHttpRequest' });
    assert.equal(script.status, 401);

    await agent.call('POST', `apps/${application.id}/revoke_tokens`);
    const revoked = await ask(address, { cookie });
    assert.equal(revoked.headers.get('latchkey-reason'), 'session_revoked');
    const renewed = cookieOf(await ask(address, credentials(token)));
    assert.equal((await ask(address, { cookie: renewed })).status, 200);
    await agent.call('DELETE', `service_tokens/${token.id}`);
    assert.equal((await ask(address, { cookie: renewed })).headers.get('latchkey-reason'), 'session_revoked');
});

test('a person logs in, is known, and logs out', async (t) => {
    const { agent, application, address } = await scene(t, {
        policies: [{ name: 'people', decision: 'allow', include: [{ email: { email: 'ada@example.com' } }] }],
    });
    await organization(agent, { latchkey: { test_identities: [{ email: 'ada@example.com', name: 'Ada', groups: ['math'], country: 'GB' }] } });
    const sent = await ask(`${address}/private`);
    assert.equal(sent.status, 302);
    const page = await ask(sent.headers.get('location'));
    const html = await page.text();
    assert.equal(page.status, 200, html);
    assert.match(html, /Ada/);
    assert.doesNotMatch(html, /<script/);
    const action = html.match(/formaction="([^"]*)"/)[1].replaceAll('&amp;', '&');
    const nonce = cookieOf(page, 'CF_Latchkey_Login');
    assert.equal((await ask(new URL(action, address), {}, { method: 'POST' })).status, 403);
    const landed = await ask(new URL(action, address), { cookie: nonce }, { method: 'POST' });
    assert.equal(landed.status, 303);
    assert.equal(landed.headers.get('location'), '/private');
    const cookie = cookieOf(landed);
    const inside = await ask(`${address}/private`, { cookie });
    assert.equal(inside.status, 200);
    const keys = createRemoteJWKSet(new URL('/cdn-cgi/access/certs', agent.edge));
    const jwt = (await inside.json()).headers['cf-access-jwt-assertion'];
    const { payload } = await jwtVerify(jwt, keys, { issuer, audience: application.aud });
    assert.equal(payload.email, 'ada@example.com');
    assert.equal(payload.type, 'app');
    assert.equal(payload.country, 'GB');
    const who = await (await ask(`${address}/cdn-cgi/access/get-identity`, { cookie })).json();
    assert.equal(who.email, 'ada@example.com');
    assert.equal(who.groups[0].name, 'math');
    const out = await ask(`${address}/cdn-cgi/access/logout`, { cookie });
    assert.match(out.headers.getSetCookie()[0], /^CF_Authorization=;.*Max-Age=0/);
    assert.equal((await ask(`${address}/private`, { cookie })).status, 302);
    const elsewhere = `${address}/cdn-cgi/access/login?redirect_url=${encodeURIComponent('https://evil.example/')}`;
    assert.equal((await ask(elsewhere)).status, 400);
});

test('options: one header, preflights, words of the owner; stored and given back as they came', async (t) => {
    const options = {
        read_service_tokens_from_header: 'Authorization',
        cors_headers: { allowed_origins: ['https://a.example'], allowed_methods: ['PUT'], allow_all_headers: true, max_age: 60 },
        custom_deny_message: 'Ask the operators.',
        same_site_cookie_attribute: 'lax',
        app_launcher_visible: false,
    };
    const { agent, token, application, address } = await scene(t, options);
    const stored = await agent.call('GET', `apps/${application.id}`);
    for (const [name, value] of Object.entries(options))
        assert.deepEqual(stored[name], value, name);
    assert.equal(stored.http_only_cookie_attribute, true);
    const authorization = JSON.stringify({ 'cf-access-client-id': token.client_id, 'cf-access-client-secret': token.client_secret });
    const accepted = await ask(address, { authorization });
    assert.equal(accepted.status, 200);
    assert.equal((await accepted.json()).headers.authorization, undefined);
    const both = await ask(address, { authorization, ...credentials(token) });
    assert.equal(both.headers.get('latchkey-reason'), 'duplicate_credentials');
    const preflight = await ask(address, {
        origin: 'https://a.example', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-one',
    }, { method: 'OPTIONS' });
    assert.equal(preflight.status, 200);
    const refused = await ask(address);
    assert.equal((await refused.json()).deny_message, 'Ask the operators.');
    const bad = await agent.envelope('PUT', `apps/${application.id}`, { name: 'e2e', type: 'self_hosted', options_preflight_bypass: true, cors_headers: {} });
    assert.equal(bad.status, 400);
    assert.match(bad.errors[0].message, /options_preflight_bypass/);
});

test('faults: jose refuses what is wrong on purpose', async (t) => {
    const { agent, token, application, address } = await scene(t);
    const setFaults = async (faults) => {
        const response = await agent.request('PUT', `/latchkey/v1/apps/${application.id}/faults`, { body: faults });
        assert.equal(response.status, 200, await response.clone().text());
        return (await response.json()).result;
    };
    const certs = await (await fetch(new URL('/cdn-cgi/access/certs', agent.edge))).json();
    const keys = createLocalJWKSet(certs);
    const judge = async (headers = {}) => {
        const response = await ask(address, { ...credentials(token), ...headers });
        assert.equal(response.status, 200);
        const jwt = (await response.json()).headers['cf-access-jwt-assertion'];
        if (!jwt)
            return 'missing';
        return jwtVerify(jwt, keys, { issuer, audience: application.aud, clockTolerance: 30 }).then(() => 'valid', (error) => error.code);
    };
    // Without permission the header does nothing.
    assert.equal(await judge({ 'latchkey-fault': 'expired' }), 'valid');
    await setFaults({ by_header: true });
    const expected = {
        expired: 'ERR_JWT_EXPIRED',
        not_yet_valid: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
        wrong_audience: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
        wrong_issuer: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
        bad_signature: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
        alg_none: 'ERR_JOSE_NOT_SUPPORTED',
        hs256: 'ERR_JOSE_NOT_SUPPORTED',
        unknown_kid: 'ERR_JWKS_NO_MATCHING_KEY',
        no_assertion: 'missing',
        'clock_offset=-200000': 'ERR_JWT_EXPIRED',
    };
    for (const [fault, code] of Object.entries(expected))
        assert.equal(await judge({ 'latchkey-fault': fault }), code, fault);
    assert.equal(await judge(), 'valid');
    assert.equal((await ask(address, { ...credentials(token), 'latchkey-fault': 'nonsense' })).status, 400);

    await setFaults({ jwt: 'expired', latency_ms: 150 });
    const began = Date.now();
    const late = await ask(address, credentials(token));
    assert.ok(Date.now() - began >= 150);
    assert.equal(late.headers.get('latchkey-fault'), 'expired, latency=150');
    const status = (await (await agent.request('GET', '/latchkey/v1/status')).json()).result;
    assert.deepEqual(status.faults.map((each) => [each.application_id, each.jwt]), [[application.id, 'expired']]);

    await setFaults({ certs: 'certs_503' });
    const own = `${address}/cdn-cgi/access/certs`;
    assert.equal((await fetch(own)).status, 503);
    assert.equal((await fetch(new URL('/cdn-cgi/access/certs', agent.edge))).status, 200);
    await setFaults({ certs: 'certs_empty' });
    assert.deepEqual((await (await fetch(own)).json()).keys, []);
    await setFaults({ certs: 'certs_stale' });
    const stale = await (await fetch(own)).json();
    assert.ok(!stale.keys.some((key) => key.kid === certs.keys[0].kid));
    const wrong = await agent.request('PUT', `/latchkey/v1/apps/${application.id}/faults`, { body: { jwt: 'certs_503' } });
    assert.equal(wrong.status, 400);
    await agent.request('DELETE', `/latchkey/v1/apps/${application.id}/faults`);
    assert.equal(await judge(), 'valid');
});
