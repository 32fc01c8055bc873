// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// A real Hono server on Node whose routes are guarded by validators as their authors ship them. It knows a team name and an
// audience and nothing of Latchkey: where `https://<team>.cloudflareaccess.com` leads is not its business.
//   node validators.server.mjs TEAM AUD      prints its port
import pagesAccess from '@cloudflare/pages-plugin-cloudflare-access';
import { getIdentity } from '@cloudflare/pages-plugin-cloudflare-access/api';
import { cloudflareAccess } from '@hono/cloudflare-access';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const [team, audience] = process.argv.slice(2);
const domain = `https://${team}.cloudflareaccess.com`;
const app = new Hono();

app.use('/hono/*', cloudflareAccess(team, audience));
app.get('/hono/*', (context) => context.json({ by: 'hono', payload: context.get('accessPayload') }));

// Cloudflare Pages runs a plugin's middleware with this context.
const middleware = pagesAccess({ domain, aud: audience });
app.get('/pages/*', (context) => {
    const data = {};
    return middleware({
        request: context.req.raw,
        functionPath: '',
        params: {},
        data,
        env: {},
        waitUntil() { },
        passThroughOnException() { },
        next: async () => Response.json({ by: 'pages', payload: data.cloudflareAccess?.JWT?.payload ?? null }),
    });
});

app.get('/identity', async (context) => {
    const jwt = context.req.header('cf-access-jwt-assertion');
    return context.json({ by: 'pages api', identity: await getIdentity({ jwt, domain }) ?? null });
});

// The call that most programs make themselves.
const keySet = createRemoteJWKSet(new URL(`${domain}/cdn-cgi/access/certs`));
app.get('/jose/*', async (context) => {
    try {
        const { payload } = await jwtVerify(context.req.header('cf-access-jwt-assertion') ?? '', keySet, { issuer: domain, audience });
        return context.json({ by: 'jose', payload });
    } catch (error) {
        return context.json({ by: 'jose', error: error.code }, 401);
    }
});

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(port));
