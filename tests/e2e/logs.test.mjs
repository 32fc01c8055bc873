// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The authentication log with its filters, through the official SDK.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Cloudflare from 'cloudflare';
import { addressOf, apiToken, credentials, eventually, startAgent, startEcho } from './agent.mjs';

test('access_requests tells who came, was let in or refused, and is filtered', async (t) => {
    const agent = await startAgent(t);
    const account_id = agent.ready.account_id;
    const { accessRequests } = new Cloudflare({ apiToken, baseURL: agent.api }).zeroTrust.access.logs;
    const list = (query = {}) => accessRequests.list({ account_id, ...query });

    const upstream = await startEcho(t);
    const token = await agent.createToken('worker');
    const one = await agent.protect(upstream, token.id);
    const two = await agent.protect(upstream, '', {
        policies: [{ name: 'nobody', decision: 'deny', include: [{ everyone: {} }] }],
    });
    assert.deepEqual(await list(), []);
    const knock = (application, headers) => fetch(addressOf(application), { headers }).then(({ status }) => status);
    assert.equal(await knock(one, credentials(token)), 200);
    assert.equal(await knock(one, { ...credentials(token), 'cf-access-client-secret': 'wrong' }), 401);
    assert.equal(await knock(two, credentials(token)), 403);
    assert.equal(await knock(one, { ...credentials(token), 'cf-access-client-id': 'f'.repeat(32) + '.access' }), 401);
    assert.equal(await knock(one, {}), 401);

    // Unknown Client IDs, and requests without one, are left out.
    const items = await eventually(async () => { const found = await list(); return found.length >= 3 && found; }, 'three requests in the log');
    assert.equal(items.length, 3);
    for (const item of items) {
        assert.deepEqual(Object.keys(item).sort(), ['action', 'allowed', 'app_domain', 'app_uid', 'connection', 'created_at', 'ip_address', 'latchkey', 'ray_id', 'user_email'].sort());
        assert.equal(item.latchkey.token_id, token.id);
        assert.equal(item.latchkey.token_name, 'worker');
        assert.equal(item.latchkey.client_id, token.client_id);
    }
    assert.deepEqual(items.map(({ latchkey }) => latchkey.reason).sort(), ['allowed', 'denied_by_policy', 'wrong_secret']);
    const allowed = items.find((item) => item.allowed);
    assert.equal(allowed.app_uid, one.id);
    assert.equal(allowed.app_domain, one.domain);
    assert.equal(allowed.latchkey.policy_id, one.policies[0].id);

    const reasons = async (query) => (await list(query)).map(({ latchkey }) => latchkey.reason).sort();
    assert.deepEqual(await reasons({ allowed: true }), ['allowed']);
    assert.deepEqual(await reasons({ allowed: true, allowedOp: 'neq' }), ['denied_by_policy', 'wrong_secret']);
    assert.deepEqual(await reasons({ app_uid: two.id }), ['denied_by_policy']);
    assert.deepEqual(await reasons({ app_uid: two.id, app_uidOp: 'neq' }), ['allowed', 'wrong_secret']);
    assert.deepEqual(await reasons({ app_domain: one.domain }), ['allowed', 'wrong_secret']);
    assert.deepEqual(await reasons({ ray_id: allowed.ray_id }), ['allowed']);
    assert.deepEqual(await reasons({ ray_id: allowed.ray_id, ray_idOp: 'neq' }), ['denied_by_policy', 'wrong_secret']);
    assert.deepEqual(await reasons({ email: '@example.com' }), []);
    assert.equal((await list({ email: 'a@example.com', emailOp: 'neq' })).length, 3);
    assert.equal((await list({ non_identity: true })).length, 3);
    assert.equal((await list({ country_code: 'DE' })).length, 0);
    assert.equal((await list({ app_type: 'self_hosted' })).length, 3);
    assert.equal((await list({ user_id: 'ignored' })).length, 3);
    const before = new Date(Date.parse(items.at(-1).created_at) - 1000).toISOString();
    assert.equal((await list({ since: before })).length, 3);
    assert.equal((await list({ until: before })).length, 0);

    const newestFirst = items.map(({ ray_id }) => ray_id);
    assert.deepEqual((await list({ direction: 'asc' })).map(({ ray_id }) => ray_id), [...newestFirst].reverse());
    assert.deepEqual((await list({ limit: 2 })).map(({ ray_id }) => ray_id), newestFirst.slice(0, 2));
    assert.deepEqual((await list({ per_page: 2, page: 2 })).map(({ ray_id }) => ray_id), newestFirst.slice(2));
    assert.deepEqual(await list({ limit: 2, per_page: 2, page: 2 }), []);
    assert.deepEqual(Object.keys((await list({ fields: 'ray_id,allowed' }))[0]).sort(), ['allowed', 'ray_id']);
    assert.equal((await agent.envelope('GET', 'logs/access_requests?page=9')).result_info.total_count, 3);

    for (const [query, name] of [['since=yesterday', 'since'], ['allowed=perhaps', 'allowed'], ['direction=up', 'direction'], ['limit=0', 'limit'],
        ['page=-1', 'page'], ['per_page=x', 'per_page'], ['app_uid=x&app_uidOp=like', 'app_uidOp'], ['email=x&emailOp=like', 'emailOp'],
        ['email=a%20b', 'email'], ['email=x&email_exact=true', 'email'], ['email=x&emailOp=eq', 'email']]) {
        const refused = await agent.envelope('GET', `logs/access_requests?${query}`);
        assert.equal(refused.status, 400, query);
        assert.match(refused.errors[0].message, new RegExp(`\\b${name} must be`), query);
    }
});
