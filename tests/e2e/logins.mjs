// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Logging in on the agent's login page as a browser does it, without one.

/** fetch() that follows nothing. */
export const ask = (address, headers = {}, more = {}) => fetch(address, { redirect: 'manual', headers, ...more });

/** `name=value` of the cookie that a response sets; undefined: it sets none. */
export const cookieOf = (response, name = 'CF_Authorization') =>
    response.headers.getSetCookie().find((line) => line.startsWith(`${name}=`))?.split(';')[0];

/** Logs the only (or first) test identity in at an application's own port. Returns the session's cookie. */
export async function logIn(address) {
    const sent = await ask(address);
    const page = await ask(sent.headers.get('location'));
    const action = (await page.text()).match(/formaction="([^"]*)"/)[1].replaceAll('&amp;', '&');
    const landed = await ask(new URL(action, address), { cookie: cookieOf(page, 'CF_Latchkey_Login') }, { method: 'POST' });
    return cookieOf(landed);
}
