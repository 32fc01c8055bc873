// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// What programs that start the agent rely on: the ready line, exit codes, files and how it ends.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { apiToken, binary, command, environment, run, startAgent, temporaryDirectory } from './agent.mjs';

const preset = { env: environment({ LATCHKEY_API_TOKEN: apiToken }) };
const serve = (dataDir, more = {}) => ['serve', ...Object.entries({
    '--data-dir': dataDir, '--vault': 'memory', '--api': '127.0.0.1:0', '--edge': '127.0.0.1:0', ...more,
}).flat()];

/** A refused start: its exit code, one line {"event":"failed"} on standard output, and words on standard error. */
function assertFailed({ code, stdout, stderr }, exitCode, word) {
    assert.equal(code, exitCode, stderr);
    const event = JSON.parse(stdout);
    assert.equal(event.event, 'failed');
    assert.equal(event.code, word);
    assert.match(stderr, /^latchkey-agent: ./m);
    assert.ok(stderr.includes(event.message));
}

test('the ready line tells all that a program needs', async (t) => {
    const agent = await startAgent(t);
    const { ready } = agent;
    assert.match(ready.api, /^http:\/\/127\.0\.0\.1:\d+\/client\/v4$/);
    assert.match(ready.edge, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.notEqual(new URL(ready.api).port, new URL(ready.edge).port);
    assert.equal(ready.edge_tls, null);
    assert.match(ready.account_id, /^[0-9a-f]{32}$/);
    assert.match(ready.agent_id, /^[0-9a-f-]{36}$/);
    assert.equal(ready.version, (await command(['--version'])).stdout.trim().split(' ').pop());
    assert.equal(ready.data_dir, agent.dataDir);
    assert.equal(ready.pid, agent.child.pid);
    assert.equal((await fetch(new URL('/cdn-cgi/access/certs', ready.edge))).status, 200, 'ready means ready');
    assert.equal((await agent.stop()).code, 0);
    assert.equal(agent.output.trim().split('\n').length, 1, 'one line on standard output, and logs elsewhere');
});

test('the identity of a data directory stays', async (t) => {
    const dataDir = await temporaryDirectory(t);
    const first = await startAgent(t, { dataDir, args: ['--account-id', 'a'.repeat(32), '--team', 'acme'] });
    await first.stop();
    const second = await startAgent(t, { dataDir });
    assert.equal(second.ready.agent_id, first.ready.agent_id);
    assert.equal(second.ready.account_id, 'a'.repeat(32));
    await second.stop();
    const same = await startAgent(t, { dataDir, args: ['--account-id', 'a'.repeat(32), '--team', 'acme'] });
    await same.stop();
    for (const other of [{ '--account-id': 'b'.repeat(32) }, { '--team': 'other' }, { '--vault': 'file' }])
        assertFailed(await command(serve(dataDir, other), preset), 2, 'invalid_argument');
});

test('a second agent on the directory: exit 5, and the first goes on', async (t) => {
    const agent = await startAgent(t);
    assertFailed(await command(serve(agent.dataDir), preset), 5, 'data_directory_in_use');
    assert.equal((await agent.request('GET', '/client/v4/accounts')).status, 200);
});

test('a damaged database: exit 5, and it is left as it is', async (t) => {
    const dataDir = await temporaryDirectory(t);
    await (await startAgent(t, { dataDir })).stop();
    const file = join(dataDir, 'latchkey.db');
    const rubbish = Buffer.alloc((await stat(file)).size, 'not a database ');
    await writeFile(file, rubbish);
    assertFailed(await command(serve(dataDir), preset), 5, 'damaged');
    assert.ok((await readFile(file)).equals(rubbish));
});

/** A start in a directory that cannot be written ends with exit 1 and names it. */
async function assertUnwritable(dataDir) {
    const refused = await command(serve(dataDir), preset);
    assertFailed(refused, 1, 'io');
    assert.ok(refused.stderr.includes(dataDir), refused.stderr);
}

test('a data directory that cannot be made: exit 1, naming it', { skip: process.platform !== 'linux' }, async (t) => {
    const file = join(await temporaryDirectory(t), 'file');
    await writeFile(file, '');
    await assertUnwritable(file);
    await assertUnwritable(join(file, 'agent'));
    await assertUnwritable('/proc/self/latchkey');   // a file system that takes nothing, also from root
});

// Root may write what it likes, so there the file system itself has to say no.
const mounts = process.platform === 'linux' && (await run('unshare', ['--mount', '--map-root-user', 'true']).catch(() => ({ code: 1 }))).code === 0;
test('a data directory on a read-only file system: exit 1, naming it, and nothing is changed', { skip: !mounts && 'no mounts of one\'s own here' }, async (t) => {
    const dataDir = await temporaryDirectory(t);
    await (await startAgent(t, { dataDir })).stop();
    const before = await readFile(join(dataDir, 'latchkey.db'));
    const inside = `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"`;
    const refused = await run('unshare', ['--mount', '--map-root-user', 'sh', '-c', inside, dataDir, binary, ...serve(dataDir)], preset);
    assertFailed(refused, 1, 'io');
    assert.ok(refused.stderr.includes(dataDir), refused.stderr);
    assert.ok((await readFile(join(dataDir, 'latchkey.db'))).equals(before));
});

test('a taken port: exit 3, naming it', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    t.after(() => other.close());
    const { port } = other.address();
    for (const listener of ['--api', '--edge']) {
        const refused = await command(serve(await temporaryDirectory(t), { [listener]: `127.0.0.1:${port}` }), preset);
        assertFailed(refused, 3, 'port_taken');
        assert.ok(refused.stderr.includes(String(port)));
    }
    const agent = await startAgent(t);
    // An edge's own listeners share their port among its workers; another agent must not join them.
    assertFailed(await command(serve(await temporaryDirectory(t), { '--edge': new URL(agent.edge).host }), preset), 3, 'port_taken');
});

test('an address that others can reach: exit 2 without --expose', async (t) => {
    const dataDir = await temporaryDirectory(t);
    for (const listener of ['--api', '--edge'])
        for (const address of ['0.0.0.0:0', '[::]:0', '203.0.113.1:0']) {
            const refused = await command(serve(dataDir, { [listener]: address }), preset);
            assertFailed(refused, 2, 'invalid_argument');
            assert.match(refused.stderr, /--expose/);
        }
    assert.deepEqual(await readdir(dataDir), [], 'a refused start left something behind');
    const agent = await startAgent(t, { edge: '0.0.0.0:0', args: ['--expose', '0.0.0.0'] });
    assert.match(agent.edge, /^http:\/\/0\.0\.0\.0:\d+$/);
});

test('a memory vault without LATCHKEY_API_TOKEN: exit 2', async (t) => {
    const refused = await command(serve(await temporaryDirectory(t)));
    assertFailed(refused, 2, 'invalid_argument');
    assert.match(refused.stderr, /LATCHKEY_API_TOKEN/);
});

test('rubbish on the command line: exit 2, with help at hand', async (t) => {
    const dataDir = await temporaryDirectory(t);
    for (const args of [[], ['serve', '--nonsense'], ['nonsense'], ['serve', '--log-format', 'xml'], ['serve', 'extra'], ['token'], ['token', 'create'], ['jwt'], ['repair']]) {
        const { code, stderr, stdout } = await command(args);
        assert.equal(code, 2, args.join(' '));
        assert.match(stderr + stdout, /--help/);
    }
    for (const more of [{ '--edge': 'nowhere:x' }, { '--edge': '127.0.0.1:70000' }, { '--api': '127.0.0.1:-1' }, { '--vault': 'cloud' }, { '--vault-wait': 'soon' },
        { '--account-id': 'short' }, { '--team': 'not a team' }, { '--team': 'x.y/z' }, { '--threads': 'many' }])
        assert.equal((await command(serve(dataDir, more), preset)).code, 2, JSON.stringify(more));
    for (const args of [['--help'], ['serve', '--help'], ['token', 'create', '--help'], ['app', 'create', '--help'], ['jwt', 'verify', '--help'], ['repair', '--help'], ['tour', '--help']]) {
        const { code, stdout } = await command(args);
        assert.equal(code, 0, args.join(' '));
        assert.match(stdout, /latchkey-agent/);
    }
});

test('the discovery file: mode 0600 while it runs, gone afterwards, without a secret', async (t) => {
    const runtime = await temporaryDirectory(t);
    const agent = await startAgent(t, { env: { XDG_RUNTIME_DIR: runtime } });
    const file = join(runtime, 'latchkey', `${agent.ready.agent_id}.json`);
    assert.equal((await stat(file)).mode & 0o7777, 0o600);
    assert.equal((await stat(join(runtime, 'latchkey'))).mode & 0o7777, 0o700);
    const told = JSON.parse(await readFile(file, 'utf8'));
    assert.deepEqual(Object.keys(told).sort(), ['agent_id', 'api', 'data_dir', 'edge', 'edge_tls', 'pid', 'started_at', 'vault', 'version']);
    assert.equal(told.api, agent.ready.api);
    assert.equal(told.pid, agent.child.pid);
    assert.ok(!JSON.stringify(told).includes(apiToken));
    assert.equal((await agent.stop()).code, 0);
    await assert.rejects(stat(file), { code: 'ENOENT' });
});

test('without a runtime directory it is run.json in the data directory', async (t) => {
    const agent = await startAgent(t);
    assert.equal((await stat(join(agent.dataDir, 'run.json'))).mode & 0o7777, 0o600);
    await agent.stop();
    await assert.rejects(stat(join(agent.dataDir, 'run.json')), { code: 'ENOENT' });
});

test('all that is in the data directory is for its owner alone', async (t) => {
    const dataDir = join(await temporaryDirectory(t), 'made', 'by', 'the agent');
    const agent = await startAgent(t, { dataDir, vault: 'file' });
    await agent.createToken();
    assert.equal((await stat(dataDir)).mode & 0o7777, 0o700);
    for (const name of await readdir(dataDir))
        assert.equal((await stat(join(dataDir, name))).mode & 0o077, 0, name);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
    test(`${signal} ends it with 0`, async (t) => {
        const agent = await startAgent(t);
        await agent.createToken();
        assert.deepEqual((({ code, signal }) => ({ code, signal }))(await agent.stop(signal)), { code: 0, signal: null });
    });

test('the end of standard input ends it with 0 when asked to watch it, and not otherwise', async (t) => {
    const watched = await startAgent(t, { stdin: 'pipe', args: ['--stop-with-stdin'] });
    watched.child.stdin.end();
    assert.equal((await watched.closed).code, 0);
    const not = await startAgent(t, { stdin: 'pipe' });
    not.child.stdin.end();
    assert.equal((await not.request('GET', '/client/v4/accounts')).status, 200);
});

test('it ends in time with requests under way and connections open', async (t) => {
    const agent = await startAgent(t);
    const token = await agent.createToken();
    const silent = createServer(() => { }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    t.after(() => silent.close());
    const application = await agent.protect(`http://127.0.0.1:${silent.address().port}`, token.id);
    const pending = fetch(`http://127.0.0.1:${application.latchkey.port}`, { headers: { 'cf-access-client-id': token.client_id, 'cf-access-client-secret': token.client_secret } }).catch(() => 'cut off');
    await once(silent, 'connection');
    assert.equal((await agent.stop()).code, 0);
    await pending;
});

test('application ports survive a restart; a taken one degrades the application, not the agent', async (t) => {
    const dataDir = await temporaryDirectory(t);
    const first = await startAgent(t, { dataDir });
    const token = await first.createToken();
    const application = await first.protect('http://127.0.0.1:9', token.id);
    await first.stop();
    const squatter = createServer().listen(application.latchkey.port, '127.0.0.1');
    await once(squatter, 'listening');
    const second = await startAgent(t, { dataDir });
    assert.equal((await second.call('GET', 'apps')).length, 1);
    await second.stop();
    assert.match(second.log, /port/);
    squatter.close();
    await once(squatter, 'close');
    const third = await startAgent(t, { dataDir });
    const reply = await fetch(`http://127.0.0.1:${application.latchkey.port}`);
    assert.equal(reply.headers.get('latchkey-reason'), 'missing_credentials');
    await third.stop();
});

test('log lines cannot be forged by a request, in either format', async (t) => {
    for (const format of ['text', 'json']) {
        const agent = await startAgent(t, { args: ['--log-format', format] });
        await agent.createToken('x');
        await agent.stop();
        for (const line of agent.log.trim().split('\n'))
            if (format === 'json')
                assert.ok(JSON.parse(line).message, line);
            else
                assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (debug|info|warning|error) /);
    }
});
