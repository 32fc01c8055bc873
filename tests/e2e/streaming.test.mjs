// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Bodies pass through the edge unchanged, in both directions, and whoever reads slowly slows down who writes: nothing
// piles up in the agent.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { test } from 'node:test';
import { addressOf, credentials, startAgent, startService } from './agent.mjs';
import { knock, raw } from './knock.mjs';

const block = randomBytes(1 << 16);
const blocks = 2048;                 // 128 MiB
const total = block.length * blocks;
const bufferedAtMost = 64 << 20;     // two hops of loopback socket buffers (10 MiB each at most) and the agent's own
const digest = (() => { const hash = createHash('sha256'); for (let i = 0; i < blocks; ++i) hash.update(block); return hash.digest('hex'); })();

/** Writes the whole body with respect for back-pressure; `progress.written` is what was handed to the kernel. */
async function writeAll(stream, progress, socket) {
    for (let i = 0; i < blocks; ++i) {
        if (!stream.write(block))
            await once(stream, 'drain');
        progress.written = socket.bytesWritten - socket.writableLength;
    }
    stream.end();
}

/** Waits until nothing moves any more: the same number in ten looks. */
async function standstill(progress) {
    for (let same = 0, last = -1; same < 10; ) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        same = progress.written === last ? same + 1 : 0;
        last = progress.written;
    }
    return progress.written;
}

async function residentKilobytes(agent) {
    return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${agent.ready.pid}/status`, 'utf8'))[1]);
}

async function hashOf(stream) {
    const hash = createHash('sha256');
    for await (const chunk of stream)
        hash.update(chunk);
    return hash.digest('hex');
}

for (const framing of ['content-length', 'chunked']) {
    test(`a download, ${framing}: unchanged, and the service waits for a slow client`, async (t) => {
        const agent = await startAgent(t);
        const progress = { written: 0 };
        const upstream = await startService(t, (incoming, response) => {
            if (framing === 'content-length')
                response.setHeader('content-length', total);
            writeAll(response, progress, incoming.socket).catch(() => { });
        });
        const token = await agent.createToken();
        const application = await agent.protect(upstream, token.id);
        const before = await residentKilobytes(agent);
        const outgoing = request(addressOf(application), { headers: credentials(token) }).end();
        const [response] = await once(outgoing, 'response');   // and nobody reads its body for now
        assert.equal(response.statusCode, 200);
        const held = await standstill(progress);
        assert.ok(held < bufferedAtMost, `the service could send ${held} bytes to a client that read nothing`);
        assert.ok(await residentKilobytes(agent) - before < 16 << 10, 'the agent grew');
        assert.equal(await hashOf(response), digest);
    });

    test(`an upload, ${framing}: unchanged, and the client waits for a slow service`, async (t) => {
        const agent = await startAgent(t);
        let readNow;
        const patience = new Promise((resolve) => { readNow = resolve; });
        const upstream = await startService(t, async (incoming, response) => {
            await patience;
            response.end(await hashOf(incoming));
        });
        const token = await agent.createToken();
        const application = await agent.protect(upstream, token.id);
        const before = await residentKilobytes(agent);
        const outgoing = request(addressOf(application), {
            method: 'POST',
            headers: { ...credentials(token), ...(framing === 'content-length' ? { 'content-length': total } : { 'transfer-encoding': 'chunked' }) },
        });
        const progress = { written: 0 };
        const [socket] = await once(outgoing, 'socket');
        const answered = once(outgoing, 'response');
        const sent = writeAll(outgoing, progress, socket);
        const held = await standstill(progress);
        assert.ok(held < bufferedAtMost, `the client could send ${held} bytes to a service that read nothing`);
        assert.ok(await residentKilobytes(agent) - before < 16 << 10, 'the agent grew');
        readNow();
        await sent;
        const [response] = await answered;
        assert.equal((await response.toArray()).join(''), digest);
    });
}

test('methods, codes and bodies that are special pass as they are', async (t) => {
    const agent = await startAgent(t);
    const upstream = await startService(t, async (incoming, response) => {
        const path = incoming.url;
        if (path === '/204') response.writeHead(204).end();
        else if (path === '/304') response.writeHead(304, { etag: '"x"' }).end();
        else if (path === '/redirect') response.writeHead(302, { location: 'https://elsewhere.example/' }).end();
        else if (path === '/teapot') response.writeHead(418, 'Short and stout', { 'set-cookie': ['a=1', 'b=2'], 'x-twice': ['1', '2'] }).end('tea');
        else response.writeHead(200, { 'content-length': 5 }).end(incoming.method === 'HEAD' ? undefined : 'hello');
    });
    const token = await agent.createToken();
    const address = addressOf(await agent.protect(upstream, token.id));
    const enter = (path, options) => knock(address + path, credentials(token), options);
    assert.deepEqual([(await enter('/204')).status, (await enter('/304')).status], [204, 304]);
    assert.equal((await enter('/redirect')).headers.location, 'https://elsewhere.example/');
    const teapot = await enter('/teapot');
    assert.equal(teapot.body, 'tea');
    assert.deepEqual(teapot.headers['set-cookie'], ['a=1', 'b=2']);
    const head = await enter('/x', { method: 'HEAD' });
    assert.equal(head.headers['content-length'], '5');
    assert.equal(head.body, '');
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])
        assert.equal((await enter('/x', { method })).body, 'hello', method);
});

test('a client that waits for 100 Continue is told to go on', async (t) => {
    const agent = await startAgent(t);
    const upstream = await startService(t, async (incoming, response) => response.end((await incoming.toArray()).join('')));
    const token = await agent.createToken();
    const application = await agent.protect(upstream, token.id);
    const outgoing = request(addressOf(application), { method: 'POST', headers: { ...credentials(token), expect: '100-continue', 'content-length': 5 } });
    outgoing.flushHeaders();
    await once(outgoing, 'continue');
    outgoing.end('hello');
    const [response] = await once(outgoing, 'response');
    assert.equal((await response.toArray()).join(''), 'hello');
});

test('pipelined requests are answered in order', async (t) => {
    const agent = await startAgent(t);
    const upstream = await startService(t, (incoming, response) => response.end(`<${incoming.url}>`));
    const token = await agent.createToken();
    const application = await agent.protect(upstream, token.id);
    const one = (path, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\nCF-Access-Client-Id: ${token.client_id}\r\nCF-Access-Client-Secret: ${token.client_secret}\r\n${more}\r\n`;
    const reply = await raw(addressOf(application), one('/1') + one('/2') + one('/3', 'Connection: close\r\n'));
    assert.deepEqual([...reply.matchAll(/<(\/\d)>/g)].map((match) => match[1]), ['/1', '/2', '/3']);
});

test('an answer that the service breaks off is broken off for the client too', async (t) => {
    const agent = await startAgent(t);
    const upstream = await startService(t, (incoming, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('half');
        setImmediate(() => incoming.socket.destroy());
    });
    const token = await agent.createToken();
    const application = await agent.protect(upstream, token.id);
    await assert.rejects(fetch(addressOf(application), { headers: credentials(token) }).then((response) => response.text()));
});
