// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Reusable policies, groups and an application's own policies through Cloudflare's SDK, and what the edge and explain make of them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import Cloudflare from 'cloudflare';
import { addressOf, apiToken, credentials, startAgent, startEcho } from './agent.mjs';
import { knock } from './knock.mjs';

const all = async (pages) => { const items = []; for await (const item of pages) items.push(item); return items; };

describe('policies and groups', () => {
    let agent, access, account_id, token, other;
    const answers = async (application, who, headers = []) => (await knock(addressOf(application), who ? credentials(who) : headers)).status;
    const explain = async (body) => {
        const response = await agent.request('POST', '/latchkey/v1/explain', { body });
        return { status: response.status, ...await response.json() };
    };
    const protect = (policies) => agent.call('POST', 'apps', {
        type: 'self_hosted', name: 'app', domain: `p-${Math.random().toString(36).slice(2)}.example.com`, latchkey: { upstream: agent.upstream }, policies,
    });

    // They outlive the tests.
    const ends = [];
    const t = { after: (end) => ends.push(end) };
    after(async () => { for (const end of ends.reverse()) await end(); });

    before(async () => {
        agent = await startAgent(t);
        agent.upstream = await startEcho(t);
        account_id = agent.ready.account_id;
        access = new Cloudflare({ apiToken, baseURL: agent.api }).zeroTrust.access;
        token = await agent.createToken('asking');
        other = await agent.createToken('other');
    });

    test('a reusable policy lives its life, and changes every application that lists it', async () => {
        const machines = { account_id, name: 'machines', decision: 'non_identity', include: [{ service_token: { token_id: token.id } }] };
        const policy = await access.policies.create({ ...machines, session_duration: '30m', approval_required: false });
        assert.equal(policy.reusable, true);
        assert.equal(policy.app_count, 0);
        assert.equal(policy.session_duration, '30m');
        assert.equal(policy.approval_required, false);
        const applications = [await protect([policy.id]), await protect([{ id: policy.id, precedence: 5 }])];
        assert.deepEqual(applications.map(({ policies }) => policies.map(({ id, precedence, reusable }) => ({ id, precedence, reusable }))),
            [[{ id: policy.id, precedence: 1, reusable: true }], [{ id: policy.id, precedence: 5, reusable: true }]]);
        for (const application of applications)
            assert.deepEqual([await answers(application, token), await answers(application, other)], [200, 403]);
        assert.equal((await access.policies.get(policy.id, { account_id })).app_count, 2);

        await access.policies.update(policy.id, { ...machines, include: [{ service_token: { token_id: other.id } }] });
        for (const application of applications)
            assert.deepEqual([await answers(application, token), await answers(application, other)], [403, 200]);
        const shown = await access.applications.get(applications[1].id, { account_id });
        assert.deepEqual(shown.policies[0].include, [{ service_token: { token_id: other.id } }]);
        assert.equal(shown.policies[0].precedence, 5);
        // What was read can be sent back.
        assert.deepEqual((await access.applications.update(shown.id, { ...shown, account_id })).policies, shown.policies);

        await assert.rejects(access.policies.delete(policy.id, { account_id }), Cloudflare.ConflictError);
        for (const application of applications)
            await agent.call('PUT', `apps/${application.id}`, { type: 'self_hosted', policies: [] });
        assert.equal(await answers(applications[0], other), 403);
        assert.equal((await access.policies.delete(policy.id, { account_id })).id, policy.id);
        await assert.rejects(access.policies.get(policy.id, { account_id }), Cloudflare.NotFoundError);
        await assert.rejects(access.policies.create({ account_id, name: 'x', decision: 'allow' }), Cloudflare.BadRequestError);
        for (let i = 0; i < 3; ++i)
            await access.policies.create({ ...machines, name: `more ${i}` });
        assert.deepEqual((await all(access.policies.list({ account_id, per_page: 2 }))).map(({ name }) => name), ['more 2', 'more 1', 'more 0']);
    });

    test('an application\'s own policies through their own address', async () => {
        const application = await protect([]);
        const { policies } = access.applications;
        const at = { account_id, app_id: application.id };
        const first = await policies.create(application.id, { account_id, name: 'first', decision: 'non_identity', include: [{ service_token: { token_id: token.id } }] });
        const second = await policies.create(application.id, { account_id, name: 'second', decision: 'deny', include: [{ everyone: {} }] });
        assert.deepEqual([first.precedence, second.precedence], [1, 2]);
        assert.deepEqual((await all(policies.list(application.id, { account_id }))).map(({ id }) => id), [first.id, second.id]);
        assert.equal(await answers(application, token), 200);
        const changed = await policies.update(first.id, { ...at, name: 'first', decision: 'bypass', include: [{ everyone: {} }] });
        assert.deepEqual([changed.id, changed.precedence, changed.decision], [first.id, 1, 'bypass']);
        assert.equal(await answers(application), 200);
        assert.equal((await policies.get(second.id, at)).name, 'second');
        await policies.delete(first.id, at);
        assert.equal(await answers(application, token), 403);
        await assert.rejects(policies.get(first.id, at), Cloudflare.NotFoundError);
        await assert.rejects(policies.create(application.id, { account_id, name: 'x', decision: 'allow', precedence: 2, include: [] }), Cloudflare.BadRequestError);

        const reusable = await access.policies.create({ account_id, name: 'all', decision: 'bypass', include: [{ everyone: {} }] });
        const listing = await protect([reusable.id]);
        const there = { account_id, app_id: listing.id };
        assert.equal((await policies.get(reusable.id, there)).reusable, true);
        await assert.rejects(policies.delete(reusable.id, there), Cloudflare.BadRequestError);
        await assert.rejects(policies.update(reusable.id, { ...there, name: 'x', decision: 'deny', include: [] }), Cloudflare.BadRequestError);
        assert.equal(await answers(listing), 200);
    });

    test('groups: of rules, of groups, changed under the policies that name them', async () => {
        const { groups } = access;
        const inner = await groups.create({ account_id, name: 'Machines', include: [{ service_token: { token_id: token.id } }], is_default: false });
        assert.equal(inner.is_default, false);
        const outer = await groups.create({ account_id, name: 'All', include: [{ group: { id: inner.id } }] });
        const application = await protect([{ name: 'p', decision: 'non_identity', include: [{ group: { id: outer.id } }] }]);
        assert.deepEqual([await answers(application, token), await answers(application, other)], [200, 403]);
        await groups.update(inner.id, { account_id, name: 'Machines', include: [{ service_token: { token_id: other.id } }] });
        assert.deepEqual([await answers(application, token), await answers(application, other)], [403, 200]);
        await assert.rejects(groups.update(inner.id, { account_id, name: 'Machines', include: [{ group: { id: outer.id } }] }), Cloudflare.BadRequestError);
        assert.equal(await answers(application, other), 200);
        await assert.rejects(groups.delete(outer.id, { account_id }), Cloudflare.ConflictError);
        assert.deepEqual((await all(groups.list({ account_id, name: 'All' }))).map(({ id }) => id), [outer.id]);
        assert.equal((await groups.get(inner.id, { account_id })).name, 'Machines');
        await access.applications.delete(application.id, { account_id });
        await groups.delete(outer.id, { account_id });
        await groups.delete(inner.id, { account_id });
        await assert.rejects(groups.get(inner.id, { account_id }), Cloudflare.NotFoundError);
    });

    test('rules of kinds that are not emulated come back as they were, and never match', async () => {
        const rule = { okta: { name: 'x', identity_provider_id: 'y', new_member: [1.50, null] } };
        const policy = { name: 'p', decision: 'bypass', include: [rule, { device_posture: { integration_uid: 'z' } }] };
        const application = await protect([policy]);
        assert.deepEqual(application.policies[0].include, policy.include);
        assert.equal(await answers(application), 401);
        const told = await explain({ application_id: application.id });
        assert.equal(told.result.policies[0].verdict, 'not_included');
        assert.deepEqual(told.result.policies[0].rules.map(({ matched, emulated }) => ({ matched, emulated })), [{ matched: false, emulated: false }, { matched: false, emulated: false }]);
        assert.match(told.result.policies[0].rules[0].message, /not emulated/);
    });

    test('explain tells what the edge then does, policy by policy and rule by rule', async () => {
        const application = await protect([
            { name: 'people', decision: 'allow', include: [{ email_domain: { domain: 'example.com' } }], exclude: [{ email: { email: 'eve@example.com' } }] },
            { name: 'ci', decision: 'non_identity', include: [{ service_token: { token_id: token.id } }], require: [{ geo: { country_code: 'DE' } }] },
        ]);
        const at = { application_id: application.id };
        const decided = async (body) => (await explain({ ...at, ...body })).result.decision;
        const missed = await explain({ ...at, token_id: token.id });
        assert.equal(missed.status, 200);
        assert.deepEqual([missed.result.decision.outcome, missed.result.decision.reason, missed.result.decision.policy_name, missed.result.decision.rule],
            ['forbidden', 'requirement_not_met', 'ci', 'country DE']);
        assert.match(missed.result.decision.explanation, /Require/);
        assert.deepEqual(missed.result.policies.map(({ name, verdict }) => [name, verdict]), [['ci', 'requirement_not_met'], ['people', 'not_included']]);
        assert.deepEqual(missed.result.policies[0].rules.map(({ part, matched }) => [part, matched]), [['include', true], ['require', false]]);
        assert.equal(await answers(application, token), 403);

        assert.equal((await decided({ token_id: token.id, country: 'DE' })).outcome, 'allow');
        assert.equal((await decided({ headers: { 'CF-Access-Client-Id': token.client_id, 'CF-Access-Client-Secret': token.client_secret }, country: 'DE' })).outcome, 'allow');
        assert.equal((await decided({ headers: { 'cf-access-client-id': token.client_id } })).reason, 'incomplete_credentials');
        assert.equal((await decided({ client_id: token.client_id, client_secret: 'wrong' })).reason, 'wrong_secret');
        assert.equal((await decided({ token_id: token.id, country: 'DE', time: '2099-01-01T00:00:00Z' })).reason, 'token_expired');
        assert.equal((await decided({})).reason, 'missing_credentials');
        assert.deepEqual(await decided({ identity: { email: 'ada@example.com' } }).then(({ outcome, principal }) => [outcome, principal]), ['allow', 'identity']);
        assert.equal((await decided({ identity: { email: 'eve@example.com' } })).reason, 'excluded_by_policy');
        assert.equal((await decided({ identity: { email: 'ada@example.com' }, token_id: other.id })).reason, 'no_matching_policy');

        const byPlace = await explain({ host: application.domain, path: '/x', token_id: token.id });
        assert.equal(byPlace.result.application.id, application.id);
        assert.equal((await explain({ port: application.latchkey.port })).result.application.id, application.id);
        assert.equal((await explain({ host: 'nobody.example.com' })).result.decision.reason, 'unknown_application');
        assert.equal((await explain({ application_id: 'none' })).status, 404);
        assert.equal((await explain({ ...at, token_id: 'none' })).status, 404);
        for (const [body, name] of [[{}, 'application_id'], [{ ...at, address: 'x' }, 'address'], [{ ...at, time: 'x' }, 'time'], [{ ...at, identity: 1 }, 'identity'], [{ ...at, headers: [] }, 'headers']]) {
            const refused = await explain(body);
            assert.equal(refused.status, 400);
            assert.match(refused.errors[0].message, new RegExp(name));
        }
    });

    test('a configuration takes groups and reusable policies along, also into another agent', async () => {
        const group = await agent.call('POST', 'groups', { name: 'Outer', include: [{ group: { id: (await agent.call('POST', 'groups', { name: 'Inner', include: [{ any_valid_service_token: {} }] })).id } }] });
        const policy = await agent.call('POST', 'policies', { name: 'grouped', decision: 'non_identity', include: [{ group: { id: group.id } }] });
        const application = await protect([policy.id]);
        const configuration = async (of) => (await (await of.request('GET', '/latchkey/v1/config')).json()).result;
        const put = async (into, body, query = '') => (await into.request('PUT', `/latchkey/v1/config${query}`, { body })).json();
        const exported = await configuration(agent);
        for (const each of exported.applications)
            delete each.latchkey.port;
        const second = await startAgent(t);
        const imported = await put(second, exported);
        assert.equal(imported.success, true, JSON.stringify(imported.errors));
        const there = await second.call('GET', `apps/${application.id}`);
        assert.deepEqual(there.policies.map(({ id, reusable }) => [id, reusable]), [[policy.id, true]]);
        assert.equal((await second.call('GET', `policies/${policy.id}`)).app_count, 1);
        assert.equal((await knock(addressOf(there), credentials(token))).status, 200);
        assert.deepEqual((await put(second, exported)).result.changes, []);
        const emptied = await put(second, { ...exported, applications: [], policies: [], groups: [] }, '?prune=true');
        assert.equal(emptied.success, true, JSON.stringify(emptied.errors));
        assert.deepEqual([await second.call('GET', 'policies'), await second.call('GET', 'groups'), await second.call('GET', 'apps')], [[], [], []]);
    });

    test('advice names what somebody should look at, and what to do about it', async () => {
        const fresh = await startAgent(t);
        const advice = async () => (await (await fresh.request('GET', '/latchkey/v1/advice')).json()).result;
        assert.deepEqual(await advice(), []);
        const mistaken = await fresh.createToken('mistaken');
        const application = await fresh.call('POST', 'apps', { name: 'Wiki', type: 'self_hosted', domain: 'wiki.example.com', latchkey: { upstream: 'http://127.0.0.1:1' },
            policies: [
                { name: 'people', decision: 'allow', include: [{ service_token: { token_id: mistaken.id } }], precedence: 1 },
                { name: 'everybody', decision: 'bypass', include: [{ everyone: {} }], precedence: 2 },
                { name: 'machines', decision: 'non_identity', include: [{ service_token: { token_id: '0b5ff9f7-6c6e-4d3e-9b0e-0123456789ab' } }], precedence: 3 },
            ] });
        const found = await advice();
        assert.deepEqual(found.map(({ code, severity }) => [code, severity]), [['bypass_over_service_auth', 'error'], ['service_token_in_allow_policy', 'error'],
            ['upstream_does_not_answer', 'error'], ['policy_names_missing_token', 'warning']]);
        const [open, allowed, silent, missing] = found;
        assert.deepEqual([open.policy.name, open.application], ['everybody', { id: application.id, name: 'Wiki' }]);
        assert.deepEqual([allowed.token, allowed.policy.name, allowed.group], [{ id: mistaken.id, name: 'mistaken' }, 'people', null]);
        assert.match(allowed.message, /Service Auth/);
        assert.match(silent.message, /http:\/\/127\.0\.0\.1:1, does not answer/);
        assert.deepEqual(missing.token, { id: '0b5ff9f7-6c6e-4d3e-9b0e-0123456789ab', name: '' });
        assert.equal((await fresh.request('POST', '/latchkey/v1/advice', { body: {} })).status, 405);
    });
});
