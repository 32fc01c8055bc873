// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The agent with the desktop's keychain, in each of its states. Runs inside tests/support/keyring-session, which says
// in LATCHKEY_TEST_KEYRING what the state is at the start; every test leaves it as it found it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { command, environment, launchAgent, run, startAgent, temporaryDirectory } from './agent.mjs';

const state = process.env.LATCHKEY_TEST_KEYRING;
const support = join(import.meta.dirname, '..', 'support');
const keyring = async (word) => assert.equal((await run(join(support, `keyring-${word}`), [], { env: process.env })).code, 0, `keyring-${word}`);

/** An agent on the keychain, whose API token is the keychain's business. */
const withKeychain = { vault: 'os', env: { LATCHKEY_API_TOKEN: undefined } };
const commandFor = (dataDir, ...args) => command(['--data-dir', dataDir, ...args]);
const kidOf = async (agent) => (await (await fetch(new URL('/cdn-cgi/access/certs', agent.edge))).json()).public_cert.kid;

/** A start that the vault refuses: exit 4 and its reason. */
async function assertRefused(t, options, word) {
    const agent = await launchAgent(t, { ...withKeychain, ...options });
    const event = await agent.nextEvent();
    assert.deepEqual([event?.event, event?.code], ['failed', word], agent.log);
    assert.equal((await agent.closed).code, 4);
    return agent;
}

/** The names of our entries: keys like agent/<id>/api-token. */
async function entries() {
    const { stdout, stderr } = await run('secret-tool', ['search', '--all', 'server', 'org.latchkey.Latchkey'], { env: process.env });
    return [...(stdout + stderr).matchAll(/attribute\.user = (.*)/g)].map((match) => match[1]).sort();
}
const forget = (user) => run('secret-tool', ['clear', 'server', 'org.latchkey.Latchkey', 'user', user], { env: process.env });

test('unlocked: the keychain keeps the API token and the signing key, and a restart finds them', { skip: state !== 'unlocked' }, async (t) => {
    const dataDir = await temporaryDirectory(t);
    const first = await startAgent(t, { ...withKeychain, dataDir });
    const created = await commandFor(dataDir, 'token', 'create', 'kept', '--json');
    assert.equal(created.code, 0, created.stderr);
    const kid = await kidOf(first);
    const mine = (await entries()).filter((name) => name.startsWith(`agent/${first.ready.agent_id}/`));
    assert.deepEqual(mine, [`agent/${first.ready.agent_id}/api-token`, `agent/${first.ready.agent_id}/signing-key/${kid}`]);
    await first.stop();
    const second = await startAgent(t, { ...withKeychain, vault: null, dataDir });   // the directory knows its vault
    assert.equal(await kidOf(second), kid);
    const listed = await commandFor(dataDir, 'token', 'list', '--json');
    assert.equal(JSON.parse(listed.stdout)[0].name, 'kept');
    assert.equal((await second.stop()).code, 0);
});

test('unlocked, then locked: the agent goes on, the command line says why it cannot, a restart waits', { skip: state !== 'unlocked' }, async (t) => {
    const dataDir = await temporaryDirectory(t);
    const first = await startAgent(t, { ...withKeychain, dataDir });
    const kid = await kidOf(first);
    await keyring('lock');
    try {
        assert.equal(await kidOf(first), kid);
        const refused = await commandFor(dataDir, 'token', 'list');
        assert.equal(refused.code, 4);
        assert.match(refused.stderr, /lock/i);
        await first.stop();
        await assertRefused(t, { dataDir }, 'vault_locked');
        const waiting = await launchAgent(t, { ...withKeychain, dataDir, args: ['--vault-wait', '60s'] });
        assert.deepEqual(await waiting.nextEvent(), { event: 'waiting', for: 'keychain' });
        await keyring('unlock');
        waiting.ready = await waiting.nextEvent();
        assert.equal(waiting.ready.event, 'ready', waiting.log);
        assert.equal(await kidOf(waiting), kid);
        assert.equal((await waiting.stop()).code, 0);
    } finally {
        await keyring('unlock');
    }
});

test('unlocked, but the signing key is gone: exit 4, no new key by itself; repair makes one', { skip: state !== 'unlocked' }, async (t) => {
    const dataDir = await temporaryDirectory(t);
    const first = await startAgent(t, { ...withKeychain, dataDir });
    const kid = await kidOf(first);
    assert.equal((await commandFor(dataDir, 'repair', '--new-signing-key', '--yes')).code, 5, 'repair while the agent runs');
    await first.stop();
    const entry = `agent/${first.ready.agent_id}/signing-key/${kid}`;
    await forget(entry);
    assert.ok(!(await entries()).includes(entry));
    const refused = await assertRefused(t, { dataDir }, 'vault_missing');
    assert.match(refused.log, /repair/);
    assert.ok(!(await entries()).some((name) => name.startsWith(`agent/${first.ready.agent_id}/signing-key/`)), 'a key was made quietly');
    const asked = await commandFor(dataDir, 'repair', '--new-signing-key');
    assert.equal(asked.code, 2);
    assert.match(asked.stderr, /--yes/);
    const repaired = await commandFor(dataDir, 'repair', '--new-signing-key', '--yes', '--json');
    assert.equal(repaired.code, 0, repaired.stderr);
    const second = await startAgent(t, { ...withKeychain, dataDir });
    assert.equal(await kidOf(second), JSON.parse(repaired.stdout).signing_key);
    assert.notEqual(await kidOf(second), kid);
    await second.stop();
});

test('unlocked, but the API token is gone: exit 4; repair makes one', { skip: state !== 'unlocked' }, async (t) => {
    const dataDir = await temporaryDirectory(t);
    const first = await startAgent(t, { ...withKeychain, dataDir });
    await commandFor(dataDir, 'token', 'create', 'kept');
    await first.stop();
    await forget(`agent/${first.ready.agent_id}/api-token`);
    const refused = await assertRefused(t, { dataDir }, 'vault_missing');
    assert.match(refused.log, /repair/);
    assert.equal((await commandFor(dataDir, 'repair', '--new-api-token', '--yes')).code, 0);
    const second = await startAgent(t, { ...withKeychain, dataDir });
    const listed = await commandFor(dataDir, 'token', 'list', '--json');
    assert.equal(JSON.parse(listed.stdout)[0].name, 'kept', listed.stderr);
    await second.stop();
});

test('unlocked: a preset API token wins and is kept', { skip: state !== 'unlocked' }, async (t) => {
    const dataDir = await temporaryDirectory(t);
    const first = await startAgent(t, { dataDir, vault: 'os' });   // LATCHKEY_API_TOKEN is set
    const { stdout } = await run('secret-tool', ['lookup', 'server', 'org.latchkey.Latchkey', 'user', `agent/${first.ready.agent_id}/api-token`], { env: process.env });
    assert.equal(Buffer.from(stdout, 'base64').toString(), first.token);   // QtKeychain writes bytes as base64
    await first.stop();
    const second = await startAgent(t, { ...withKeychain, dataDir });
    assert.equal((await second.request('GET', '/client/v4/accounts')).status, 200);
    await second.stop();
});

test('locked: exit 4 at once, or as long as it is told to wait', { skip: state !== 'locked' }, async (t) => {
    const dataDir = await temporaryDirectory(t);
    await assertRefused(t, { dataDir }, 'vault_locked');
    const impatient = await launchAgent(t, { ...withKeychain, dataDir, args: ['--vault-wait', '300ms'] });
    assert.equal((await impatient.nextEvent()).event, 'waiting');
    const event = await impatient.nextEvent();
    assert.deepEqual([event?.event, event?.code], ['failed', 'vault_locked']);
    assert.equal((await impatient.closed).code, 4);
    const interrupted = await launchAgent(t, { ...withKeychain, dataDir, args: ['--vault-wait', '60s'] });
    assert.equal((await interrupted.nextEvent()).event, 'waiting');
    assert.equal((await interrupted.stop()).code, 0, 'SIGTERM while waiting');
});

test('locked: a first start waits for the unlocking and then keeps its secrets', { skip: state !== 'locked' }, async (t) => {
    const agent = await launchAgent(t, { ...withKeychain, args: ['--vault-wait', '60s'] });
    assert.deepEqual(await agent.nextEvent(), { event: 'waiting', for: 'keychain' });
    try {
        await keyring('unlock');
        agent.ready = await agent.nextEvent();
        assert.equal(agent.ready.event, 'ready', agent.log);
        const created = await commandFor(agent.dataDir, 'token', 'create', 'x', '--json');
        assert.equal(created.code, 0, created.stderr);
    } finally {
        await keyring('lock');
    }
});

test('absent: exit 4 that says so, and other vaults work', { skip: state !== 'absent' }, async (t) => {
    const dataDir = await temporaryDirectory(t);
    const refused = await assertRefused(t, { dataDir }, 'vault_absent');
    assert.match(refused.log, /--vault file|keychain/i);
    const agent = await startAgent(t, { vault: 'file', env: { LATCHKEY_API_TOKEN: undefined } });
    assert.equal((await commandFor(agent.dataDir, 'token', 'create', 'x')).code, 0);
    await agent.stop();
});

test('a session with a keychain was asked for', () => {
    assert.ok(['unlocked', 'locked', 'absent'].includes(state), 'run inside keyring-session');
    assert.ok(environment().HOME);
});
