// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "LoginTesting.h"

namespace edgeTesting {

State legacyState(const std::string& upstream)
{
    State state = simpleState(upstream);
    state.organization.strict = false;
    return state;
}

State stateWithPeople(const std::string& upstream)
{
    State state;
    state.add(token(1));
    const access::Policy people = policy(access::PolicyDecision::allow, {access::EmailRule{"ada@example.com"}}, 2);
    state.add(1, application(1, "app.test", upstream, {serviceAuth(token(1)), people}));
    state.organization.testIdentities = {{"ada@example.com", "Ada <L>", {"math"}, "GB"}, {"bob@example.com", "", {}, ""}};
    return state;
}

std::string cookieOf(const Message& answer)
{
    for (const std::string& line : answer.all("Set-Cookie")) {
        if (line.starts_with("CF_Authorization="))
            return "Cookie: other=1; " + line.substr(0, line.find(';')) + "\r\n";
    }
    return {};
}

std::string jwtOf(const std::string& cookieLine)
{
    const std::size_t begin = cookieLine.find("CF_Authorization=") + 17;
    return cookieLine.substr(begin, cookieLine.find("\r\n") - begin);
}

QString reasonOf(const Message& answer)
{
    return text(answer.header("Latchkey-Reason"));
}

LoginPage readLoginPage(const Message& page, const std::string& email)
{
    LoginPage found;
    found.status = page.status();
    if (found.status != 200)
        return found;
    const std::string cookie = page.header("Set-Cookie");
    found.cookie = "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n";
    std::string html = page.body;
    for (std::size_t at = 0; (at = html.find("&amp;", at)) != std::string::npos;)
        html.replace(at, 5, "&");
    const std::size_t at = html.find("identity=" + email);
    if (at == std::string::npos)
        return found;
    const std::size_t begin = html.rfind("formaction=\"", at) + 12;
    found.action = html.substr(begin, html.find('"', begin) - begin);
    return found;
}

LoginPage openLogin(const World& world, const std::string& path, const std::string& email, std::string_view host)
{
    return readLoginPage(world.ask(get(path, {}, host)), email);
}

std::string post(const std::string& target, const std::string& headers, std::string_view host)
{
    return "POST " + target + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\nContent-Length: 0\r\n" + headers + "\r\n";
}

Message logIn(const World& world, const std::string& email)
{
    const Message sent = world.ask(get("/private?a=1"));
    const std::string location = sent.header("Location");
    const LoginPage page = openLogin(world, location.substr(location.find("/cdn-cgi")), email);
    return world.ask(post(page.action, page.cookie));
}

} // namespace edgeTesting
