// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// A real latchkey-agent for a test: its own data directory, free ports, gone at the end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const binary = join(process.env.LATCHKEY_BIN_DIR ?? 'build/bin', 'latchkey-agent');
export const apiToken = 'e2e-api-token-0123456789abcdef0123456789';

/** A directory that goes when the test `t` ends. */
export async function temporaryDirectory(t) {
    const directory = await mkdtemp(join(tmpdir(), 'latchkey-e2e-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    return directory;
}

/** The environment of a test's programs: nothing of whoever runs the tests decides what they see. */
export function environment(more = {}) {
    const { LATCHKEY_DATA_DIR, LATCHKEY_API_TOKEN, XDG_RUNTIME_DIR, ...rest } = process.env;
    return { ...rest, NO_COLOR: '1', ...more };
}

/** Runs a program to its end. Returns { code, signal, stdout, stderr }. */
export async function run(program, args, { env = environment(), input = '', timeout = 30_000 } = {}) {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => { stdout += chunk; });
    child.stderr.setEncoding('utf8').on('data', (chunk) => { stderr += chunk; });
    child.stdin.on('error', () => { });   // it may not read
    child.stdin.end(input);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    const [code, signal] = await once(child, 'close');
    clearTimeout(timer);
    return { code, signal, stdout, stderr };
}

/** `latchkey-agent` with these arguments. */
export const command = (args, options) => run(binary, args, options);

/**
 * Starts an agent and waits for its ready line; it is stopped when the test `t` ends.
 *   dataDir    an existing data directory (a throw-away one by default)
 *   vault      'memory' by default; null: whatever the data directory was first started with
 *   edge       where its edge listens
 *   args       further arguments of serve
 *   env        further environment; `LATCHKEY_API_TOKEN: undefined` leaves the preset token out
 *   stdin      'ignore' or 'pipe'
 */
export async function startAgent(t, options = {}) {
    const agent = await launchAgent(t, options);
    const event = await agent.nextEvent();
    if (event?.event !== 'ready')
        throw new Error(`the agent was not ready: ${JSON.stringify(event)}\n${agent.log}`);
    agent.ready = event;
    return agent;
}

/** As startAgent(), but does not wait: the caller reads its events. */
export async function launchAgent(t, { dataDir, vault = 'memory', edge = '127.0.0.1:0', args = [], env = {}, stdin = 'ignore', cwd } = {}) {
    dataDir ??= await temporaryDirectory(t);
    const vaultArguments = vault ? ['--vault', vault] : [];
    const child = spawn(binary, ['serve', '--data-dir', dataDir, ...vaultArguments, '--api', '127.0.0.1:0', '--edge', edge, ...args],
        { env: environment({ LATCHKEY_API_TOKEN: apiToken, ...env }), stdio: [stdin, 'pipe', 'pipe'], cwd });
    const agent = new Agent(child, dataDir);
    t.after(() => agent.stop());
    return agent;
}

// Agents of tests that run at the same time all begin at the same port, and one that is down for a moment may find another on
// its applications' ports when it is back: so each process has some of its own, below those the system hands out.
let portsTaken = 0;
const ownPort = () => 20_000 + (process.pid % 200) * 60 + portsTaken++ % 60;

class Agent {
    constructor(child, dataDir) {
        this.child = child;
        this.dataDir = dataDir;
        this.log = '';
        this.output = '';
        this.token = apiToken;
        child.stderr.setEncoding('utf8').on('data', (chunk) => { this.log += chunk; });
        child.stdout.setEncoding('utf8').on('data', (chunk) => { this.output += chunk; });
        this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
        this.closed = once(child, 'close').then(([code, signal]) => ({ code, signal, log: this.log }));
    }

    get api() { return this.ready.api; }
    get edge() { return this.ready.edge; }

    /** The next JSON line on standard output; undefined at its end. */
    async nextEvent() {
        const { value, done } = await this.lines.next();
        return done ? undefined : JSON.parse(value);
    }

    /** Ends it with a signal and waits: { code, signal, log }. */
    async stop(signal = 'SIGTERM') {
        if (this.child.exitCode === null && this.child.signalCode === null)
            this.child.kill(signal);
        const patience = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
        const end = await this.closed;
        clearTimeout(patience);
        return end;
    }

    /** One HTTP request to the API listener: fetch()'s response. */
    request(method, path, { body, headers = {}, signal } = {}) {
        return fetch(new URL(path, this.api), {
            method,
            redirect: 'manual',
            signal,
            headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...headers },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
    }

    /** One management call under /accounts/…/access: the whole envelope, with the HTTP status beside it. */
    async envelope(method, path, body) {
        const response = await this.request(method, `/client/v4/accounts/${this.ready.account_id}/access/${path}`, { body });
        return { status: response.status, ...await response.json() };
    }

    /** The result of a call that must succeed. */
    async call(method, path, body) {
        const envelope = await this.envelope(method, path, body);
        if (!envelope.success)
            throw new Error(`${method} ${path}: ${envelope.status} ${JSON.stringify(envelope.errors)}`);
        return envelope.result;
    }

    createToken(name = 'ci', more = {}) {
        return this.call('POST', 'service_tokens', { name, ...more });
    }

    /** An application before `upstream`; by default it lets in `tokenId` and no one else. */
    protect(upstream, tokenId, more = {}) {
        return this.call('POST', 'apps', {
            type: 'self_hosted',
            name: 'e2e',
            domain: `e2e-${Math.random().toString(36).slice(2)}.example.com`,
            policies: [{ name: 'machines', decision: 'non_identity', include: [{ service_token: { token_id: tokenId } }] }],
            ...more,
            latchkey: { upstream, port: ownPort(), ...more.latchkey },
        });
    }
}

/** Where an application is reached: its own port on the edge. */
export const addressOf = (application) => `http://127.0.0.1:${application.latchkey.port}`;

export const credentials = (token) => ({
    'cf-access-client-id': token.client_id,
    'cf-access-client-secret': token.client_secret,
});

/** A small service on a free port; `handle` is node:http's. Returns its origin. */
export async function startService(t, handle) {
    const server = createServer(handle).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => { server.closeAllConnections(); server.close(); });
    return `http://127.0.0.1:${server.address().port}`;
}

/** A service that answers with what it received: { method, url, headers, body }. */
export function startEcho(t) {
    return startService(t, async (request, response) => {
        const chunks = await request.toArray();
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({
            method: request.method,
            url: request.url,
            headers: request.headers,
            rawHeaders: request.rawHeaders,
            body: Buffer.concat(chunks).toString('latin1'),
        }));
    });
}

/** Waits until `condition` holds; throws what it is about when it never does. */
export async function eventually(condition, what, timeout = 15_000) {
    const end = Date.now() + timeout;
    for (;;) {
        const value = await condition();
        if (value)
            return value;
        if (Date.now() > end)
            throw new Error(`never: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
    }
}
