// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Thousands of kills, with the driver of the end-to-end test: node kill.mjs KILLS [SEED]. Ends with 1 at the first loss.
import { killAgain } from '../../e2e/kills.mjs';

const kills = Number(process.argv[2]);
const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
const ends = [];
const t = { after: (end) => ends.push(end) };
const began = Date.now();
let done = 0;
const tell = (what, { acknowledged, tokens, rotations, startKills }) => console.log(
    `${what}: ${acknowledged} writes acknowledged, ${tokens.size} tokens there, ${rotations} key rotations, ${startKills} kills more while it started, ${Math.round((Date.now() - began) / 1000)} s`);

console.log(`seed ${seed}`);
try {
    const ledger = await killAgain(t, {
        kills,
        seed,
        progress(kill, current) {
            done = kill;
            if (kill % 50 === 0)
                tell(`${kill} kills survived`, current);
        },
    });
    tell(`Nothing lost in ${kills} kills`, ledger);
} catch (error) {
    console.error(`After ${done} kills (seed ${seed}): ${error.stack}`);
    process.exitCode = 1;
} finally {
    for (const end of ends.reverse())
        await end();
}
