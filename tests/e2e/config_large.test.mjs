// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Configurations of many tokens: 20,000 go out and in, and what is larger than the stated limit is refused with words.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { addressOf, apiToken, command, credentials, environment, startAgent, startEcho, temporaryDirectory } from './agent.mjs';

const mebibyte = 1 << 20;
const limit = 64 * mebibyte;
const many = 20_000;

const cli = (agent, input) => (...args) =>
    command(args, { env: environment({ LATCHKEY_API_TOKEN: apiToken, LATCHKEY_DATA_DIR: agent.dataDir }), input, timeout: 300_000 });

/** The older form of secrets; `index` makes it. */
const secretOf = (index) => createHash('sha256').update(`secret ${index}`).digest('hex');
const tokenOf = (index) => ({
    name: `token ${index}`,
    client_id: `${index.toString(16).padStart(32, '0')}.access`,
    duration: 'forever',
    client_secret_sha256: createHash('sha256').update(secretOf(index)).digest('hex'),
});

/** Bytes to the API without fetch(): the status, and the envelope's first message. */
function send(agent, path, { headers = {}, body = '', bearer = apiToken, method = 'PUT' } = {}) {
    return new Promise((resolve, reject) => {
        const { hostname, port } = new URL(agent.api);
        const outgoing = request({ hostname, port, path, method, headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', ...headers } }, async (response) => {
            const text = Buffer.concat(await response.toArray()).toString();
            resolve({ status: response.statusCode, message: JSON.parse(text).errors[0]?.message });
            outgoing.destroy();
        });
        outgoing.on('error', reject);
        if (headers['content-length'] === undefined)
            outgoing.end(body);
        else
            outgoing.write(body);   // the rest never comes: the head is enough to refuse
    });
}

test(`${many} tokens are imported, let in, and exported again`, async (t) => {
    const agent = await startAgent(t);
    const upstream = await startEcho(t);
    const file = join(await temporaryDirectory(t), 'many.json');
    const application = { type: 'self_hosted', name: 'all', domain: 'all.example.com', latchkey: { upstream },
        policies: [{ name: 'machines', decision: 'non_identity', include: [{ any_valid_service_token: {} }] }] };
    const text = JSON.stringify({ latchkey_config: 1, service_tokens: Array.from({ length: many }, (_, index) => tokenOf(index)), applications: [application] }, null, 2);
    assert.ok(text.length > 4 * mebibyte, 'larger than other bodies and other JSON may be');
    await writeFile(file, text);

    const rehearsed = await cli(agent)('config', 'check', file, '--json');
    assert.equal(rehearsed.code, 0, rehearsed.stderr);
    assert.equal(JSON.parse(rehearsed.stdout).changes.length, many + 1);
    assert.equal((await agent.envelope('GET', 'service_tokens?per_page=1')).result_info.total_count, 0);

    const imported = await cli(agent)('config', 'import', file, '--json');
    assert.equal(imported.code, 0, imported.stderr);
    assert.equal(JSON.parse(imported.stdout).changes.length, many + 1);
    assert.equal((await agent.envelope('GET', 'service_tokens?per_page=1')).result_info.total_count, many);
    const [made] = await agent.call('GET', 'apps');
    for (const index of [0, many - 1]) {
        const { client_id } = tokenOf(index);
        assert.equal((await fetch(addressOf(made), { headers: credentials({ client_id, client_secret: secretOf(index) }) })).status, 200);
        assert.equal((await fetch(addressOf(made), { headers: credentials({ client_id, client_secret: secretOf(index + 1) }) })).status, 401);
    }

    const out = join(await temporaryDirectory(t), 'out.json');
    const exported = await cli(agent)('config', 'export', out);
    assert.equal(exported.code, 0, exported.stderr);
    const written = JSON.parse(await readFile(out, 'utf8'));
    assert.equal(written.service_tokens.length, many);
    // Through a pipe, too, and it changes nothing.
    const again = await cli(agent, await readFile(out))('config', 'import', '-', '--prune', '--json');
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(JSON.parse(again.stdout), { changes: [], unchanged: many + 2 });   // with the application and the organization
});

test('what is larger than the limit is refused, and the limit is told', async (t) => {
    const agent = await startAgent(t);
    const directory = await temporaryDirectory(t);
    const file = join(directory, 'large.json');
    await writeFile(file, '{"latchkey_config":1}');
    await truncate(file, limit + 1);
    assert.equal((await stat(file)).size, limit + 1);
    const refused = await cli(agent)('config', 'import', file);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /large\.json is larger than 64 MiB, the most that a configuration may have/);
    const piped = await cli(agent, Buffer.alloc(limit + 1, ' '))('config', 'import', '-');
    assert.notEqual(piped.code, 0);
    assert.match(piped.stderr, /Standard input is larger than 64 MiB/);

    const { status, message } = await send(agent, '/latchkey/v1/config', { headers: { 'content-length': limit + 1 } });
    assert.equal(status, 413);
    assert.match(message, new RegExp(`at most ${limit} bytes`));
    // What is just small enough is read, and judged by what it says.
    const padded = await send(agent, '/latchkey/v1/config/check', { method: 'POST', body: Buffer.concat([Buffer.from('{"latchkey_config":7}'), Buffer.alloc(limit - 21, ' ')]) });
    assert.deepEqual([padded.status, /latchkey_config/.test(padded.message)], [400, true]);
});

test('no other call takes that much, and no stranger', async (t) => {
    const agent = await startAgent(t);
    const account = `/client/v4/accounts/${agent.ready.account_id}/access`;
    const large = { 'content-length': mebibyte + 1 };
    for (const [path, more] of [[`${account}/service_tokens`, { method: 'POST' }], [`${account}/organizations`, {}], ['/latchkey/v1/explain', { method: 'POST' }],
        ['/nowhere', {}], ['/latchkey/v1/config', { bearer: 'wrong' }], ['/latchkey/v1/config/check', { bearer: '', method: 'POST' }]]) {
        const { status, message } = await send(agent, path, { headers: large, ...more });
        assert.equal(status, 413, path);
        assert.match(message, new RegExp(`at most ${mebibyte} bytes`));
    }
});
