// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The life of a service token as a client at the edge and an administrator at the API see it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, command, credentials, environment, startAgent, startEcho, temporaryDirectory, apiToken } from './agent.mjs';

/** The status, and why, that the edge answers to a token. */
async function knock(application, token) {
    const response = await fetch(addressOf(application), { headers: credentials(token) });
    await response.arrayBuffer();
    return response.status === 200 ? 'in' : response.headers.get('latchkey-reason');
}

const withSecret = (token, client_secret) => ({ ...token, client_secret });
const soon = (seconds) => new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
const path = (token, tail = '') => `service_tokens/${token.id}${tail}`;

test('rotate without grace: the new secret works, the old one does not', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const application = await agent.protect(await startEcho(t), token.id);
    assert.equal(await knock(application, token), 'in');
    const rotated = await agent.call('POST', path(token, '/rotate'));
    assert.equal(rotated.client_id, token.client_id);
    assert.equal(rotated.client_secret_version, 2);
    assert.notEqual(rotated.client_secret, token.client_secret);
    assert.equal(await knock(application, rotated), 'in');
    assert.equal(await knock(application, token), 'previous_secret_expired');
    const read = await agent.call('GET', path(token));
    assert.equal(read.client_secret, undefined);
});

test('rotate with grace: both work; the end moves into the past and later again', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const application = await agent.protect(await startEcho(t), token.id);
    const end = soon(3600);
    const rotated = await agent.call('POST', path(token, '/rotate'), { previous_client_secret_expires_at: end });
    assert.equal(rotated.previous_client_secret_expires_at, end);
    assert.equal(await knock(application, token), 'in');
    assert.equal(await knock(application, rotated), 'in');

    const past = await agent.call('PUT', path(token), { previous_client_secret_expires_at: soon(-60) });
    assert.equal(past.client_secret, undefined);
    assert.equal(await knock(application, token), 'previous_secret_expired');
    assert.equal(await knock(application, rotated), 'in');

    await agent.call('PUT', path(token), { previous_client_secret_expires_at: soon(60) });
    assert.equal(await knock(application, token), 'in');
});

test('a PUT that raises client_secret_version rotates, once', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const application = await agent.protect(await startEcho(t), token.id);
    const body = { name: 'ci', client_secret_version: 2, previous_client_secret_expires_at: soon(600) };
    const raised = await agent.call('PUT', path(token), body);
    assert.match(raised.client_secret, /^cfast_/);
    assert.equal(await knock(application, raised), 'in');
    assert.equal(await knock(application, token), 'in');
    const again = await agent.call('PUT', path(token), body);
    assert.equal(again.client_secret, undefined);
    assert.equal(await knock(application, withSecret(token, raised.client_secret)), 'in');
});

test('wrong rotations are refused and change nothing', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const application = await agent.protect(await startEcho(t), token.id);
    for (const body of [[], { previous_client_secret_expires_at: 'tomorrow' }, { previous_client_secret_expires_at: 5 }]) {
        const refused = await agent.envelope('POST', path(token, '/rotate'), body);
        assert.equal(refused.status, 400, JSON.stringify(body));
        assert.equal(refused.errors[0].code, 12130);
    }
    assert.equal((await agent.envelope('POST', 'service_tokens/4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d/rotate')).status, 404);
    assert.equal(await knock(application, token), 'in');
});

test('disabled: neither secret works; enabled again: both do', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const application = await agent.protect(await startEcho(t), token.id);
    const rotated = await agent.call('POST', path(token, '/rotate'), { previous_client_secret_expires_at: soon(600) });
    await agent.call('PUT', path(token), { enabled: false });
    assert.equal(await knock(application, token), 'token_disabled');
    assert.equal(await knock(application, rotated), 'token_disabled');
    await agent.call('PUT', path(token), { enabled: true });
    assert.equal(await knock(application, token), 'in');
    assert.equal(await knock(application, rotated), 'in');
});

test('activation delay: a new token is refused for a while, older ones are not', async (t) => {
    const agent = await startAgent(t);
    const older = await agent.createToken('older');
    await agent.call('PATCH', 'organizations', { latchkey: { activation_delay: '1h' } });
    const newer = await agent.createToken('newer');
    const application = await agent.protect(await startEcho(t), older.id, {
        policies: [{ name: 'any', decision: 'non_identity', include: [{ any_valid_service_token: {} }] }],
    });
    assert.equal(await knock(application, older), 'in');
    assert.equal(await knock(application, newer), 'token_not_active_yet');
    await agent.call('PATCH', 'organizations', { latchkey: { activation_delay: 0 } });
    assert.equal(await knock(application, newer), 'token_not_active_yet', 'what was made under the delay keeps it');
    assert.equal(await knock(application, await agent.createToken('newest')), 'in');
});

test('the inactivity rehearsal tells who would stay and why', async (t) => {
    const agent = await startAgent(t);
    const named = await agent.createToken('named');
    const used = await agent.createToken('used');
    const application = await agent.protect(await startEcho(t), named.id);
    await knock(application, used);
    await agent.call('PATCH', 'organizations', {
        service_token_inactivity: { enabled: true, inactivity_threshold_days: 30, action: 'delete' },
    });
    const response = await agent.request('GET', '/latchkey/v1/inactivity');
    assert.equal(response.status, 200);
    const { result } = await response.json();
    assert.equal(result.enabled, true);
    assert.equal(result.action, 'delete');
    assert.deepEqual(result.would_go, []);
    assert.equal(result.would_stay_count, 2);
    const because = Object.fromEntries(result.would_stay.map((entry) => [entry.name, entry.kept_because]));
    assert.deepEqual(because.named, ['too_young', 'named_by_policy']);
    assert.ok(because.used.includes('too_young'));
});

test('a restart keeps secrets, ends, delays and settings', async (t) => {
    const dataDir = await temporaryDirectory(t);
    const first = await startAgent(t, { dataDir });
    const token = await first.createToken();
    const application = await first.protect(await startEcho(t), token.id, {
        policies: [{ name: 'any', decision: 'non_identity', include: [{ any_valid_service_token: {} }] }],
    });
    const rotated = await first.call('POST', path(token, '/rotate'), { previous_client_secret_expires_at: soon(600) });
    await first.call('PATCH', 'organizations', { session_duration: '6h', latchkey: { activation_delay: 600 } });
    const waiting = await first.createToken('waiting');
    const organization = await first.call('GET', 'organizations');
    await first.stop();

    const second = await startAgent(t, { dataDir });
    assert.deepEqual(await second.call('GET', 'organizations'), organization);
    const again = await second.call('GET', `apps/${application.id}`);
    assert.equal(await knock(again, token), 'in');
    assert.equal(await knock(again, rotated), 'in');
    assert.equal(await knock(again, waiting), 'token_not_active_yet');
});

test('the command line rotates, disables, enables and updates; --keep puts the secret into the vault', async (t) => {
    const dataDir = await temporaryDirectory(t);
    const agent = await startAgent(t, { dataDir, vault: 'file' });
    const env = environment({ LATCHKEY_API_TOKEN: apiToken, LATCHKEY_DATA_DIR: dataDir });
    const run = async (...args) => {
        const { code, stdout, stderr } = await command([...args, '--json'], { env });
        return { code, stderr, json: stdout ? JSON.parse(stdout) : undefined };
    };
    const created = await run('token', 'create', 'ci');
    assert.equal(created.code, 0, created.stderr);
    const application = await agent.protect(await startEcho(t), created.json.id);
    const rotated = await run('token', 'rotate', 'ci', '--grace', '1h');
    assert.equal(rotated.code, 0, rotated.stderr);
    assert.equal(await knock(application, created.json), 'in');
    assert.equal(await knock(application, rotated.json), 'in');
    assert.equal((await run('token', 'update', 'ci', '--previous-until', 'now')).code, 0);
    assert.equal(await knock(application, created.json), 'previous_secret_expired');
    assert.equal((await run('token', 'disable', 'ci')).json.enabled, false);
    assert.equal(await knock(application, rotated.json), 'token_disabled');
    assert.equal((await run('token', 'enable', 'ci')).json.enabled, true);
    const renamed = await run('token', 'update', 'ci', '--name', 'deploy', '--duration', '2h');
    assert.equal(renamed.json.name, 'deploy');
    assert.equal(renamed.json.duration, '2h');
    assert.equal((await run('token', 'update', 'deploy')).code, 2);
    assert.equal((await run('token', 'rotate', 'deploy', '--grace', 'soon')).code, 2);

    const kept = await run('token', 'rotate', 'deploy', '--keep');
    assert.equal(kept.code, 0, kept.stderr);
    assert.equal(kept.json.client_secret, undefined);
    const { readFile } = await import('node:fs/promises');
    const vault = await readFile(`${dataDir}/vault.json`, 'utf8');
    assert.ok(vault.includes(`profile/${agent.ready.agent_id}/client-secret/${created.json.id}`));
    assert.equal((await run('token', 'delete', 'deploy', '--yes')).code, 0);
    assert.ok(!(await readFile(`${dataDir}/vault.json`, 'utf8')).includes('client-secret'));
});

test('--keep is refused where nothing could be kept', async (t) => {
    const agent = await startAgent(t);
    const env = environment({ LATCHKEY_API_TOKEN: apiToken, LATCHKEY_DATA_DIR: agent.dataDir });
    assert.equal((await command(['token', 'create', 'ci', '--keep'], { env })).code, 4);
    assert.equal((await agent.call('GET', 'service_tokens')).length, 0);
});
