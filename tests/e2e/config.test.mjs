// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The whole configuration out of one agent and into another: by the command line, by the API, and at start.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { addressOf, apiToken, command, credentials, environment, launchAgent, startAgent, startEcho, temporaryDirectory } from './agent.mjs';

const knock = async (application, token) => (await fetch(addressOf(application), { headers: credentials(token) })).status;

const cli = (agent) => (...args) =>
    command(args, { env: environment({ LATCHKEY_API_TOKEN: apiToken, LATCHKEY_DATA_DIR: agent.dataDir }) });

/** An agent with something to export, and what it exports, in a file. */
async function exported(t) {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const application = await agent.protect(await startEcho(t), token.id);
    await agent.call('PATCH', 'organizations', { name: 'Acme', session_duration: '6h', latchkey: { country_header: 'CF-IPCountry' } });
    const rotated = await agent.call('POST', `service_tokens/${token.id}/rotate`,
        { previous_client_secret_expires_at: '2099-01-01T00:00:00Z' });
    const file = join(await temporaryDirectory(t), 'latchkey.json');
    const { code, stderr } = await cli(agent)('config', 'export', file);
    assert.equal(code, 0, stderr);
    return { agent, token, rotated, application, file };
}

test('export holds hashes, never a secret, and only its owner reads it', async (t) => {
    const { token, rotated, file } = await exported(t);
    const text = await readFile(file, 'utf8');
    assert.ok(!text.includes(token.client_secret) && !text.includes(rotated.client_secret));
    const configuration = JSON.parse(text);
    assert.equal(configuration.latchkey_config, 1);
    assert.equal(configuration.service_tokens[0].client_secret_sha256,
        createHash('sha256').update(rotated.client_secret).digest('hex'));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('importing what was exported changes nothing', async (t) => {
    const { agent, file } = await exported(t);
    const { code, stdout, stderr } = await cli(agent)('config', 'import', file, '--prune', '--json');
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { changes: [], unchanged: 3 });
});

test('another agent that starts with it lets the same secrets in, start after start', async (t) => {
    const { agent, token, rotated, application, file } = await exported(t);
    await agent.stop();   // its ports become free
    const dataDir = await temporaryDirectory(t);
    for (const round of [1, 2]) {
        const other = await startAgent(t, { dataDir, args: ['--config', file] });
        assert.equal(await knock(application, token), 200, `round ${round}`);
        assert.equal(await knock(application, rotated), 200);
        assert.equal((await other.call('GET', `apps/${application.id}`)).aud, application.aud);
        assert.equal((await other.call('GET', 'organizations')).name, 'Acme');
        assert.match(other.log, round === 1 ? /3 changes/ : /0 changes/);
        await other.stop();
    }
});

test('check tells what an import would do and does nothing; prune removes the rest', async (t) => {
    const { agent, token, file } = await exported(t);
    const configuration = JSON.parse(await readFile(file, 'utf8'));
    configuration.service_tokens[0].name = 'renamed';
    configuration.applications = [];
    await writeFile(file, JSON.stringify(configuration));
    const extra = await agent.createToken('extra');
    const run = cli(agent);
    const wanted = [['remove', 'application'], ['remove', 'service token'], ['change', 'service token']];
    const told = (stdout) => JSON.parse(stdout).changes.map(({ action, kind }) => [action, kind]);

    const checked = await run('config', 'check', file, '--prune', '--json');
    assert.equal(checked.code, 0, checked.stderr);
    assert.deepEqual(told(checked.stdout), wanted);
    assert.equal((await agent.call('GET', `service_tokens/${token.id}`)).name, 'ci');
    assert.equal((await agent.call('GET', 'apps')).length, 1);

    assert.deepEqual(told((await run('config', 'import', file, '--prune', '--json')).stdout), wanted);
    assert.equal((await agent.call('GET', `service_tokens/${token.id}`)).name, 'renamed');
    assert.equal((await agent.envelope('GET', `service_tokens/${extra.id}`)).status, 404);
    assert.equal((await agent.call('GET', 'apps')).length, 0);
});

test('an older token comes in with its 64 hex digits, which are not kept', async (t) => {
    const agent = await startAgent(t);
    const token = { client_id: `${'0123456789abcdef'.repeat(2)}.access.example.com`, client_secret: 'ab'.repeat(32) };
    const response = await agent.request('PUT', '/latchkey/v1/config', {
        body: { latchkey_config: 1, service_tokens: [{ name: 'legacy', ...token, duration: 'forever' }] },
    });
    const { result } = await response.json();
    assert.deepEqual(result.changes.map(({ action, name }) => [action, name]), [['create', 'legacy']]);
    const application = await agent.protect(await startEcho(t), result.changes[0].id);
    assert.equal(await knock(application, token), 200);
    const out = await (await agent.request('GET', '/latchkey/v1/config')).text();
    assert.ok(!out.includes(token.client_secret));
    assert.ok(!agent.log.includes(token.client_secret));
});

test('a wrong entry refuses all of it, and names itself but no secret', async (t) => {
    const agent = await startAgent(t);
    const good = { name: 'good', client_secret: 'cd'.repeat(32) };
    const cases = [
        [{ latchkey_config: 2 }, /latchkey_config/],
        [{ service_tokens: [] }, /latchkey_config/],
        [{ latchkey_config: 1, tokens: [] }, /tokens is not a part/],
        [{ latchkey_config: 1, service_tokens: {} }, /must be an array/],
        [{ latchkey_config: 1, service_tokens: [good, { name: 'bad' }] }, /entry 2.*client_secret_sha256/],
        [{ latchkey_config: 1, service_tokens: [good, { client_secret: 'cd'.repeat(32) }] }, /entry 2.*name/],
        [{ latchkey_config: 1, service_tokens: [good, { name: 'bad', client_secret: 'hunter2' }] }, /entry 2.*client_secret/],
        [{ latchkey_config: 1, service_tokens: [good, { ...good, id: 'x' }] }, /UUID/],
        [{ latchkey_config: 1, service_tokens: [good, { ...good, client_id: 'x' }] }, /client_id/],
        [{ latchkey_config: 1, service_tokens: [good, { ...good, duration: 'long' }] }, /duration/],
        [{ latchkey_config: 1, service_tokens: [good], applications: [{ name: 'a', type: 'saas' }] }, /applications \(entry 1\)/],
        [{ latchkey_config: 1, service_tokens: [good], organization: { latchkey: { rate_limit: -1 } } }, /rate_limit/],
    ];
    for (const [body, message] of cases) {
        const response = await agent.request('PUT', '/latchkey/v1/config', { body });
        const envelope = await response.json();
        assert.equal(response.status, 400, JSON.stringify(body));
        assert.match(envelope.errors[0].message, message);
        assert.ok(!envelope.errors[0].message.includes('hunter2'));
        assert.deepEqual(await agent.call('GET', 'service_tokens'), []);
    }
});

test('serve with a configuration that is wrong ends with exit 2', async (t) => {
    const file = join(await temporaryDirectory(t), 'broken.json');
    for (const text of ['{', '{"latchkey_config":1,"service_tokens":[{"name":"x"}]}']) {
        await writeFile(file, text);
        const agent = await launchAgent(t, { args: ['--config', file] });
        assert.equal((await agent.nextEvent()).event, 'failed');
        assert.equal((await agent.closed).code, 2);
    }
});

test('keys come along under a passphrase: JWTs of the old machine are good on the new one', async (t) => {
    const dataDir = await temporaryDirectory(t);
    const passphrase = 'correct horse battery';
    const agent = await startAgent(t, { dataDir, vault: 'file' });
    const token = await agent.createToken();
    const application = await agent.protect(await startEcho(t), token.id);
    const { headers } = await (await fetch(addressOf(application), { headers: credentials(token) })).json();
    const jwt = headers['cf-access-jwt-assertion'];
    const withPhrase = (of, phrase, input) => (...args) => command(args, { input, env: environment({ LATCHKEY_API_TOKEN: apiToken, LATCHKEY_DATA_DIR: of.dataDir,
        ...(phrase === undefined ? {} : { LATCHKEY_BACKUP_PASSPHRASE: phrase }) }) });
    const told = await withPhrase(agent, undefined)('trust', 'show', '--json');   // makes the local authority
    assert.equal(told.code, 0, told.stderr);

    const folder = await temporaryDirectory(t);
    const plain = join(folder, 'plain.json');
    const file = join(folder, 'keys.json');
    assert.equal((await withPhrase(agent, passphrase)('config', 'export', plain)).code, 0);
    assert.equal(JSON.parse(await readFile(plain, 'utf8')).keys, undefined);
    assert.equal((await withPhrase(agent, 'too short')('config', 'export', file, '--with-keys')).code, 2);
    assert.equal((await withPhrase(agent, undefined, '')('config', 'export', file, '--with-keys')).code, 2);
    const written = await withPhrase(agent, undefined, `${passphrase}\n`)('config', 'export', file, '--with-keys');
    assert.equal(written.code, 0, written.stderr);
    const text = await readFile(file, 'utf8');
    const { keys } = JSON.parse(text);
    assert.deepEqual([keys.kdf, keys.n, keys.r, keys.p, keys.cipher], ['scrypt', 32768, 8, 1, 'aes-256-gcm']);
    // No piece of a key, in no spelling, and not the passphrase.
    const vault = JSON.parse(await readFile(join(dataDir, 'vault.json'), 'utf8')).entries;
    const secrets = Object.entries(vault).filter(([name]) => /signing-key|ca-key/.test(name)).map(([, value]) => Buffer.from(value, 'base64url'));
    assert.equal(secrets.length, 2);
    for (const secret of secrets) {
        // What a private key's structure begins with is the same in all of them; the rest is not.
        for (let at = 40; at + 12 <= secret.length; at += 12) {
            const part = secret.subarray(at, at + 12);
            for (const spelling of ['hex', 'base64', 'base64url', 'latin1'])
                assert.ok(!text.includes(part.toString(spelling)), `${at} in ${spelling}`);
        }
    }
    assert.ok(!text.includes(passphrase));
    assert.ok(!(await agent.stop()).log.includes(passphrase));

    const fresh = await startAgent(t, { dataDir: await temporaryDirectory(t), vault: 'file' });
    const kids = async () => (await (await fetch(`${fresh.ready.edge}/cdn-cgi/access/certs`)).json()).keys.map(({ kid }) => kid);
    const before = await kids();
    for (const [phrase, input, what] of [['wrong passphrase', undefined, /passphrase is not the one/], [undefined, '', /passphrase/]]) {
        const refused = await withPhrase(fresh, phrase, input)('config', 'import', file);
        assert.equal(refused.code, 2, refused.stdout);
        assert.match(refused.stderr, what);
    }
    assert.match((await withPhrase(fresh, undefined, text)('config', 'import', '-')).stderr, /LATCHKEY_BACKUP_PASSPHRASE/);
    assert.deepEqual(await kids(), before);
    assert.deepEqual(await fresh.call('GET', 'service_tokens'), []);
    const rehearsed = await withPhrase(fresh, passphrase)('config', 'check', file, '--json');
    assert.equal(rehearsed.code, 0, rehearsed.stderr);
    assert.deepEqual(JSON.parse(rehearsed.stdout).changes.map(({ kind }) => kind).filter((kind) => /keys|authority/.test(kind)), ['signing keys', 'certificate authority']);
    assert.deepEqual(await kids(), before);
    const imported = await withPhrase(fresh, passphrase)('config', 'import', file);
    assert.equal(imported.code, 0, imported.stderr);

    // Who signed before verifies here, by the certs document and by the agent itself, also after a restart.
    const verify = (of) => command(['jwt', 'verify', '--certs', `${of.ready.edge}/cdn-cgi/access/certs`, '--aud', application.aud], { input: jwt });
    const verified = await verify(fresh);
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    assert.equal(JSON.parse((await withPhrase(fresh, undefined)('trust', 'show', '--json')).stdout).sha256, JSON.parse(told.stdout).sha256);
    await fresh.stop();
    const again = await startAgent(t, { dataDir: fresh.dataDir, vault: 'file' });
    assert.equal((await verify(again)).code, 0);
});
