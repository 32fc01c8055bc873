// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// What `purge` leaves behind: nothing of ours, everything of others.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { apiToken, command, environment, eventually, startAgent, temporaryDirectory } from './agent.mjs';

test('purge removes the agent\'s files, not those of others, and asks first', async (t) => {
    const dataDir = join(await temporaryDirectory(t), 'agent');
    const agent = await startAgent(t, { dataDir, vault: 'file' });
    const run = (...args) => command(args, { env: environment({ LATCHKEY_API_TOKEN: apiToken, LATCHKEY_DATA_DIR: dataDir }) });
    assert.equal((await run('token', 'create', 'ci', '--keep')).code, 0);
    assert.equal((await run('purge', '--yes')).code, 5, 'not under a running agent');
    await agent.stop();
    await writeFile(join(dataDir, 'notes.txt'), 'mine');

    assert.equal((await run('purge')).code, 2, 'nobody there to ask');
    assert.ok(existsSync(join(dataDir, 'latchkey.db')));
    const { code, stderr } = await run('purge', '--yes');
    assert.equal(code, 0, stderr);
    assert.deepEqual(await readdir(dataDir), ['notes.txt']);
    assert.equal((await run('purge', '--yes')).code, 1, 'there is nothing left');
});

/** Stands in for the programs that would change this machine, and writes down what it was asked: { env, calls() }. */
async function startDouble(t, dataDir) {
    const home = await temporaryDirectory(t);
    const tools = join(home, 'bin');
    const log = join(home, 'calls');
    await mkdir(tools);
    for (const name of ['sudo', 'install', 'rm', 'update-ca-certificates']) {
        await writeFile(join(tools, name), `#!/bin/sh\necho "${name} $*" >> '${log}'\n`);
        await chmod(join(tools, name), 0o755);
    }
    return {
        env: environment({ PATH: `${tools}:${process.env.PATH}`, HOME: home, LATCHKEY_DATA_DIR: dataDir, LATCHKEY_API_TOKEN: apiToken }),
        calls: () => readFile(log, 'utf8').catch(() => ''),
    };
}

test('purge undoes trust install', async (t) => {
    const dataDir = join(await temporaryDirectory(t), 'agent');
    const machine = await startDouble(t, dataDir);
    const agent = await startAgent(t, { dataDir, vault: 'file', args: ['--edge-tls', '127.0.0.1:0'] });
    const name = `Latchkey local CA ${agent.ready.agent_id.slice(0, 8)}`;
    assert.equal((await command(['trust', 'install', '--yes'], { env: machine.env })).code, 0);
    await agent.stop();
    const installed = await machine.calls();
    const purged = await command(['purge', '--yes'], { env: machine.env });
    assert.equal(purged.code, 0, purged.stderr);
    assert.match(purged.stdout, new RegExp(`Took .*${name}`));
    const undone = (await machine.calls()).slice(installed.length);
    assert.match(undone, new RegExp(`rm -f .*${name.replaceAll(' ', '-')}`));
    assert.match(undone, /update-ca-certificates --fresh/);
    assert.equal(existsSync(dataDir), false);
});

test('a store that would not let go stops the purge before anything is removed', async (t) => {
    const dataDir = join(await temporaryDirectory(t), 'agent');
    const machine = await startDouble(t, dataDir);
    const agent = await startAgent(t, { dataDir, vault: 'file', args: ['--edge-tls', '127.0.0.1:0'] });
    assert.equal((await command(['trust', 'install', '--yes'], { env: machine.env })).code, 0);
    await agent.stop();
    const before = (await readdir(dataDir)).sort();
    for (const tool of ['sudo', 'update-ca-certificates'])
        await writeFile(join(machine.env.HOME, 'bin', tool), '#!/bin/sh\nexit 1\n');
    const stopped = await command(['purge', '--yes'], { env: machine.env });
    assert.equal(stopped.code, 1);
    assert.match(stopped.stderr, /did not change/);
    assert.deepEqual((await readdir(dataDir)).sort(), before);
});

for (const [what, damage] of [
    ['is damaged', (file) => writeFile(file, 'not a database '.repeat(500))],
    ['is empty', (file) => writeFile(file, '')],
    ['is missing', (file) => rm(file)],
])
    test(`purge goes through when the database ${what}, and says what it cannot know`, async (t) => {
        const dataDir = join(await temporaryDirectory(t), 'agent');
        const env = environment({ LATCHKEY_DATA_DIR: dataDir, LATCHKEY_API_TOKEN: apiToken });
        const agent = await startAgent(t, { dataDir, vault: 'file' });
        await agent.createToken();
        await eventually(() => existsSync(join(dataDir, 'backups')) && readdir(join(dataDir, 'backups')).then((names) => names.some((name) => name.endsWith('.db'))), 'a backup');
        await agent.stop();
        for (const companion of ['-wal', '-shm'])
            await rm(join(dataDir, `latchkey.db${companion}`), { force: true });
        await damage(join(dataDir, 'latchkey.db'));

        const unasked = await command(['purge'], { env });
        assert.equal(unasked.code, 2);
        assert.match(unasked.stderr, /cannot be read/);
        assert.ok((await stat(join(dataDir, 'vault.json'))).isFile());
        const { code, stdout, stderr } = await command(['purge', '--yes', '--json'], { env });
        assert.equal(code, 0, stderr);
        assert.deepEqual(JSON.parse(stdout), { removed: dataDir, keychain_entries: 0, keychain_complete: false, trust_removed: null });
        assert.equal(existsSync(dataDir), false);
    });

test('a directory that has never been an agent\'s is left alone', async (t) => {
    const dataDir = await temporaryDirectory(t);
    await mkdir(join(dataDir, 'backups'));
    await writeFile(join(dataDir, 'backups', 'photo.jpg'), 'mine');
    await writeFile(join(dataDir, 'ca.pem'), 'mine');
    const { code, stderr } = await command(['--data-dir', dataDir, 'purge', '--yes']);
    assert.equal(code, 1);
    assert.match(stderr, /no agent's data/);
    assert.deepEqual((await readdir(dataDir)).sort(), ['backups', 'ca.pem']);
});
