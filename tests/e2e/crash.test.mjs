// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The agent is killed 50 times in the middle of its work; see kills.mjs. LATCHKEY_TEST_SEED repeats a run, LATCHKEY_TEST_KILLS
// makes it longer; tests/bench/kill is for thousands.
import { test } from 'node:test';
import { killAgain } from './kills.mjs';

const kills = Number(process.env.LATCHKEY_TEST_KILLS ?? 50);

test(`${kills} kills in the middle of writes lose nothing that was acknowledged`, async (t) => {
    const seed = Number(process.env.LATCHKEY_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
    t.diagnostic(`LATCHKEY_TEST_SEED=${seed}`);
    const { acknowledged, tokens, rotations, startKills } = await killAgain(t, { kills, seed });
    t.diagnostic(`${acknowledged} writes acknowledged, ${tokens.size} tokens left, ${rotations} rotations, ${startKills} kills more while it started`);
});
