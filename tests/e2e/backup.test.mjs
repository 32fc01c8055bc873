// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The automatic backups, and the way back to one.
import assert from 'node:assert/strict';
import { open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { command, eventually, launchAgent, startAgent, temporaryDirectory } from './agent.mjs';

const backupsOf = async (dataDir) => (await readdir(join(dataDir, 'backups')).catch(() => [])).filter((name) => name.endsWith('.db')).sort();
const day = (offset = 0) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

test('a damaged database is told with the way back, which keeps it aside and restores the newest backup', async (t) => {
    const dataDir = await temporaryDirectory(t);
    let agent = await startAgent(t, { dataDir, vault: 'file' });
    const kept = await agent.createToken('kept');
    await agent.stop();
    // The first start's backup is of before the token: let the next start make today's anew.
    await rm(join(dataDir, 'backups'), { recursive: true });
    agent = await startAgent(t, { dataDir, vault: 'file' });
    const [name] = await eventually(async () => { const found = await backupsOf(dataDir); return found.length > 0 && found; }, 'a backup');
    assert.equal(name, `latchkey-${day()}.db`);
    const backup = join(dataDir, 'backups', name);
    assert.equal((await stat(backup)).mode & 0o777, 0o600);
    assert.equal((await stat(join(dataDir, 'backups'))).mode & 0o777, 0o700);
    assert.ok(!(await readFile(backup)).includes(kept.client_secret));
    const late = await agent.createToken('after the backup');
    await agent.stop();

    const database = join(dataDir, 'latchkey.db');
    const file = await open(database, 'r+');
    await file.write(Buffer.alloc(8192, 0x5a), 0, 8192, 4096);
    await file.close();
    const damaged = await readFile(database);
    const refused = await launchAgent(t, { dataDir, vault: 'file' });
    const { code, log } = await refused.closed;
    assert.equal(code, 5);
    assert.match(log + refused.output, /repair --restore-backup/);
    assert.deepEqual(await readFile(database), damaged);   // left as it is

    const unsure = await command(['repair', '--data-dir', dataDir, '--restore-backup']);
    assert.equal(unsure.code, 2, unsure.stderr);
    const wrong = await command(['repair', '--data-dir', dataDir, '--yes', '--restore-backup', '2001-02-03']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /no backup of 2001-02-03/);
    const rubbish = await command(['repair', '--data-dir', dataDir, '--yes', '--restore-backup', 'yesterday']);
    assert.equal(rubbish.code, 2);
    const restored = await command(['repair', '--data-dir', dataDir, '--yes', '--json', '--restore-backup']);
    assert.equal(restored.code, 0, restored.stderr);
    const told = JSON.parse(restored.stdout);
    assert.equal(told.restored, day());
    assert.deepEqual(await readFile(join(told.kept_aside, 'latchkey.db')), damaged);

    agent = await startAgent(t, { dataDir, vault: 'file' });
    assert.deepEqual((await agent.call('GET', 'service_tokens')).map(({ id }) => id), [kept.id]);
    assert.equal((await agent.envelope('GET', `service_tokens/${late.id}`)).status, 404);
});

test('seven days are kept; a backup that is damaged itself is passed over', async (t) => {
    const dataDir = await temporaryDirectory(t);
    let agent = await startAgent(t, { dataDir, vault: 'file' });
    await eventually(async () => (await backupsOf(dataDir)).length === 1, 'a backup');
    await agent.stop();
    const directory = join(dataDir, 'backups');
    const whole = await readFile(join(directory, `latchkey-${day()}.db`));
    for (let ago = 1; ago <= 9; ++ago)
        await writeFile(join(directory, `latchkey-${day(-ago)}.db`), whole, { mode: 0o600 });
    await writeFile(join(directory, 'notes.txt'), 'mine');
    await rename(join(directory, `latchkey-${day()}.db`), join(directory, `latchkey-${day(-10)}.db`));
    agent = await startAgent(t, { dataDir, vault: 'file' });
    const wanted = Array.from({ length: 7 }, (_, ago) => `latchkey-${day(-ago)}.db`).sort();
    await eventually(async () => JSON.stringify(await backupsOf(dataDir)) === JSON.stringify(wanted), 'seven backups');
    assert.equal(await readFile(join(directory, 'notes.txt'), 'utf8'), 'mine');
    await agent.stop();

    await writeFile(join(directory, `latchkey-${day()}.db`), 'rubbish');
    await rm(join(dataDir, 'latchkey.db'));
    const restored = await command(['repair', '--data-dir', dataDir, '--yes', '--json', '--restore-backup']);
    assert.equal(restored.code, 0, restored.stderr);
    assert.equal(JSON.parse(restored.stdout).restored, day(-1));
    await startAgent(t, { dataDir, vault: 'file' });
});
