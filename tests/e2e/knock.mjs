// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// HTTP as tests need it and fetch() does not allow it: header lists with duplicates, chosen connections, raw bytes.
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';

/** One request; `headers` is an object or a flat list of names and values. { status, headers, body, reusedSocket }. */
export async function knock(address, headers = {}, { method = 'GET', agent, body, host } = {}) {
    const url = new URL(address);
    const list = Array.isArray(headers) ? headers : Object.entries(headers).flat();
    if (!list.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'host'))
        list.unshift('Host', host ?? url.host);
    if (body !== undefined)
        list.push('Content-Length', String(Buffer.byteLength(body)));
    const outgoing = request({ hostname: url.hostname, port: url.port, path: url.pathname + url.search, method, headers: list, agent });
    outgoing.end(body);
    const [response] = await once(outgoing, 'response');
    const chunks = await response.toArray();
    return {
        status: response.statusCode,
        headers: response.headers,
        body: Buffer.concat(chunks).toString(),
        reusedSocket: outgoing.reusedSocket,
    };
}

/** Sends bytes as they are and returns all that comes back until the other side closes (or `until` is satisfied). */
export async function raw(address, bytes, { until = () => false, timeout = 15_000 } = {}) {
    const { hostname, port } = new URL(address);
    const socket = connect(Number(port), hostname);
    let received = '';
    try {
        await once(socket, 'connect');
        await new Promise((resolve, reject) => {
            const timer = setTimeout(() => reject(new Error(`no end after: ${JSON.stringify(received)}`)), timeout);
            const done = () => { clearTimeout(timer); resolve(); };
            socket.setEncoding('latin1');
            socket.on('data', (chunk) => { received += chunk; if (until(received)) done(); });
            socket.on('close', done);
            socket.on('error', () => { });   // a reset after the answer is an end too
            socket.write(bytes, 'latin1');
        });
    } finally {
        socket.destroy();
    }
    return received;
}
