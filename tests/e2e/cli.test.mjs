// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The command line as people and scripts use it: exit codes, --json, tables, and secrets that are told once.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { addressOf, command, credentials, environment, startAgent, startService, temporaryDirectory } from './agent.mjs';
import { knock } from './knock.mjs';

/** An agent with a file vault, and its command line: cli(...args) → { code, stdout, stderr }, json(...args) → value. */
async function setUp(t) {
    const agent = await startAgent(t, { vault: 'file' });
    const cli = (...args) => command(['--data-dir', agent.dataDir, ...args]);
    const json = async (...args) => {
        const { code, stdout, stderr } = await cli(...args, '--json');
        assert.equal(code, 0, `${args.join(' ')}: ${stderr}${stdout}`);
        return JSON.parse(stdout);
    };
    return { agent, cli, json };
}

/** Every line of a table has its cells where the heading has them. */
function assertAligned(table) {
    const [heading, ...rows] = table.trimEnd().split('\n');
    const starts = [...heading.matchAll(/(?<=^| {2})\S/g)].map((match) => match.index);
    assert.ok(starts.length > 2, heading);
    for (const row of rows) {
        const characters = [...row];
        for (const start of starts) {
            assert.ok(characters[start] !== undefined && characters[start] !== ' ', `"${row}" has no cell at ${start}`);
            assert.ok(start === 0 || characters[start - 1] === ' ', `"${row}" runs over column ${start}`);
        }
    }
}

test('token create, list, show, refresh, delete', async (t) => {
    const { agent, cli, json } = await setUp(t);
    assert.match((await cli('token', 'list')).stdout, /No service tokens yet/);
    assert.deepEqual(await json('token', 'list'), []);

    const created = await json('token', 'create', 'ci-deploy', '--duration', '48h');
    assert.match(created.client_secret, /^cfast_/);
    assert.equal(created.duration, '48h');
    const human = await cli('token', 'create', 'übung 🗝', '--duration', 'forever');
    assert.equal(human.code, 0);
    assert.equal(human.stdout.match(/cfast_\w+/g).length, 1, 'the secret is printed once');
    assert.match(human.stdout, /Client ID: +[0-9a-f]{32}\.access/);
    assert.doesNotMatch(human.stderr, /cfast_/);

    const list = await cli('token', 'list');
    assert.equal(list.code, 0);
    assertAligned(list.stdout);
    assert.doesNotMatch(list.stdout, /cfast_|\x1b/);
    assert.deepEqual((await json('token', 'list')).map(({ name }) => name).sort(), ['ci-deploy', 'übung 🗝']);
    assert.deepEqual((await json('token', 'list', '--search', 'DEPLOY')).map(({ name }) => name), ['ci-deploy']);

    for (const name of ['ci-deploy', created.id, created.client_id])
        assert.equal((await json('token', 'show', name)).id, created.id, name);
    const { client_secret, ...shown } = created;
    assert.deepEqual(await json('token', 'show', 'ci-deploy'), shown);

    const refreshed = await json('token', 'refresh', 'ci-deploy');
    assert.ok(Date.parse(refreshed.expires_at) > Date.parse(created.expires_at));
    const told = await cli('token', 'refresh', 'ci-deploy');
    assert.equal(told.code, 0);

    const unasked = await cli('token', 'delete', 'ci-deploy');
    assert.equal(unasked.code, 2);
    assert.match(unasked.stderr, /--yes/);
    assert.deepEqual(await json('token', 'delete', 'ci-deploy', '--yes'), { deleted: created.id });
    assert.equal((await agent.call('GET', 'service_tokens')).length, 1);
});

test('tokens that are not there or not the only one', async (t) => {
    const { cli, json } = await setUp(t);
    for (const verb of ['show', 'refresh', 'delete']) {
        const { code, stderr } = await cli('token', verb, 'nobody', ...(verb === 'delete' ? ['--yes'] : []));
        assert.equal(code, 1, verb);
        assert.match(stderr, /No token is called "nobody"/);
    }
    const twins = [await json('token', 'create', 'twin'), await json('token', 'create', 'twin')];
    const { code, stderr } = await cli('token', 'delete', 'twin', '--yes');
    assert.equal(code, 2);
    assert.match(stderr, /2 tokens/);
    assert.equal((await json('token', 'list')).length, 2);
    await json('token', 'delete', twins[0].id, '--yes');
    const failure = await cli('token', 'show', 'nobody', '--json');
    assert.equal(failure.code, 1);
    assert.match(JSON.parse(failure.stdout).error, /nobody/);
});

test('what the API refuses is told, with exit 2', async (t) => {
    const { cli } = await setUp(t);
    for (const args of [['create', ''], ['create', 'x', '--duration', 'soon'], ['create', 'x', '--duration', '-1h'], ['create', 'y'.repeat(256)]]) {
        const { code, stderr } = await cli('token', ...args);
        assert.equal(code, 2, args.join(' '));
        assert.match(stderr, /^latchkey-agent: ./);
    }
});

test('app create, list, show, revoke-sessions, delete', async (t) => {
    const { agent, cli, json } = await setUp(t);
    assert.match((await cli('app', 'list')).stdout, /No applications yet/);
    assert.deepEqual(await json('app', 'list'), []);
    const upstream = await startService(t, (request, response) => response.end('in'));
    const token = await json('token', 'create', 'ci');
    const other = await json('token', 'create', 'other');
    const application = await json('app', 'create', 'Grafana', '--upstream', upstream, '--token', 'ci', '--session-duration', '1h');
    assert.deepEqual(application.policies[0].include, [{ service_token: { token_id: token.id } }]);
    assert.equal((await knock(addressOf(application), credentials(token))).status, 200);
    assert.equal((await knock(addressOf(application), credentials(other))).status, 403);
    const open = await json('app', 'create', 'Open', '--upstream', upstream, '--any-token', '--domain', 'open.example.com/api');
    assert.equal((await knock(`${addressOf(open)}/api`, credentials(other))).status, 200);

    const list = await cli('app', 'list');
    assertAligned(list.stdout);
    assert.ok(list.stdout.includes(addressOf(application)));
    assert.equal((await json('app', 'list')).length, 2);
    for (const name of ['Grafana', application.id, application.aud])
        assert.deepEqual(await json('app', 'show', name), application);
    const shown = await cli('app', 'show', 'Grafana');
    assert.match(shown.stdout, /Audience: +[0-9a-f]{64}/);
    assert.match(shown.stdout, /include service token/);

    assert.deepEqual(await json('app', 'revoke-sessions', 'Grafana'), { revoked: application.id });
    assert.equal((await cli('app', 'delete', 'Grafana')).code, 2);
    assert.deepEqual(await json('app', 'delete', 'Grafana', '--yes'), { deleted: application.id });
    assert.equal((await cli('app', 'show', 'Grafana')).code, 1);
    assert.equal((await cli('app', 'create', 'x', '--upstream', upstream, '--token', 'nobody')).code, 1);
    assert.equal((await cli('app', 'create', 'x', '--upstream', 'ftp://x', '--any-token')).code, 2);
    assert.equal((await agent.call('GET', 'apps')).length, 1);
});

test('jwt decode and verify', async (t) => {
    const { agent, cli, json } = await setUp(t);
    const upstream = await startService(t, (request, response) => response.end(request.headers['cf-access-jwt-assertion']));
    const token = await agent.createToken();
    const application = await agent.protect(upstream, token.id);
    const jwt = (await knock(addressOf(application), credentials(token))).body;
    const here = ['--data-dir', agent.dataDir];
    const withInput = (input, ...args) => command([...here, 'jwt', ...args], { input });

    const decoded = await json('jwt', 'decode', jwt);
    assert.equal(decoded.payload.common_name, token.client_id);
    assert.equal(decoded.header.alg, 'RS256');
    for (const input of [jwt, `  ${jwt}\n`, `Cf-Access-Jwt-Assertion: ${jwt}\r\n`])
        assert.equal((await withInput(input, 'decode')).code, 0);
    for (const rubbish of ['x', '', 'a.b', 'a.b.c', 'Cf-Access-Jwt-Assertion:', 'cf-access-jwt-assertion:   ', `${jwt}.x`])
        assert.equal((await withInput(rubbish, 'decode')).code, 1, JSON.stringify(rubbish));

    const issuer = 'https://local.cloudflareaccess.com';
    const valid = ['--aud', application.aud, '--iss', issuer];
    assert.equal((await cli('jwt', 'verify', jwt, ...valid)).code, 0);
    assert.deepEqual((await json('jwt', 'verify', jwt, ...valid)).valid, true);
    assert.equal((await withInput(jwt, 'verify', ...valid)).code, 0);
    const file = join(await temporaryDirectory(t), 'certs.json');
    await writeFile(file, await (await fetch(new URL('/cdn-cgi/access/certs', agent.edge))).text());
    for (const certs of [file, `${agent.edge}/cdn-cgi/access/certs`])
        assert.equal((await command(['jwt', 'verify', jwt, '--certs', certs])).code, 0);

    const [head, payload, signature] = jwt.split('.');
    const altered = [head, Buffer.from(Buffer.from(payload, 'base64url').toString().replace(token.client_id, `${'0'.repeat(32)}.access`)).toString('base64url'), signature].join('.');
    const none = [Buffer.from('{"alg":"none"}').toString('base64url'), payload, ''].join('.');
    const year = 365 * 24 * 3600e3;
    const at = (offset) => new Date(Date.now() + offset).toISOString().replace(/\.\d+Z$/, 'Z');
    for (const [why, ...args] of [['altered', altered], ['no algorithm', none], ['rubbish', 'a.b.c'], ['another audience', jwt, '--aud', '0'.repeat(64)],
        ['another issuer', jwt, '--iss', 'https://evil.cloudflareaccess.com'], ['expired', jwt, '--at', at(year)], ['not yet', jwt, '--at', at(-year)]]) {
        const refused = await cli('jwt', 'verify', ...args, '--json');
        assert.equal(refused.code, 1, why);
        const { valid, reason, message } = JSON.parse(refused.stdout);
        assert.equal(valid, false, why);
        assert.match(reason, /^[a-z_]+$/, why);
        assert.ok(message, why);
        assert.match((await cli('jwt', 'verify', ...args)).stdout, new RegExp(reason));
    }
    assert.equal((await cli('jwt', 'verify', jwt, '--at', 'noon')).code, 2);
    assert.equal((await cli('jwt', 'verify', jwt, '--certs', join(agent.dataDir, 'missing.json'))).code, 2);
    assert.equal((await cli('jwt', 'verify', jwt, '--certs', 'http://127.0.0.1:1/')).code, 6);
});

test('explain tells what the edge would decide, policy by policy', async (t) => {
    const { agent, cli, json } = await setUp(t);
    const token = await json('token', 'create', 'ci');
    const other = await json('token', 'create', 'other');
    const upstream = await startService(t, (request, response) => response.end('in'));
    const application = await agent.protect(upstream, token.id, {
        name: 'Grafana',
        domain: 'grafana.example.com',
        policies: [
            { name: 'people', decision: 'allow', include: [{ email_domain: { domain: 'example.com' } }] },
            { name: 'ci', decision: 'non_identity', include: [{ service_token: { token_id: token.id } }], require: [{ geo: { country_code: 'DE' } }] },
        ],
    });
    const admin = await agent.protect(upstream, other.id, { name: 'Admin', domain: 'grafana.example.com/admin' });

    const missed = await json('explain', 'Grafana', '--token', 'ci');
    assert.deepEqual([missed.decision.allowed, missed.decision.reason, missed.decision.policy_name], [false, 'requirement_not_met', 'ci']);
    const passed = await json('explain', application.id, '--token', token.client_id, '--country', 'DE', '--ip', '192.0.2.7');
    assert.equal(passed.decision.allowed, true);
    assert.equal((await json('explain', 'Grafana', '--token', 'ci', '--country', 'DE', '--at', '2099-01-01T00:00:00Z')).decision.reason, 'token_expired');
    assert.equal((await json('explain', 'Grafana')).decision.reason, 'missing_credentials');
    assert.equal((await json('explain', 'Grafana', '--client-id', 'nobody.access')).decision.reason, 'unknown_client_id');
    assert.equal((await json('explain', 'Grafana', '--path', '/admin/x', '--token', 'other')).application.id, admin.id);
    assert.equal((await json('explain', 'Grafana', '--path', '/adminx', '--token', 'other')).application.id, application.id);

    const human = await cli('explain', 'Grafana', '--token', 'ci');
    assert.equal(human.code, 0, human.stderr);
    assert.match(human.stdout, /^Refused: ./);
    assert.match(human.stdout, /Reason: +requirement_not_met/);
    const table = human.stdout.slice(human.stdout.indexOf('POLICY')).trimEnd().split('\n').map((line) => line.trim().split(/ {2,}/));
    assert.deepEqual(table.slice(0, 4).map((row) => row.slice(0, 3)), [
        ['POLICY', 'DECISION', 'VERDICT'],
        ['2 ci', 'non_identity', 'requirement_not_met'],
        [`include service token ${token.id}`, 'matches'],
        ['require country DE', 'does not match'],
    ]);
    assert.match((await cli('explain', 'Grafana', '--token', 'ci', '--country', 'DE')).stdout, /^Let in: /);

    // The secret comes by standard input, and is told to nobody.
    const asked = (secret) => command(['--data-dir', agent.dataDir, 'explain', 'Grafana', '--client-id', token.client_id, '--secret-stdin', '--country', 'DE', '--json'], { input: `${secret}\n` });
    assert.equal(JSON.parse((await asked(token.client_secret)).stdout).decision.reason, 'allowed');
    const wrong = await asked('cfast_wrong');
    assert.equal(JSON.parse(wrong.stdout).decision.reason, 'wrong_secret');
    assert.doesNotMatch(wrong.stdout + wrong.stderr, /cfast_/);
    for (const input of ['"', 'a b', 'a\\', ''])
        assert.equal((await asked(input)).code, 2, JSON.stringify(input));

    for (const args of [['explain'], ['explain', 'Grafana', '--secret-stdin'], ['explain', 'Grafana', '--token', 'ci', '--client-id', 'x'], ['explain', 'Grafana', '--ip', 'x'],
        ['explain', 'Grafana', '--at', 'soon']])
        assert.equal((await cli(...args)).code, 2, args.join(' '));
    for (const args of [['explain', 'Nobody'], ['explain', 'Grafana', '--token', 'nobody']])
        assert.equal((await cli(...args)).code, 1, args.join(' '));
});

test('no agent: exit 6 that says how to start one', async (t) => {
    const dataDir = await temporaryDirectory(t);
    for (const args of [['token', 'list'], ['token', 'create', 'x'], ['app', 'list'], ['jwt', 'verify', 'a.b.c']]) {
        const { code, stderr } = await command(['--data-dir', dataDir, ...args]);
        assert.equal(code, 6, args.join(' '));
        assert.match(stderr, /agent/);
    }
});

test('an agent that was killed is no agent: its stale discovery file misleads nobody', async (t) => {
    const { agent, cli } = await setUp(t);
    await agent.stop('SIGKILL');
    const { code, stderr } = await cli('token', 'list');
    assert.equal(code, 6);
    assert.doesNotMatch(stderr, /e2e-api-token/);
});

test('a stranger on the port of a stale discovery file is told nothing', async (t) => {
    const { agent, cli } = await setUp(t);
    const heard = [];
    await agent.stop('SIGKILL');
    const { port } = new URL(agent.api);
    const { createServer } = await import('node:http');
    const server = createServer((request, response) => {
        heard.push(`${request.method} ${request.url} ${request.rawHeaders.join(' ')}`);
        response.end(JSON.stringify({ success: true, errors: [], messages: [], result: { agent_id: agent.ready.agent_id, version: '1', account_id: agent.ready.account_id, proof: '0'.repeat(64) } }));
    }).listen(Number(port), '127.0.0.1');
    t.after(() => server.close());
    const { code } = await cli('token', 'list');
    server.closeAllConnections();
    assert.notEqual(code, 0);
    assert.equal(heard.length, 1);
    assert.doesNotMatch(heard.join('\n'), /authorization|e2e-api-token/i);
});

test('the API token comes from the environment when it is there', async (t) => {
    const agent = await startAgent(t);   // a memory vault: nowhere else to be had
    const list = (env) => command(['--data-dir', agent.dataDir, 'token', 'list'], { env: environment(env) });
    assert.equal((await list({ LATCHKEY_API_TOKEN: agent.token })).code, 0);
    const wrong = await list({ LATCHKEY_API_TOKEN: 'wrong' });
    assert.equal(wrong.code, 1);
    assert.equal((await list({})).code, 4);
});

test('the tour holds, alone and without a keychain', async (t) => {
    const home = await temporaryDirectory(t);
    const { DBUS_SESSION_BUS_ADDRESS, ...rest } = environment({ HOME: home, TMPDIR: home });
    const { code, stdout, stderr } = await command(['tour'], { env: rest, timeout: 60_000 });
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /All \d+ checks held/);
    assert.doesNotMatch(stdout, /✗|\x1b/);
    assert.doesNotMatch(stdout + stderr, /cfast_\w{40}/, 'the tour tells a secret');
});
