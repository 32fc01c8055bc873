// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Kills the agent again and again while several clients write and the signing key rotates, and holds what is there afterwards
// against what was acknowledged: it is there, or gone if that was a delete; what was under way happened as a whole or not at
// all. For crash.test.mjs, and for thousands of kills in tests/bench/kill.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { credentials, launchAgent, startAgent, startService, temporaryDirectory } from './agent.mjs';
import { knock } from './knock.mjs';

const writers = 8;

/** mulberry32: small, and the same numbers for the same seed. */
function randomFrom(seed) {
    return () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
        return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
    };
}

const withoutSecret = ({ client_secret, ...token }) => token;

/** What clients know: each token's last acknowledged state, and the changes to it whose answer never came. */
class Ledger {
    tokens = new Map();     // id → { token, secret, pending: Set of 'refresh' | 'rename <name>' | 'delete', busy }
    deleted = new Set();    // ids
    unanswered = new Set(); // names of creates without an answer
    acknowledged = 0;
    created = 0;
    kid = undefined;        // of the signing key in force
    isRotating = false;     // a rotation that was not answered
    rotations = 0;
    startKills = 0;         // before it was ready, beside the others
}

const publishedKids = async (agent) => (await (await fetch(new URL('/cdn-cgi/access/certs', agent.edge))).json()).keys.map(({ kid }) => kid);

/** A rotation at a random moment, acknowledged or cut short. */
async function rotate(agent, ledger, random) {
    await new Promise((resolve) => { setTimeout(resolve, random() * 150); });
    ledger.isRotating = true;
    await agent.call('POST', 'keys/rotate');
    const [current, previous] = await publishedKids(agent);
    assert.equal(previous, ledger.kid);
    assert.notEqual(current, ledger.kid);
    ledger.kid = current;
    ledger.isRotating = false;
    ++ledger.rotations;
}

/** The key in force is the acknowledged one, or that of a rotation that was under way, beside which the one before is published. */
async function settleKeys(agent, ledger) {
    const kids = await publishedKids(agent);
    if (ledger.kid && kids[0] !== ledger.kid) {
        assert.ok(ledger.isRotating, 'the signing key has changed and nobody asked for it');
        assert.equal(kids[1], ledger.kid);
        ++ledger.rotations;
    }
    [ledger.kid] = kids;
    ledger.isRotating = false;
}

async function write(agent, ledger, random) {
    const free = [...ledger.tokens.values()].filter((entry) => !entry.busy && entry.pending.size === 0);
    const entry = free[Math.floor(random() * free.length)];
    // A thousand are enough: from then on as many go as come, or starts would take ever longer.
    if (!entry || random() < (free.length < 1000 ? 0.5 : 0.2)) {
        const name = `token ${++ledger.created}`;
        ledger.unanswered.add(name);
        const token = await agent.call('POST', 'service_tokens', { name, duration: '100h' });
        ledger.unanswered.delete(name);
        ledger.tokens.set(token.id, { token: withoutSecret(token), secret: token.client_secret, pending: new Set(), busy: false });
    } else {
        const path = `service_tokens/${entry.token.id}`;
        entry.busy = true;
        try {
            const dice = random();
            const what = dice < 0.4 ? 'refresh' : dice < 0.7 ? `rename ${entry.token.name}'` : 'delete';
            entry.pending.add(what);
            if (what === 'refresh')
                entry.token = await agent.call('POST', `${path}/refresh`);
            else if (what === 'delete')
                await agent.call('DELETE', path);
            else
                entry.token = await agent.call('PUT', path, { name: what.slice('rename '.length) });
            entry.pending.delete(what);
            if (what === 'delete') {
                ledger.tokens.delete(entry.token.id);
                ledger.deleted.add(entry.token.id);
            }
        } finally {
            entry.busy = false;
        }
    }
    ++ledger.acknowledged;
}

/** last_seen_at is told later and may be lost; it is no change that anybody was promised. */
const comparable = ({ last_seen_at, ...token }) => token;

/** Holds what is stored against what was acknowledged, then takes what is stored as the truth to go on from. */
async function settle(agent, ledger) {
    const stored = new Map();
    for (let page = 1; ; ++page) {
        const { result, result_info } = await agent.envelope('GET', `service_tokens?per_page=1000&page=${page}`);
        for (const token of result)
            stored.set(token.id, token);
        if (page >= result_info.total_pages)
            break;
    }
    for (const id of ledger.deleted)
        assert.ok(!stored.has(id), `a token whose delete was acknowledged is back: ${id}`);
    for (const [id, entry] of ledger.tokens) {
        const found = stored.get(id);
        if (entry.pending.has('delete') && !found) {
            ledger.tokens.delete(id);
            ledger.deleted.add(id);
            continue;
        }
        assert.ok(found, `an acknowledged token is lost: ${JSON.stringify(entry.token)}`);
        const now = comparable(found);
        const before = comparable(entry.token);
        const [change] = entry.pending;
        if (change?.startsWith('rename ') && now.name !== before.name)
            assert.deepEqual(now, { ...before, name: change.slice('rename '.length), updated_at: now.updated_at });
        else if (change === 'refresh' && now.duration !== before.duration)
            assert.deepEqual(now, { ...before, duration: '8760h', expires_at: now.expires_at, updated_at: now.updated_at });
        else if (change === 'refresh')
            assert.deepEqual(now, { ...before, expires_at: now.expires_at, updated_at: now.updated_at });
        else
            assert.deepEqual(now, before);
        entry.token = found;
        entry.pending.clear();
        entry.busy = false;
    }
    for (const [id, token] of stored) {
        if (ledger.tokens.has(id))
            continue;
        assert.ok(ledger.unanswered.has(token.name), `a token that nobody made: ${JSON.stringify(token)}`);
        assert.match(token.client_id, /^[0-9a-f]{32}\.access$/);
        assert.equal(token.duration, '100h');
        await agent.call('DELETE', `service_tokens/${id}`);   // its secret is known to nobody
    }
    ledger.unanswered.clear();
}

/** Kills it while it starts: what it does then, it has to be able to do again. */
async function killAtStart(t, dataDir, random, ledger) {
    const agent = await launchAgent(t, { dataDir, vault: 'file' });
    await new Promise((resolve) => { setTimeout(resolve, random() * 200); });
    assert.equal((await agent.stop('SIGKILL')).signal, 'SIGKILL', agent.log);
    ++ledger.startKills;
}

/** Throws what was lost. `t`: as agent.mjs wants it; `progress(kill, ledger)` is called after each kill. Returns the ledger. */
export async function killAgain(t, { kills, seed, progress = () => { } }) {
    const random = randomFrom(seed);
    const dataDir = await temporaryDirectory(t);
    const upstream = await startService(t, (request, response) => response.end('in'));
    const ledger = new Ledger();
    let application;
    for (let kill = 0; kill <= kills; ++kill) {
        if (random() < 0.2)
            await killAtStart(t, dataDir, random, ledger);
        const agent = await startAgent(t, { dataDir, vault: 'file' });
        application ??= await agent.protect(upstream, '', { policies: [{ name: 'p', decision: 'non_identity', include: [{ any_valid_service_token: {} }] }] });
        assert.deepEqual((await agent.call('GET', 'apps')).map(({ id }) => id), [application.id]);
        await settle(agent, ledger);
        await settleKeys(agent, ledger);

        // What the edge does agrees with what the API tells. By its host: while it was dead, others may have taken its port.
        const sample = [...ledger.tokens.values()].sort(() => random() - 0.5).slice(0, 5);
        for (const { token, secret } of sample)
            assert.equal((await knock(agent.edge, credentials({ ...token, client_secret: secret }), { host: application.domain })).status, 200, token.name);
        if (kill === kills) {
            await agent.stop();
            break;
        }

        let killed = false;
        const work = Array.from({ length: writers }, async () => {
            while (!killed) {
                try {
                    await write(agent, ledger, random);
                } catch (error) {
                    if (!killed)
                        throw error;
                }
            }
        });
        const rotation = random() < 0.6 && rotate(agent, ledger, random).catch((error) => {
            if (!killed)
                throw error;
        });
        // By the number of writes, not by a clock: the moment is random, and there was something to lose.
        const target = ledger.acknowledged + 5 + Math.floor(random() * 60);
        while (ledger.acknowledged < target)
            await Promise.race([new Promise((resolve) => { setTimeout(resolve, 1 + random() * 3); }), ...work.map((one) => one.then(() => { throw new Error('a writer ended'); }))]);
        if (rotation) {   // some are finished, some cut short at whatever they were about
            const patience = new Promise((resolve) => { setTimeout(resolve, random() * 1000); });
            await Promise.race([rotation, patience]);
        }
        killed = true;
        assert.equal((await agent.stop('SIGKILL')).signal, 'SIGKILL');
        await Promise.all([...work, rotation]);
        progress(kill + 1, ledger);
    }
    const database = new DatabaseSync(join(dataDir, 'latchkey.db'));
    assert.deepEqual(database.prepare('PRAGMA quick_check').all().map((row) => Object.values(row)[0]), ['ok']);
    assert.deepEqual(database.prepare('PRAGMA foreign_key_check').all(), []);
    database.close();
    assert.ok(ledger.acknowledged > kills * 5);
    assert.ok(ledger.rotations > kills / 20, 'hardly any key was rotated');
    return ledger;
}
