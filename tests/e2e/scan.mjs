// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Looks for a secret's bytes, in the forms in which they could have been written somewhere.
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The secret in other forms: [form, bytes]. Base64 is looked for at each of its three alignments. */
export function formsOf(secret) {
    const bytes = Buffer.from(secret);
    const forms = [
        ['raw', bytes],
        ['UTF-16', Buffer.from(secret, 'utf16le')],
        ['hex', Buffer.from(bytes.toString('hex'))],
        ['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
        ['reversed', Buffer.from(bytes).reverse()],
    ];
    for (let shift = 0; shift < 3; ++shift) {
        const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
        // Without the characters at both ends that depend on what stands around.
        const core = encoded.slice(shift === 0 ? 0 : 4, -4);
        forms.push([`base64, shifted ${shift}`, Buffer.from(core)],
            [`base64url, shifted ${shift}`, Buffer.from(core.replaceAll('+', '-').replaceAll('/', '_'))]);
    }
    return forms;
}

/** Where any of the secrets stands: a list of `<place>: <name> as <form>`. `places` maps names to bytes. */
export function findIn(places, secrets) {
    const found = [];
    for (const [place, content] of Object.entries(places)) {
        const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content);
        for (const [name, secret] of Object.entries(secrets))
            for (const [form, needle] of formsOf(secret))
                if (bytes.includes(needle))
                    found.push(`${place}: ${name} as ${form}`);
    }
    return found;
}

/** Every regular file under a directory: { path: bytes }. */
export async function filesUnder(directory) {
    const files = {};
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (entry.isFile() && (await stat(path)).size < 1 << 28)
            files[path] = await readFile(path);
    }
    return files;
}
