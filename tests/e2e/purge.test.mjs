// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// What `purge` leaves behind: nothing of ours, everything of others.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { apiToken, command, environment, startAgent, temporaryDirectory } from './agent.mjs';

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
