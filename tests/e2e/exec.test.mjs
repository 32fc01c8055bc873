// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// latchkey-agent exec: real clients reach the agent under production names, with nothing changed but their environment.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { binary, command, credentials, environment, run, startAgent, startEcho, startService, temporaryDirectory } from './agent.mjs';

const node = process.execPath;

/** An agent with a TLS listener and an application on app.example.com; exec(args, …options) runs a program under it. */
async function setUp(t) {
    const agent = await startAgent(t, { vault: 'file', args: ['--edge-tls', '127.0.0.1:0', '--team', 'acme'] });
    const token = await agent.createToken('ci');
    await agent.protect(await startEcho(t), token.id, { domain: 'app.example.com' });
    const exec = (program, { options = [], env = {}, input, timeout } = {}) =>
        command(['--data-dir', agent.dataDir, 'exec', ...options, '--', ...program],
            { env: environment({ HTTPS_PROXY: '', https_proxy: '', NO_PROXY: '', no_proxy: '', NODE_OPTIONS: '', ...env }), input, timeout });
    const withSecret = { options: ['--token', 'ci', '--secret-env', 'MY_SECRET'], env: { MY_SECRET: token.client_secret } };
    return { agent, token, exec, withSecret };
}

const echoed = ({ code, stdout, stderr }) => {
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
};

const shell = 'curl -sS -H "CF-Access-Client-Id: $CF_ACCESS_CLIENT_ID" -H "CF-Access-Client-Secret: $CF_ACCESS_CLIENT_SECRET" https://app.example.com/curl';

test('curl', async (t) => {
    const { exec, withSecret } = await setUp(t);
    const seen = echoed(await exec(['sh', '-c', shell], withSecret));
    assert.equal(seen.url, '/curl');
    assert.equal(seen.headers.host, 'app.example.com');
    assert.equal(seen.headers['x-forwarded-proto'], 'https');
    assert.ok(seen.headers['cf-access-jwt-assertion']);
    const certs = await exec(['curl', '-sS', 'https://acme.cloudflareaccess.com/cdn-cgi/access/certs']);
    assert.equal(JSON.parse(certs.stdout).keys.length, 1);
});

test('Node: fetch and https, with its proxy support or without', async (t) => {
    const { exec, withSecret } = await setUp(t);
    const headers = '{ "cf-access-client-id": process.env.CF_ACCESS_CLIENT_ID, "cf-access-client-secret": process.env.CF_ACCESS_CLIENT_SECRET }';
    const fetched = `const r = await fetch('https://app.example.com/fetch', { headers: ${headers} }); console.log(await r.text());`;
    const got = `import { get } from 'node:https'; get('https://app.example.com/https', { headers: ${headers} }, (r) => r.pipe(process.stdout));`;
    for (const [program, path] of [[fetched, '/fetch'], [got, '/https']]) {
        assert.equal(echoed(await exec([node, '--input-type=module', '-e', program], withSecret)).url, path);
        const proxied = { ...withSecret, env: { ...withSecret.env, NODE_USE_ENV_PROXY: '1' } };
        assert.equal(echoed(await exec([node, '--input-type=module', '-e', program], proxied)).url, path);
    }
});

test('Python', async (t) => {
    const { exec, withSecret } = await setUp(t);
    const program = `
import os, urllib.request
request = urllib.request.Request("https://app.example.com/python", headers={
    "CF-Access-Client-Id": os.environ["CF_ACCESS_CLIENT_ID"], "CF-Access-Client-Secret": os.environ["CF_ACCESS_CLIENT_SECRET"]})
print(urllib.request.urlopen(request).read().decode())`;
    assert.equal(echoed(await exec(['/usr/bin/python3', '-c', program], withSecret)).url, '/python');
    const requests = `
import os, requests
print(requests.get("https://app.example.com/requests", headers={
    "CF-Access-Client-Id": os.environ["CF_ACCESS_CLIENT_ID"], "CF-Access-Client-Secret": os.environ["CF_ACCESS_CLIENT_SECRET"]}).text)`;
    assert.equal(echoed(await exec(['/usr/bin/python3', '-c', requests], withSecret)).url, '/requests');
});

test('Debian\'s python3-cloudflare, through exec', async (t) => {
    const { agent, exec } = await setUp(t);
    // The library speaks to the agent's API; under exec its requests go through the proxy's bundle and variables unharmed.
    const program = `
import CloudFlare, json, os
cf = CloudFlare.CloudFlare(token=os.environ["API_TOKEN"])
print(json.dumps([token["name"] for token in cf.accounts.access.service_tokens.get(os.environ["ACCOUNT"])]))`;
    const { code, stdout, stderr } = await exec(['/usr/bin/python3', '-c', program],
        { env: { API_TOKEN: agent.token, ACCOUNT: agent.ready.account_id, CLOUDFLARE_API_URL: agent.api } });
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), ['ci']);
});

test('credentials are in the child\'s environment and nowhere else', async (t) => {
    const { agent, token, exec, withSecret } = await setUp(t);
    const print = [node, '-p', 'JSON.stringify([process.env, process.argv])'];
    const [env, argv] = echoed(await exec(print, withSecret));
    assert.equal(env.CF_ACCESS_CLIENT_ID, token.client_id);
    assert.equal(env.CF_ACCESS_CLIENT_SECRET, token.client_secret);
    assert.equal(env.MY_SECRET, undefined);
    assert.equal(env.LATCHKEY_API_TOKEN, undefined);
    assert.doesNotMatch(argv.join(' '), new RegExp(token.client_secret));

    const script = 'let rest = ""; process.stdin.on("data", (d) => rest += d).on("end", () => console.log(JSON.stringify([process.env.CF_ACCESS_CLIENT_SECRET, rest])))';
    const piped = await exec([node, '-e', script], { options: ['--token', 'ci', '--secret-stdin'], input: `${token.client_secret}\nthe rest\n` });
    assert.deepEqual(echoed(piped), [token.client_secret, 'the rest\n']);

    const [without] = echoed(await exec(print, { env: { CF_ACCESS_CLIENT_SECRET: 'of somebody else' } }));
    assert.equal(without.CF_ACCESS_CLIENT_SECRET, undefined);

    const unkept = await exec(print, { options: ['--token', 'ci'] });
    assert.equal(unkept.code, 4);
    assert.match(unkept.stderr, /--keep/);
    assert.equal(agent.log.includes(token.client_secret), false);
});

test('everything is gone afterwards', async (t) => {
    const { exec } = await setUp(t);
    const tmp = await temporaryDirectory(t);
    const print = [node, '-p', 'JSON.stringify(process.env)'];
    const env = echoed(await exec(print, { env: { TMPDIR: tmp } }));
    assert.ok(env.SSL_CERT_FILE.startsWith(tmp));
    for (const name of ['NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO'])
        assert.equal(env[name], env.SSL_CERT_FILE, name);
    assert.match(env.JAVA_TOOL_OPTIONS, /-Dhttps\.proxyHost=127\.0\.0\.1 -Dhttps\.proxyPort=\d+/);
    assert.deepEqual(await readdir(tmp), []);
    const proxy = connect(Number(new URL(env.HTTPS_PROXY).port), '127.0.0.1');
    proxy.on('connect', () => proxy.destroy(new Error('it is still there')));
    const [error] = await once(proxy, 'error');
    assert.equal(error.code, 'ECONNREFUSED', 'the proxy is gone');
});

test('exit codes, streams and signals are passed on', async (t) => {
    const { agent, exec } = await setUp(t);
    assert.equal((await exec(['sh', '-c', 'exit 7'])).code, 7);
    assert.equal((await exec(['sh', '-c', 'kill -9 $$'])).code, 137);
    assert.equal((await exec(['no-such-program-here'])).code, 127);
    assert.equal((await exec(['sh', '-c', 'cat; echo problem >&2'], { input: 'text' })).stdout, 'text');
    assert.equal((await exec(['sh', '-c', 'echo problem >&2'])).stderr, 'problem\n');
    assert.equal((await exec(['sh', '-c', 'umask'])).stdout, (await run('sh', ['-c', 'umask'])).stdout);

    const script = 'process.on("SIGTERM", () => { console.log("asked"); process.exit(5); }); console.log("ready"); setInterval(() => { }, 1000);';
    const child = spawn(binary, ['--data-dir', agent.dataDir, 'exec', '--', node, '-e', script], { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
        output += chunk;
        if (chunk.includes('ready'))
            child.kill('SIGTERM');
    });
    assert.deepEqual(await once(child, 'close'), [5, null]);
    assert.equal(output, 'ready\nasked\n');
});

/** A proxy of the person's own, which asks who they are and then lets nobody out: { url, seen }. */
async function startProxy(t) {
    const seen = [];
    const server = createServer().listen(0, '127.0.0.1');
    server.on('connect', (request, client) => {
        const authorization = request.headers['proxy-authorization'];
        client.on('error', () => { });
        if (!authorization)
            return client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="corp"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        seen.push([request.url, authorization]);
        client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    });
    await once(server, 'listening');
    t.after(() => { server.closeAllConnections(); server.close(); });
    return { url: `http://me:pass%20word@127.0.0.1:${server.address().port}`, seen };
}

test('all else goes on its way: through the person\'s own proxy, or past it', async (t) => {
    const { exec, withSecret } = await setUp(t);
    const proxy = await startProxy(t);
    const env = { HTTPS_PROXY: proxy.url };
    const outside = await exec(['curl', '-sS', 'https://elsewhere.invalid/'], { env });
    assert.notEqual(outside.code, 0);
    assert.equal(proxy.seen.length, 1);
    assert.equal(proxy.seen[0][0], 'elsewhere.invalid:443');
    assert.equal(proxy.seen[0][1], `Basic ${Buffer.from('me:pass word').toString('base64')}`);

    // Ours do not go there, and what NO_PROXY names does not either.
    assert.equal(echoed(await exec(['sh', '-c', shell], { ...withSecret, env: { ...withSecret.env, ...env, NO_PROXY: '*.example.com' } })).url, '/curl');
    await exec(['curl', '-sS', 'https://x.elsewhere.invalid/'], { env: { ...env, NO_PROXY: '.elsewhere.invalid' } });
    assert.equal(proxy.seen.length, 1);

    const strange = await exec(['true'], { env: { HTTPS_PROXY: 'https://proxy.invalid' } });
    assert.equal(strange.code, 2);
    assert.match(strange.stderr, /socks5/);
});

test('a tunnel to something that is not ours', async (t) => {
    const { exec } = await setUp(t);
    const echo = new URL(await startEcho(t));
    // curl tunnels plain HTTP too when it is told to; the port shows that the tunnel goes where it should.
    const reply = await exec(['sh', '-c', `curl -sS --proxytunnel --noproxy '' -x "$HTTPS_PROXY" -d hello ${echo}through`]);
    assert.deepEqual([echoed(reply).url, echoed(reply).body], ['/through', 'hello']);
    const big = await exec(['sh', '-c', `head -c 3000000 /dev/zero | tr '\\0' z | curl -sS --proxytunnel --noproxy '' -x "$HTTPS_PROXY" --data-binary @- ${echo}big`]);
    assert.equal(echoed(big).body.length, 3_000_000);
    const plain = await exec(['sh', '-c', `curl -sS --noproxy '' -o /dev/null -w '%{http_code}' -x "$HTTPS_PROXY" ${echo}`]);
    assert.equal(plain.stdout, '405');
});

test('the proxy is the child\'s alone: others get a 407, but to the agent\'s own hosts', async (t) => {
    const { agent } = await setUp(t);
    const echo = new URL(await startEcho(t));
    const child = spawn(binary, ['--data-dir', agent.dataDir, 'exec', '--', node, '-e', 'console.log(process.env.HTTPS_PROXY); setInterval(() => { }, 1000)'],
        { env: environment({ HTTPS_PROXY: '', https_proxy: '' }), stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(async () => {
        child.kill();
        await once(child, 'close');
    });
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    const proxy = new URL(line.trim());
    assert.match(proxy.username, /^latchkey$/);
    assert.match(proxy.password, /^[0-9a-f]{32}$/);
    const basic = (credentials) => ({ 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` });
    const tunnel = async (path, headers) => {
        const asked = request({ host: '127.0.0.1', port: proxy.port, method: 'CONNECT', path, headers }).end();
        const [reply] = await Promise.race([once(asked, 'connect'), once(asked, 'response')]);
        asked.destroy();
        return reply;
    };
    const refused = await tunnel(echo.host, {});
    assert.equal(refused.statusCode, 407);
    assert.match(refused.headers['proxy-authenticate'], /^Basic realm=/);
    assert.equal((await tunnel(echo.host, basic(`latchkey:${'0'.repeat(32)}`))).statusCode, 407);
    assert.equal((await tunnel(echo.host, basic(`latchkey:${proxy.password}`))).statusCode, 200);
    // Java can be told a proxy but no credentials for it.
    assert.equal((await tunnel('app.example.com:443', {})).statusCode, 200);
    assert.equal((await tunnel('app.example.com:22', {})).statusCode, 407);
});

test('git, which asks a proxy before it gives credentials', async (t) => {
    const { agent, token, exec } = await setUp(t);
    const id = '1234567890123456789012345678901234567890';
    const files = { '/x.git/info/refs': `${id}\trefs/heads/main\n`, '/x.git/HEAD': 'ref: refs/heads/main\n' };
    const service = await startService(t, (asked, reply) => {
        const text = files[new URL(asked.url, 'http://x').pathname];
        reply.writeHead(text ? 200 : 404, { 'content-type': 'text/plain' });
        reply.end(text);
    });
    await agent.protect(service, token.id, { domain: 'git.example.com' });
    const headers = Object.entries(credentials(token)).flatMap(([name, value]) => ['-c', `http.extraHeader=${name}: ${value}`]);
    const listed = await exec(['git', ...headers, 'ls-remote', 'https://git.example.com/x.git']);
    assert.equal(listed.code, 0, listed.stderr);
    assert.ok(listed.stdout.includes(`${id}\trefs/heads/main`), listed.stdout);

    const proxy = await startProxy(t);
    const outside = await exec(['git', 'ls-remote', 'https://elsewhere.invalid/x.git'], { env: { HTTPS_PROXY: proxy.url, GIT_TERMINAL_PROMPT: '0' } });
    assert.notEqual(outside.code, 0);
    assert.equal(proxy.seen[0]?.[0], 'elsewhere.invalid:443', outside.stderr);
});

test('without a TLS listener it says what is missing', async (t) => {
    const agent = await startAgent(t, { vault: 'file' });
    const { code, stderr } = await command(['--data-dir', agent.dataDir, 'exec', '--', 'true']);
    assert.equal(code, 2);
    assert.match(stderr, /--edge-tls/);
    const nobody = await command(['--data-dir', await temporaryDirectory(t), 'exec', '--', 'true']);
    assert.equal(nobody.code, 6);
});
