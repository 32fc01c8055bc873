// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Cloudflare's own SDKs against the agent, unmodified but for the address: the shapes are right when they agree.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import Cloudflare from 'cloudflare';
import { addressOf, apiToken, credentials, run, environment, startAgent, startEcho } from './agent.mjs';
import { knock } from './knock.mjs';

const all = async (pages) => { const items = []; for await (const item of pages) items.push(item); return items; };

test('the official TypeScript SDK lives a token\'s and an application\'s life', async (t) => {
    const agent = await startAgent(t);
    const client = new Cloudflare({ apiToken, baseURL: agent.api });
    const account_id = agent.ready.account_id;
    const { serviceTokens, applications } = client.zeroTrust.access;

    assert.equal((await client.user.tokens.verify()).status, 'active');
    assert.deepEqual((await all(client.accounts.list())).map((account) => account.id), [account_id]);

    const token = await serviceTokens.create({ account_id, name: 'sdk', duration: '2160h' });
    assert.match(token.client_secret, /^cfast_/);
    assert.equal((await serviceTokens.get(token.id, { account_id })).name, 'sdk');
    for (let i = 0; i < 5; ++i)
        await serviceTokens.create({ account_id, name: `more ${i}` });
    assert.equal((await all(serviceTokens.list({ account_id, per_page: 2 }))).length, 6);
    assert.deepEqual((await all(serviceTokens.list({ account_id, name: 'sdk' }))).map(({ id }) => id), [token.id]);
    assert.equal((await serviceTokens.update(token.id, { account_id, name: 'sdk 2' })).name, 'sdk 2');

    const application = await applications.create({
        account_id,
        type: 'self_hosted',
        name: 'sdk',
        domain: 'sdk.example.com',
        session_duration: '30m',
        latchkey: { upstream: await startEcho(t) },
        policies: [{ name: 'machines', decision: 'non_identity', include: [{ service_token: { token_id: token.id } }] }],
    });
    assert.match(application.aud, /^[0-9a-f]{64}$/);
    assert.equal((await applications.get(application.id, { account_id })).name, 'sdk');
    assert.deepEqual((await all(applications.list({ account_id }))).map(({ id }) => id), [application.id]);
    assert.equal((await knock(addressOf(application), credentials(token))).status, 200);

    const refreshed = await serviceTokens.refresh(token.id, { account_id });
    assert.ok(Date.parse(refreshed.expires_at) > Date.parse(token.expires_at));
    await applications.revokeTokens(application.id, { account_id });
    assert.equal((await applications.update(application.id, { ...application, account_id, name: 'sdk 2' })).name, 'sdk 2');
    assert.equal((await serviceTokens.delete(token.id, { account_id })).id, token.id);
    assert.equal((await knock(addressOf(application), credentials(token))).status, 401);
    await applications.delete(application.id, { account_id });

    await assert.rejects(serviceTokens.get(token.id, { account_id }), Cloudflare.NotFoundError);
    await assert.rejects(serviceTokens.create({ account_id, name: '' }), Cloudflare.BadRequestError);
    const stranger = new Cloudflare({ apiToken: 'wrong', baseURL: agent.api });
    await assert.rejects(stranger.zeroTrust.access.serviceTokens.create({ account_id, name: 'x' }), Cloudflare.PermissionDeniedError);
});

const debianPython = '/usr/lib/python3/dist-packages/CloudFlare';
test('Debian\'s python3-cloudflare does too', { skip: existsSync(debianPython) ? false : 'python3-cloudflare is not installed' }, async (t) => {
    const agent = await startAgent(t);
    const script = `
import CloudFlare, sys
cf = CloudFlare.CloudFlare()
account = sys.argv[1]
tokens = cf.accounts.access.service_tokens
token = tokens.post(account, data={"name": "python"})
assert token["client_secret"].startswith("cfast_"), token.keys()
assert [t["id"] for t in tokens.get(account)] == [token["id"]]
assert tokens.put(account, token["id"], data={"name": "python 2"})["name"] == "python 2"
tokens.delete(account, token["id"])
assert tokens.get(account) == []
try:
    tokens.post(account, data={})
    sys.exit("a token without a name was made")
except CloudFlare.exceptions.CloudFlareAPIError as error:
    assert int(error) == 12130, int(error)
print("fine")
`;
    const python = await run('/usr/bin/python3', ['-c', script, agent.ready.account_id],
        { env: environment({ CLOUDFLARE_API_URL: agent.api, CLOUDFLARE_API_TOKEN: apiToken, HOME: agent.dataDir }) });
    assert.equal(python.stdout.trim(), 'fine', python.stderr);
});
