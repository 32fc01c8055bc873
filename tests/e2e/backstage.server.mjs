// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Backstage's provider for Cloudflare Access, as its authors ship it, at the address where Backstage serves it. What is
// around it in a Backstage (catalogue, token issuer) is reduced to what the provider asks of it: who may sign in.
//   node backstage.server.mjs TEAM AUD [CLIENT_ID=EMAIL…]      prints its port
import { ConfigReader } from '@backstage/config';
import cfAccess from '@backstage/plugin-auth-backend-module-cloudflare-access-provider';
import authNode from '@backstage/plugin-auth-node';
import cookieParser from 'cookie-parser';
import express from 'express';

const { createCloudflareAccessAuthenticator, cloudflareAccessSignInResolvers } = cfAccess;
const { commonSignInResolvers, createProxyAuthProviderFactory } = authNode;
const [teamName, audience, ...serviceTokens] = process.argv.slice(2);

const catalogue = new Map([['ada@example.com', 'user:default/ada'], ['bot@example.com', 'user:default/bot']]);
const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const resolverContext = {
    async signInWithCatalogUser({ filter }) {
        const entity = catalogue.get(filter['spec.profile.email']);
        if (!entity)
            throw Object.assign(new Error('User not found'), { name: 'NotFoundError' });
        return { token: `${base64({ alg: 'none' })}.${base64({ sub: entity, ent: [entity] })}.x` };
    },
};
// As the module's own init() puts it together; without its cache, so that every request is asked anew.
const provider = createProxyAuthProviderFactory({
    authenticator: createCloudflareAccessAuthenticator(),
    signInResolverFactories: { ...cloudflareAccessSignInResolvers, ...commonSignInResolvers },
})({
    providerId: 'cfaccess',
    config: new ConfigReader({
        teamName,
        audience,
        serviceTokens: serviceTokens.map((pair) => ({ token: pair.split('=')[0], subject: pair.split('=')[1] })),
        signIn: { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] },
    }),
    resolverContext,
});

const app = express();
app.use(cookieParser());
app.get('/api/auth/cfaccess/refresh', (request, response, next) => provider.refresh(request, response).catch(next));
app.use((error, request, response, next) => {
    // Backstage's error handler: its own errors say what they are, all others are 500.
    response.status({ AuthenticationError: 401, NotFoundError: 404 }[error.name] ?? 500)
        .json({ name: error.name, message: error.message, code: error.code ?? error.cause?.code });
});
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
