// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// After a whole life of tokens, used rightly and wrongly, through the API and the command line, the secrets are in the
// one reply that told them and nowhere else: not in the database, its journal, logs, output, settings or a core file.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { addressOf, binary, command, credentials, environment, eventually, run, startAgent, startEcho, temporaryDirectory } from './agent.mjs';
import { knock, raw } from './knock.mjs';
import { filesUnder, findIn, formsOf } from './scan.mjs';

test('the scan finds what is planted, in every form, also inside a database', async (t) => {
    const secret = `cfast_${randomBytes(24).toString('hex').slice(0, 40)}deadbeef`;
    const directory = await temporaryDirectory(t);
    for (const [index, [form, bytes]] of formsOf(secret).entries()) {
        const file = join(directory, String(index));
        await writeFile(file, Buffer.concat([randomBytes(5000), bytes, randomBytes(5000)]));
        assert.ok(findIn({ [file]: await readFile(file) }, { secret }).some((found) => found.endsWith(`secret as ${form}`)), form);
    }
    for (const prefix of ['', 'x', 'xy', 'xyz'])
        for (const encoding of ['base64', 'base64url'])
            assert.ok(findIn({ blob: Buffer.from(`${prefix}${secret} and more`).toString(encoding) }, { secret }).length > 0, `${prefix} ${encoding}`);

    const file = join(directory, 'planted.db');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode=WAL; CREATE TABLE t (a TEXT, b BLOB)');
    database.prepare('INSERT INTO t VALUES (?, ?)').run('x'.repeat(3000), Buffer.from(`"${secret}"`));
    assert.notDeepEqual(findIn(await filesUnder(directory), { secret }).filter((found) => found.includes('planted.db')), [], 'in the WAL');
    database.close();
    assert.notDeepEqual(findIn({ file: await readFile(file) }, { secret }), [], 'in the database');
    assert.deepEqual(findIn({ other: randomBytes(100_000) }, { secret }), []);
});

/** Where this machine would put a core file of a process in `directory`. */
async function coreDirectory(directory) {
    const pattern = (await readFile('/proc/sys/kernel/core_pattern', 'utf8')).trim();
    return pattern.startsWith('/') ? dirname(pattern) : directory;
}

/** A program's life with secrets. Returns { places: { name: bytes }, secrets, apiToken }. */
async function live(t, { vault, format }) {
    const root = await temporaryDirectory(t);
    const home = join(root, 'home');
    const runtime = join(root, 'runtime');
    const cwd = join(root, 'cwd');
    for (const directory of [home, runtime, cwd])
        await mkdir(directory, { mode: 0o700 });
    const places = {};
    const secrets = {};
    const homeEnvironment = {
        HOME: home, XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: join(home, 'config'), XDG_CACHE_HOME: join(home, 'cache'),
        XDG_DATA_HOME: join(home, 'data'), XDG_STATE_HOME: join(home, 'state'), TMPDIR: cwd,
    };
    const dataDir = join(root, 'agent');
    const agent = await startAgent(t, { dataDir, vault, cwd, args: ['--log-format', format], env: homeEnvironment });
    const cores = await coreDirectory(cwd);
    const coresBefore = new Set(await readdir(cores).catch(() => []));

    let count = 0;
    const cli = async (...args) => {
        const result = await command(['--data-dir', dataDir, ...args], { env: environment({ ...homeEnvironment, LATCHKEY_API_TOKEN: agent.token }) });
        places[`output of ${++count}: ${args.slice(0, 2).join(' ')}`] = `${result.stdout}\0${result.stderr}`;
        return result;
    };
    const api = async (method, path, body) => {
        const reply = await agent.request(method, `/client/v4/accounts/${agent.ready.account_id}/access/${path}`, { body });
        const text = await reply.text();
        places[`reply ${++count}: ${method} ${path}`] = `${JSON.stringify([...reply.headers])}\0${text}`;
        return JSON.parse(text).result;
    };
    const knocked = async (...args) => {
        const reply = await knock(...args);
        places[`answer ${++count}`] = `${JSON.stringify(reply.headers)}\0${reply.body}`;
        return reply;
    };
    /** The one place where a secret may stand: taken out of what is searched, which it must be in exactly once. */
    const told = (name, secret) => {
        secrets[name] = secret;
        const [place, text] = Object.entries(places).at(-1);
        assert.equal(text.split(secret).length, 2, `${place} tells ${name} not exactly once`);
        places[place] = text.replace(secret, '');
    };

    const echo = await startEcho(t);
    const one = await api('POST', 'service_tokens', { name: 'one' });
    told('secret of the API', one.client_secret);
    const two = JSON.parse((await cli('token', 'create', 'two', '--json')).stdout);
    told('secret of the command line', two.client_secret);
    const three = (await cli('token', 'create', 'three')).stdout.match(/cfast_\w+/)[0];
    told('secret for people', three);
    const application = await api('POST', 'apps', { type: 'self_hosted', name: 'a', domain: 'a.example.com', latchkey: { upstream: echo }, policies: [{ name: 'p', decision: 'non_identity', include: [{ any_valid_service_token: {} }] }] });
    const closed = await api('POST', 'apps', { type: 'self_hosted', name: 'c', domain: 'c.example.com', latchkey: { upstream: 'http://127.0.0.1:9' }, policies: [{ name: 'p', decision: 'non_identity', include: [{ any_valid_service_token: {} }] }] });
    const address = addressOf(application);

    // Used rightly; the service's own words are what it received.
    for (const token of [one, two])
        assert.equal((await knocked(address, credentials(token))).status, 200);
    assert.equal((await knocked(addressOf(closed), credentials(one))).status, 502);
    // And wrongly: swapped, twice, elsewhere, in other headers, cut off, in the query, to the API.
    const secret = one.client_secret;
    const id = one.client_id;
    await knocked(address, ['CF-Access-Client-Id', secret, 'CF-Access-Client-Secret', id]);
    await knocked(address, ['CF-Access-Client-Id', id, 'CF-Access-Client-Secret', secret, 'CF-Access-Client-Secret', secret]);
    await knocked(address, ['CF-Access-Client-Secret', secret]);
    await knocked(address, ['CF-Access-Client-Id', `${secret}.access`, 'CF-Access-Client-Secret', secret]);
    await knocked(address, ['CF-Access-Client-Id', two.client_id, 'CF-Access-Client-Secret', secret]);
    await knocked(address, ['CF-Access-Client-Id', id, 'CF-Access-Client-Secret', `${secret} `]);
    await knocked(`${address}/?CF-Access-Client-Secret=${secret}`, ['CF-Access-Client-Id', id]);
    await knocked(address, ['Authorization', JSON.stringify({ 'cf-access-client-id': id, 'cf-access-client-secret': secret })]);
    await knocked(agent.edge, credentials(one), { host: 'nobody.example.com' });
    places['a head that is refused'] = await raw(address, `GET / HTTP/1.1\r\nHost: x\r\nCF-Access-Client-Secret : ${secret}\r\nCF-Access-Client-Secret: ${secret}\r\n\r\n`, { until: (text) => text.includes('\r\n\r\n') });
    places['a head that is cut off'] = await raw(address, `GET / HTTP/1.0\r\nCF-Access-Client-Secret: ${secret}\r\nContent-Length: x\r\n\r\n`, { until: (text) => text.includes('\r\n\r\n') });
    for (const authorization of [`Bearer ${secret}`, `Basic ${Buffer.from(`${agent.token}:`).toString('base64')}`])
        await knocked(new URL('/client/v4/accounts', agent.api), { authorization });
    await api('POST', 'service_tokens', { name: '', client_secret: secret });
    await api('PUT', `service_tokens/${one.id}`, { name: 'one', client_secret: secret, latchkey: {} });
    await api('GET', `service_tokens/${one.id}`);
    for (const [method, path] of [['GET', `service_tokens/${secret}`], ['POST', `service_tokens/${secret}/refresh`], ['GET', `${secret}/apps`]])
        await agent.request(method, `/client/v4/accounts/${agent.ready.account_id}/access/${path}`);   // the answer may quote it
    await cli('token', 'show', 'one');
    await cli('token', 'refresh', 'one', '--json');
    await cli('token', 'list');
    await api('POST', `service_tokens/${two.id}/refresh`);
    await cli('app', 'revoke-sessions', 'a');
    assert.equal((await knocked(address, credentials(one))).status, 200);
    await eventually(async () => (await (await agent.request('GET', '/latchkey/v1/requests?limit=100')).json()).result.length > 10, 'the log is written');
    places['the log by the API'] = await (await agent.request('GET', '/latchkey/v1/requests?limit=1000')).text();
    places['health'] = await (await fetch(new URL('/latchkey/v1/health?nonce=aaaaaaaaaaaaaaaa', agent.api))).text();

    const collect = async (when) => {
        for (const [path, bytes] of Object.entries(await filesUnder(root)))
            places[`${when}: ${path.slice(root.length)}`] = bytes;
        for (const name of await readdir(cores).catch(() => []))
            if (!coresBefore.has(name) && !(cores === cwd))
                assert.doesNotMatch(name, /latchkey/, `a core file: ${name}`);
    };
    places['the command line in /proc'] = await readFile(`/proc/${agent.ready.pid}/cmdline`);
    await collect('while it runs');
    await api('DELETE', `service_tokens/${one.id}`);
    await cli('token', 'delete', 'two', '--yes');
    assert.equal((await knocked(address, credentials(one))).status, 401);
    await collect('after the deletes');
    if (format === 'json') {
        agent.child.kill('SIGABRT');   // a crash: what does it leave?
        assert.equal((await agent.closed).signal, 'SIGABRT');
    } else {
        assert.equal((await agent.stop()).code, 0);
    }
    await collect('at the end');
    places['standard error of the agent'] = agent.log;
    places['standard output of the agent'] = agent.output;
    return { places, secrets, apiToken: agent.token };
}

for (const [vault, format] of [['memory', 'text'], ['file', 'json']])
    test(`a whole life with the vault ${vault} and logs as ${format}`, async (t) => {
        const { places, secrets, apiToken } = await live(t, { vault, format });
        const names = Object.keys(places).join('\n');
        for (const expected of [/while it runs: .*latchkey\.db$/m, /latchkey\.db-wal$/m, /latchkey\.db-shm$/m, /while it runs: \/runtime\/latchkey\/.*\.json$/m])
            assert.match(names, expected, 'the search must reach it');
        assert.ok(places['standard error of the agent'].length > 0);
        assert.deepEqual(findIn(places, secrets), []);
        // The API token lies in the vault's file, which is what that vault is, and nowhere else.
        const outside = Object.fromEntries(Object.entries(places).filter(([name]) => !/\/agent\/vault\.json$/.test(name)));
        assert.deepEqual(findIn(outside, { 'API token': apiToken }), []);
    });

test('a secret is not accepted as an argument', async () => {
    for (const args of [['token', 'create', 'x', '--secret', 'cfast_x'], ['token', 'create', 'x', 'cfast_x'], ['token', 'list', '--api-token', 'x']])
        assert.equal((await command(args)).code, 2, args.join(' '));
    const { stdout } = await run(binary, ['token', 'create', '--help']);
    assert.doesNotMatch(stdout, /--(client-)?secret/);
});
