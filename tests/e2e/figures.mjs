// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// How long a cold start takes with 1,000 tokens and how much memory an idle agent holds. No test: it asserts nothing.
//   LATCHKEY_BIN_DIR=build/bin tests/e2e/node tests/e2e/figures.mjs [tokens] [starts] [vault]
import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { launchAgent, startAgent, temporaryDirectory } from './agent.mjs';

const [tokens = '1000', starts = '10', vault = 'file'] = process.argv.slice(2);
const ends = [];
const t = { after: (end) => ends.push(end) };

const dataDir = await temporaryDirectory(t);
const first = await startAgent(t, { dataDir, vault });
const names = Array.from({ length: Number(tokens) }, (_, index) => `token ${index}`);
const began = performance.now();
await Promise.all(Array.from({ length: 16 }, async () => { while (names.length) await first.createToken(names.pop()); }));
console.log(`${tokens} tokens created in ${Math.round(performance.now() - began)} ms`);
await first.stop();

const times = [];
for (let start = 0; start < Number(starts); ++start) {
    const from = performance.now();
    const agent = await launchAgent(t, { dataDir, vault });
    agent.ready = await agent.nextEvent();
    times.push(performance.now() - from);
    if (start === Number(starts) - 1) {
        await new Promise((resolve) => setTimeout(resolve, 2000));
        const status = await readFile(`/proc/${agent.ready.pid}/status`, 'utf8');
        console.log(`idle: ${/VmRSS:\s+(.*)/.exec(status)[1]} resident, of it ${/RssAnon:\s+(.*)/.exec(status)[1]} its own`);
    }
    await agent.stop();
}
times.sort((a, b) => a - b);
console.log(`start to ready, ${starts} times: median ${times[times.length >> 1].toFixed(0)} ms, best ${times[0].toFixed(0)} ms, worst ${times.at(-1).toFixed(0)} ms`);
for (const end of ends.reverse())
    await end();
