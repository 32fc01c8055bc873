// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// What explain says of whole header lines, beside what the edge then does with the same ones: the single header, cookies,
// sessions that count and that do not.
import assert from 'node:assert/strict';
import { before, after, describe, test } from 'node:test';
import { addressOf, credentials, eventually, startAgent, startEcho } from './agent.mjs';
import { knock } from './knock.mjs';
import { ask, cookieOf, logIn } from './logins.mjs';

const identities = [{ email: 'ada@example.com', name: 'Ada', groups: [], country: 'GB' }];

describe('explain and the edge agree on header lines', () => {
    let agent, upstream, token, other;
    const ends = [];
    const t = { after: (end) => ends.push(end) };
    after(async () => { for (const end of ends.reverse()) await end(); });

    before(async () => {
        agent = await startAgent(t);
        upstream = await startEcho(t);
        token = await agent.createToken('asking');
        other = await agent.createToken('other');
        await agent.call('PATCH', 'organizations', { latchkey: { test_identities: identities, country_header: 'x-country' } });
    });

    const mode = (strict) => agent.call('PATCH', 'organizations', { strict_service_token_auth: strict });
    const explain = async (application, headers, more = {}) => {
        const response = await agent.request('POST', '/latchkey/v1/explain', { body: { application_id: application.id, headers, ...more } });
        const { result, errors } = await response.json();
        return { status: response.status, errors, ...result };
    };
    /** A list of [name, value], so that a name can stand twice. */
    const linesOf = (headers) => Object.entries(headers).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).flatMap((each) => [name, each]));
    /** What both say must be one. Returns explain's answer. */
    const compare = async (application, headers, reason) => {
        const told = await explain(application, headers);
        assert.equal(told.status, 200, JSON.stringify(told.errors));
        const done = await knock(addressOf(application), linesOf(headers));
        const said = done.headers['latchkey-reason'];
        assert.equal(told.decision.allowed, done.status === 200, `${told.decision.reason}, but the edge answers ${done.status} ${said}`);
        if (!told.decision.allowed && done.status !== 302)
            assert.equal(told.decision.reason, said);
        assert.equal(told.decision.reason, reason);
        return told;
    };
    const single = ({ client_id, client_secret }) => JSON.stringify({ 'cf-access-client-id': client_id, 'CF-Access-Client-Secret': client_secret });

    test('the two headers: complete, incomplete, twice, in another case, beside a country', async () => {
        const application = await agent.protect(upstream, token.id, {
            policies: [{ name: 'p', decision: 'non_identity', include: [{ service_token: { token_id: token.id } }], exclude: [{ geo: { country_code: 'US' } }] }],
        });
        const { client_id: id, client_secret: secret } = token;
        const told = await compare(application, credentials(token), 'allowed');
        assert.equal(told.client_id, id);
        assert.equal(told.session, null);
        await compare(application, { 'CF-ACCESS-Client-ID': id, 'cf-access-client-secret': secret }, 'allowed');
        await compare(application, credentials(other), 'no_matching_policy');
        await compare(application, { 'cf-access-client-id': id }, 'incomplete_credentials');
        await compare(application, { 'cf-access-client-secret': secret }, 'incomplete_credentials');
        await compare(application, { 'cf-access-client-id': [id, id], 'cf-access-client-secret': secret }, 'duplicate_credentials');
        await compare(application, { 'CF-Access-Client-Id': id, 'cf-access-client-id': id, 'cf-access-client-secret': secret }, 'duplicate_credentials');
        await compare(application, { 'cf-access-client-id': 'x', 'cf-access-client-secret': secret }, 'malformed_credentials');
        await compare(application, { 'cf-access-client-id': id, 'cf-access-client-secret': `${secret}x` }, 'wrong_secret');
        await compare(application, { ...credentials(token), 'X-Country': 'US' }, 'excluded_by_policy');
        await compare(application, { ...credentials(token), 'X-Country': 'DE' }, 'allowed');
        await compare(application, { authorization: single(token) }, 'missing_credentials');   // it reads no single header
        await compare(application, {}, 'missing_credentials');
    });

    test('the single header, and both forms at once', async () => {
        const application = await agent.protect(upstream, token.id, { read_service_tokens_from_header: 'Authorization' });
        assert.equal((await compare(application, { authorization: single(token) }, 'allowed')).client_id, token.client_id);
        await compare(application, { Authorization: single(other) }, 'no_matching_policy');
        await compare(application, { authorization: single({ ...token, client_secret: 'x' }) }, 'wrong_secret');
        await compare(application, { authorization: single({ client_id: token.client_id }) }, 'incomplete_credentials');
        await compare(application, { authorization: `${single(token)}}` }, 'malformed_credentials');
        await compare(application, { authorization: [single(token), single(token)] }, 'duplicate_credentials');
        await compare(application, { authorization: single(token), ...credentials(token) }, 'duplicate_credentials');
        await compare(application, { authorization: 'Bearer abc' }, 'missing_credentials');
        await compare(application, { authorization: 'Bearer abc', ...credentials(token) }, 'allowed');
    });

    test('a cookie of older organizations, alone and beside credentials, until it is revoked', async () => {
        const application = await agent.protect(upstream, token.id);
        await mode(false);
        try {
            const cookie = cookieOf(await ask(addressOf(application), credentials(token)));
            const told = await compare(application, { cookie: `theme=dark; ${cookie}; x=y` }, 'allowed');
            assert.deepEqual([told.mode, told.client_id, told.session.counts, told.session.reason], ['legacy', token.client_id, true, null]);
            await compare(application, { 'cf-access-token': cookie.split('=')[1] }, 'allowed');
            // A failed token falls back to the session.
            await compare(application, { cookie, ...credentials({ ...token, client_secret: 'x' }) }, 'allowed');
            const spoilt = await compare(application, { cookie: `${cookie.slice(0, -8)}AAAAAAAA` }, 'invalid_jwt');
            assert.deepEqual([spoilt.session.counts, spoilt.session.reason], [false, 'invalid_jwt']);
            const elsewhere = await agent.protect(upstream, token.id);
            await compare(elsewhere, { cookie }, 'wrong_audience');
            const later = await explain(application, { cookie }, { time: new Date(Date.now() + 25 * 3_600_000).toISOString() });
            assert.deepEqual([later.decision.reason, later.session.reason], ['session_expired', 'session_expired']);
            assert.match(later.session.explanation, /\S/);

            await mode(true);   // There only a person's session counts.
            const strict = await compare(application, { cookie }, 'missing_credentials');
            assert.deepEqual([strict.session.counts, strict.session.reason], [false, null]);
            await mode(false);
            await agent.call('POST', `apps/${application.id}/revoke_tokens`);
            await compare(application, { cookie }, 'session_revoked');
        } finally {
            await mode(true);
        }
    });

    test('a person who logged in: let in, not asked beside a token, logged out, gone', async () => {
        const application = await agent.protect(upstream, token.id, {
            policies: [{ name: 'people', decision: 'allow', include: [{ email_domain: { domain: 'example.com' } }] },
                { name: 'ci', decision: 'non_identity', include: [{ service_token: { token_id: token.id } }] }],
        });
        const address = addressOf(application);
        const cookie = await logIn(address);
        const told = await compare(application, { cookie }, 'allowed');
        assert.deepEqual([told.decision.principal, told.decision.policy_name, told.session.user_email], ['identity', 'people', 'ada@example.com']);
        // With a token's credentials, good or not, the token decides alone.
        const beside = await compare(application, { cookie, ...credentials(token) }, 'allowed');
        assert.deepEqual([beside.decision.principal, beside.session.counts], ['token', false]);
        assert.equal((await compare(application, { cookie, ...credentials(other) }, 'no_matching_policy')).session.user_email, null);

        assert.equal((await ask(`${address}/cdn-cgi/access/logout`, { cookie })).status, 200);
        assert.equal((await compare(application, { cookie }, 'session_revoked')).session.counts, false);
        const again = await logIn(address);
        await compare(application, { cookie: again }, 'allowed');
        await agent.call('PATCH', 'organizations', { latchkey: { test_identities: [] } });
        await compare(application, { cookie: again }, 'session_revoked');
        await agent.call('PATCH', 'organizations', { latchkey: { test_identities: identities } });
    });

    test('lines that no request has are refused, and no value is told', async () => {
        const application = await agent.protect(upstream, token.id);
        const secret = 'hunter2-hunter2';
        for (const headers of [{ 'x-a': `1\r\nx-b: ${secret}` }, { 'x a': secret }, { '': secret }, { 'x-a': `${secret}\u0000` }, { 'x-a': [secret, 7] },
            { 'x-a': { secret } }, [secret], secret, Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, secret])), { 'x-a': secret.repeat(5000) }]) {
            const refused = await explain(application, headers);
            assert.equal(refused.status, 400, JSON.stringify(headers).slice(0, 80));
            assert.match(refused.errors[0].message, /headers/);
            assert.doesNotMatch(refused.errors[0].message, /hunter2/);
        }
        for (const beside of [{ token_id: token.id }, { client_id: token.client_id }, { client_secret: secret }])
            assert.match((await explain(application, {}, beside)).errors[0].message, /leave out token_id/);
        assert.doesNotMatch(agent.log, /hunter2/);
    });
});

test('a logout holds after the agent was restarted, and after it was killed', async (t) => {
    let agent = await startAgent(t, { vault: 'file' });
    const { dataDir } = agent;
    const upstream = await startEcho(t);
    await agent.call('PATCH', 'organizations', { latchkey: { test_identities: identities } });
    const application = await agent.protect(upstream, '', { policies: [{ name: 'people', decision: 'allow', include: [{ everyone: {} }] }] });
    const address = addressOf(application);
    const [ended, kept, killed] = [await logIn(address), await logIn(address), await logIn(address)];
    assert.equal(new Set([ended, kept, killed]).size, 3);
    const states = () => Promise.all([ended, kept, killed].map(async (cookie) => (await ask(address, { cookie })).status));
    const restart = async (signal) => {
        await agent.stop(signal);
        agent = await startAgent(t, { dataDir, vault: null });
        await eventually(async () => (await ask(`${address}/cdn-cgi/access/certs`).catch(() => ({}))).status === 200, 'the application is served again');
    };
    assert.deepEqual(await states(), [200, 200, 200]);
    assert.equal((await ask(`${address}/cdn-cgi/access/logout`, { cookie: ended })).status, 200);
    assert.deepEqual(await states(), [302, 200, 200]);
    await restart('SIGTERM');
    assert.deepEqual(await states(), [302, 200, 200]);
    assert.equal((await ask(`${address}/cdn-cgi/access/logout`, { cookie: killed })).status, 200);
    await restart('SIGKILL');   // It was on disk before it was answered.
    assert.deepEqual(await states(), [302, 200, 302]);
    const told = await (await agent.request('POST', '/latchkey/v1/explain', { body: { application_id: application.id, headers: { cookie: killed } } })).json();
    assert.equal(told.result.decision.reason, 'session_revoked');
});
