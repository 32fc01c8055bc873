// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The TLS listener with clients that are not ours, and the authority that vouches for it.
import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { apiToken, command, environment, run, startAgent, startEcho, temporaryDirectory } from './agent.mjs';

const tlsAgent = (t, options = {}) => startAgent(t, { vault: 'file', args: ['--edge-tls', '127.0.0.1:0', '--team', 'acme'], ...options });

const trust = async (agent) => (await (await agent.request('GET', '/latchkey/v1/trust')).json()).result;

/** curl to a host that is served by the listener: { code, stdout, stderr }. */
async function curl(t, agent, host, path, { ca, args = [] } = {}) {
    const directory = await temporaryDirectory(t);
    const file = join(directory, 'ca.pem');
    await writeFile(file, ca ?? (await trust(agent)).certificate);
    const { port } = new URL(agent.ready.edge_tls);
    return run('curl', ['--silent', '--show-error', '--noproxy', '*', '--cacert', file, '--connect-to', `${host}:443:127.0.0.1:${port}`, ...args, `https://${host}${path}`]);
}

test('the listener stands on the ready line, in the discovery file and in the status', async (t) => {
    const agent = await tlsAgent(t);
    assert.match(agent.ready.edge_tls, /^https:\/\/127\.0\.0\.1:\d+$/);
    const discovered = JSON.parse(await readFile(join(agent.dataDir, 'run.json'), 'utf8'));
    assert.equal(discovered.edge_tls, agent.ready.edge_tls);
    const status = await (await agent.request('GET', '/latchkey/v1/status')).json();
    assert.equal(status.result.edge_tls, agent.ready.edge_tls);

    const without = await startAgent(t);
    assert.equal(without.ready.edge_tls, null);
});

test('the team host and the applications over TLS, with curl', async (t) => {
    const agent = await tlsAgent(t);
    const token = await agent.createToken();
    await agent.protect(await startEcho(t), token.id, { domain: 'app.example.com' });

    const certs = await curl(t, agent, 'acme.cloudflareaccess.com', '/cdn-cgi/access/certs');
    assert.equal(certs.code, 0, certs.stderr);
    assert.equal(JSON.parse(certs.stdout).keys[0].alg, 'RS256');

    const headers = ['-H', `CF-Access-Client-Id: ${token.client_id}`, '-H', `CF-Access-Client-Secret: ${token.client_secret}`];
    for (const version of ['--tlsv1.3', '--tls-max 1.2'].map((each) => each.split(' '))) {
        const reply = await curl(t, agent, 'app.example.com', '/hello?x=1', { args: [...version, ...headers] });
        assert.equal(reply.code, 0, reply.stderr);
        const seen = JSON.parse(reply.stdout);
        assert.equal(seen.url, '/hello?x=1');
        assert.equal(seen.headers['x-forwarded-proto'], 'https');
        assert.ok(seen.headers['cf-access-jwt-assertion']);
        assert.equal(seen.headers['cf-access-client-secret'], undefined);
    }
    const refused = await curl(t, agent, 'app.example.com', '/', { args: ['--write-out', '%{http_code}', '--output', '/dev/null'] });
    assert.equal(refused.stdout, '401');
    const stranger = await curl(t, agent, 'www.example.org', '/');
    assert.equal(stranger.code, 35, 'the handshake fails');
});

test('a new host makes a new certificate of the same key, and an old one goes on for the old hosts', async (t) => {
    const agent = await tlsAgent(t);
    const token = await agent.createToken();
    await agent.protect(await startEcho(t), token.id, { domain: 'one.example.com' });
    const before = await trust(agent);
    assert.deepEqual(before.permitted_dns, ['acme.cloudflareaccess.com', 'localhost', 'one.example.com']);
    await agent.protect(await startEcho(t), token.id, { domain: '*.two.example.com' });
    const after = await trust(agent);
    assert.notEqual(after.sha256, before.sha256);
    assert.deepEqual(after.permitted_dns, ['acme.cloudflareaccess.com', 'localhost', 'one.example.com', 'two.example.com']);
    assert.match(agent.log, /trust install/);

    const status = ['--write-out', '%{http_code}', '--output', '/dev/null'];
    assert.equal((await curl(t, agent, 'one.example.com', '/', { ca: before.certificate, args: status })).stdout, '401');
    assert.equal((await curl(t, agent, 'x.two.example.com', '/', { ca: after.certificate, args: status })).stdout, '401');
    const old = await curl(t, agent, 'x.two.example.com', '/', { ca: before.certificate });
    assert.equal(old.code, 60, 'the old certificate does not permit the new host');
});

test('the authority survives a restart; openssl sees its constraints; its key is in no file but the vault', async (t) => {
    const first = await tlsAgent(t);
    const { certificate, sha256 } = await trust(first);
    await first.stop();
    const agent = await tlsAgent(t, { dataDir: first.dataDir, vault: null });
    assert.equal((await trust(agent)).sha256, sha256);
    assert.equal(await readFile(join(agent.dataDir, 'ca.pem'), 'utf8'), certificate);

    const { stdout } = await run('openssl', ['x509', '-in', join(agent.dataDir, 'ca.pem'), '-noout', '-text', '-fingerprint', '-sha256']);
    assert.match(stdout, /X509v3 Name Constraints: critical/);
    assert.match(stdout, /IP:127\.0\.0\.0\/255\.0\.0\.0/);
    assert.match(stdout, /CA:TRUE, pathlen:0/);
    assert.ok(stdout.includes(sha256));
});

test('a key that the vault has lost is told, not made anew', async (t) => {
    const first = await tlsAgent(t);
    await first.stop();
    const file = join(first.dataDir, 'vault.json');
    const vault = await readFile(file, 'utf8');
    assert.match(vault, /ca-key/);
    await writeFile(file, vault.replace('/ca-key', '/other-key'));
    const { code, stderr } = await command(['serve', '--data-dir', first.dataDir, '--api', '127.0.0.1:0', '--edge', '127.0.0.1:0',
        '--edge-tls', '127.0.0.1:0'], { env: environment({ LATCHKEY_API_TOKEN: first.token }) });
    assert.equal(code, 4, stderr);
    assert.match(stderr, /ca\.pem/);
});

test('trust show, install and remove', async (t) => {
    const agent = await tlsAgent(t);
    const home = await temporaryDirectory(t);
    const tools = join(home, 'bin');
    const calls = join(home, 'calls');
    await mkdir(tools);
    await mkdir(join(home, '.pki/nssdb'), { recursive: true });
    // What would change this machine is replaced by something that writes down what it was asked.
    for (const name of ['sudo', 'install', 'rm', 'update-ca-certificates', 'certutil']) {
        await writeFile(join(tools, name), `#!/bin/sh\necho "${name} $*" >> '${calls}'\n`);
        await chmod(join(tools, name), 0o755);
    }
    const env = environment({ PATH: `${tools}:${process.env.PATH}`, HOME: home });
    const cli = (...args) => command(['--data-dir', agent.dataDir, 'trust', ...args], { env });

    const shown = await cli('show');
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /-----BEGIN CERTIFICATE-----/);
    assert.match(shown.stdout, /acme\.cloudflareaccess\.com, localhost.*127\.0\.0\.0\/8, ::1\/128/);
    assert.match(shown.stdout, /Installed: +no/);
    const json = async () => JSON.parse((await cli('show', '--json')).stdout);
    assert.equal((await json()).installed, false);

    const unasked = await cli('install');
    assert.equal(unasked.code, 2);
    assert.match(unasked.stderr, /update-ca-certificates/);
    await assert.rejects(stat(calls), 'nothing was run');

    assert.equal((await cli('install', '--yes')).code, 0);
    const installed = await readFile(calls, 'utf8');
    assert.match(installed, /install -m 0644 \S+ca\.pem \/usr\/local\/share\/ca-certificates\/Latchkey-local-CA-[0-9a-f]{8}\.crt/);
    assert.match(installed, /update-ca-certificates/);
    assert.match(installed, /certutil -d sql:\S+nssdb -A -t C,, -n Latchkey local CA/);
    assert.deepEqual([(await json()).installed, (await json()).must_be_installed_again], [true, false]);

    const token = await agent.createToken();
    await agent.protect(await startEcho(t), token.id, { domain: 'later.example.com' });
    assert.equal((await json()).must_be_installed_again, true);
    assert.match((await cli('show')).stdout, /trust install.* again/);

    assert.equal((await cli('remove', '--yes')).code, 0);
    assert.match(await readFile(calls, 'utf8'), /rm -f \/usr\/local\/share\/ca-certificates\/Latchkey-local-CA/);
    assert.equal((await json()).installed, false);
});

test('trust show makes the authority of an agent without a TLS listener', async (t) => {
    const agent = await startAgent(t, { vault: 'file' });
    const { code, stdout } = await command(['--data-dir', agent.dataDir, 'trust', 'show', '--json']);
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).edge_tls, null);
    assert.match(JSON.parse(stdout).certificate, /BEGIN CERTIFICATE/);
});

test('a client certificate stands for a token, and its JWT is one that validators take', async (t) => {
    const folder = await temporaryDirectory(t);
    const at = (name) => join(folder, name);
    const openssl = async (...args) => {
        const { code, stderr } = await run('openssl', args);
        assert.equal(code, 0, stderr);
    };
    for (const name of ['ca', 'strangers'])
        await openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`),
            '-subj', `/CN=${name}`, '-days', '2', '-addext', 'basicConstraints=critical,CA:TRUE');
    for (const [name, issuer] of [['robot', 'ca'], ['stranger', 'strangers']])
        await openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`),
            '-subj', '/O=Acme/CN=robot', '-days', '1', '-CA', at(`${issuer}.pem`), '-CAkey', at(`${issuer}.key`), '-addext', 'basicConstraints=critical,CA:FALSE');

    const agent = await startAgent(t, { args: ['--edge-tls', '127.0.0.1:0', '--client-ca', at('ca.pem')] });
    const application = await agent.protect(await startEcho(t), '', { domain: 'mtls.example.com',
        policies: [{ name: 'robots', decision: 'non_identity', include: [{ common_name: { common_name: 'robot' } }] }] });
    const { port } = new URL(agent.ready.edge_tls);
    const curl = async (...args) => {
        const { code, stdout, stderr } = await run('curl', ['--silent', '--show-error', '--insecure', '--noproxy', '*', '--resolve', `mtls.example.com:${port}:127.0.0.1`, '--write-out', '\n%{http_code}',
            ...args, `https://mtls.example.com:${port}/`]);
        assert.equal(code, 0, stderr);
        const end = stdout.lastIndexOf('\n');
        return { status: Number(stdout.slice(end + 1)), body: JSON.parse(stdout.slice(0, end)) };
    };
    const shown = await curl('--cert', at('robot.pem'), '--key', at('robot.key'));
    assert.equal(shown.status, 200);
    const keys = createRemoteJWKSet(new URL('/cdn-cgi/access/certs', agent.edge));
    const { payload } = await jwtVerify(shown.body.headers['cf-access-jwt-assertion'], keys, { issuer: 'https://local.cloudflareaccess.com', audience: application.aud });
    assert.deepEqual([payload.common_name, payload.sub, payload.type], ['robot', '', 'app']);
    for (const refused of [await curl(), await curl('--cert', at('stranger.pem'), '--key', at('stranger.key'))])
        assert.deepEqual([refused.status, refused.body.reason], [401, 'missing_credentials']);

    for (const [args, words] of [[['--client-ca', at('ca.pem')], /--client-ca needs --edge-tls/], [['--edge-tls', '127.0.0.1:0', '--client-ca', at('none.pem')], /none\.pem cannot be read/],
        [['--edge-tls', '127.0.0.1:0', '--client-ca', at('robot.key')], /robot\.key: .*must be certificates in PEM form/], [['--edge-tls', '127.0.0.1:0', '--client-ca', at('robot.pem')], /may not vouch/]]) {
        const ended = await command(['serve', '--data-dir', at('none'), '--vault', 'memory', '--api', '127.0.0.1:0', '--edge', '127.0.0.1:0', ...args], { env: environment({ LATCHKEY_API_TOKEN: apiToken }) });
        assert.equal(ended.code, 2, ended.stderr);
        assert.match(ended.stderr, words);
    }
});
