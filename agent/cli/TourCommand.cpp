// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Await.h"
#include "ChildAgent.h"
#include "Commands.h"
#include "DemoUpstream.h"
#include "ExitCode.h"
#include "Fetch.h"

#include "agent/base/Encoding.h"
#include "agent/base/Rfc3339.h"
#include "agent/client/ManagementClient.h"
#include "agent/jose/Verify.h"

namespace latchkey::cli {

namespace {

/// The story: each chapter does something real, shows it and checks it.
class Tour {
public:
    explicit Tour(Context& context)
        : m_context(context)
        , m_terminal(context.terminal)
    {
    }

    int run()
    {
        if (const auto begun = begin(); !begun)
            return m_terminal.fail(begun.error());
        if (const auto told = tell(); !told)
            return m_terminal.fail(told.error());
        m_client.reset();
        check(m_agent->stop(), "the agent stopped orderly, and its throw-away data is gone");
        m_terminal.line();
        if (m_failed == 0)
            m_terminal.line(m_terminal.styled("All " + std::to_string(m_checked) + " checks held.", Style::green));
        else
            m_terminal.line(m_terminal.styled(std::to_string(m_failed) + " of " + std::to_string(m_checked) + " checks failed.", Style::red));
        return m_failed == 0 ? exitDone : exitFailed;
    }

private:
    Result<void> begin()
    {
        m_terminal.line(m_terminal.styled("Latchkey: service tokens on your own machine, from first to last", Style::bold));
        auto upstream = DemoUpstream::start();
        if (!upstream)
            return std::unexpected(upstream.error());
        m_upstream = std::move(*upstream);
        auto agent = ChildAgent::start(SecretBytes(m_context.random.hex(32)));
        if (!agent)
            return std::unexpected(agent.error());
        m_agent = std::move(*agent);
        m_client = std::make_unique<client::ManagementClient>(
            client::Endpoint{QUrl(QString::fromStdString(m_agent->api())), m_agent->accountId()}, m_agent->apiToken().clone());
        chapter("An agent and a service");
        say("A throw-away agent plays the Access edge; a small service listens at " + m_upstream->url() + ".");
        say("The management API, in Cloudflare's own shape, is at " + m_agent->api() + ".");
        return {};
    }

    Result<void> tell()
    {
        for (const auto part : {&Tour::createBoth, &Tour::refused, &Tour::accepted, &Tour::refresh, &Tour::revoke, &Tour::remove}) {
            if (const auto done = (this->*part)(); !done)
                return done;
        }
        return {};
    }

    Result<void> createBoth()
    {
        chapter("Create a token, and an application that lets it in");
        const auto duration = access::Duration::parse("2160h");
        auto issued = await<client::IssuedToken>([&](auto done) { m_client->createToken("tour", *duration, std::move(done)); });
        if (!issued)
            return std::unexpected(issued.error());
        m_token = issued->token;
        m_secret = std::move(issued->secret);
        say("Client ID      " + m_token.clientId.value);
        say("Client Secret  cfast_•••••••• (told once, in this reply; the agent keeps only its SHA-256)");
        check(m_token.expiresAt.has_value(), "it is valid for 2160h, until " + endOf(m_token));

        access::Application wanted;
        wanted.name = "Demonstration";
        wanted.upstream = m_upstream->url();
        access::Policy policy;
        policy.name = "The tour's token";
        policy.decision = access::PolicyDecision::nonIdentity;
        policy.include.emplace_back(access::ServiceTokenRule{m_token.id});
        wanted.policies.push_back(policy);
        const auto created = await<access::Application>([&](auto done) { m_client->createApplication(wanted, std::move(done)); });
        if (!created)
            return std::unexpected(created.error());
        m_application = *created;
        m_address = m_agent->edge().substr(0, m_agent->edge().rfind(':') + 1) + std::to_string(created->port.value_or(0));
        say("Application    " + m_address + " → " + m_upstream->url() + ", Service Auth for this token");
        say("Audience       " + created->audience.value);
        return {};
    }

    Result<void> refused()
    {
        chapter("Knock without credentials, then with a wrong secret");
        const auto without = request(false);
        if (!without)
            return std::unexpected(without.error());
        checkReply(*without, 401, "missing_credentials");
        const auto wrong = knock({{"CF-Access-Client-Id", m_token.clientId.value},
                                  {"CF-Access-Client-Secret", "cfast_" + std::string(40, 'x') + "00000000"}});
        if (!wrong)
            return std::unexpected(wrong.error());
        checkReply(*wrong, 401, "wrong_secret");
        check(!m_upstream->takeLast(), "the service saw neither of them");
        return {};
    }

    Result<void> accepted()
    {
        chapter("Knock with both headers");
        const auto jwt = enter();
        if (!jwt)
            return std::unexpected(jwt.error());
        m_jwt = *jwt;
        const auto decoded = jose::decodeJwt(m_jwt);
        if (!decoded)
            return std::unexpected(decoded.error());
        say("The service received Cf-Access-Jwt-Assertion, " + std::to_string(m_jwt.size()) + " bytes:");
        for (const Json* part : {&decoded->header, &decoded->payload})
            say("  " + m_terminal.styled(part->dump(), Style::cyan));
        const auto certs = fetch({.method = "GET", .url = m_address + "/cdn-cgi/access/certs", .headers = {}, .body = {}});
        if (!certs)
            return std::unexpected(certs.error());
        const auto keys = jose::JwkSet::parse(certs->body);
        if (!keys)
            return std::unexpected(keys.error());
        jose::Expectations expected;
        expected.now = m_context.clock.now();
        expected.audience = m_application.audience.value;
        const jose::Verdict verdict = jose::verify(m_jwt, *keys, expected);
        check(verdict.valid(), "verified with the keys from " + m_address + "/cdn-cgi/access/certs");
        const Json* name = decoded->payload.find("common_name");
        check(name != nullptr && name->asString() != nullptr && *name->asString() == m_token.clientId.value,
              "common_name is the Client ID");
        return {};
    }

    Result<void> refresh()
    {
        chapter("Refresh the token");
        const auto refreshed = await<access::ServiceToken>([&](auto done) { m_client->refreshToken(m_token.id, std::move(done)); });
        if (!refreshed)
            return std::unexpected(refreshed.error());
        check(refreshed->expiresAt > m_token.expiresAt, "it ended " + endOf(m_token) + ", and now ends " + endOf(*refreshed));
        const auto again = enter();
        if (!again)
            return std::unexpected(again.error());
        say("The same secret still opens.");
        return {};
    }

    Result<void> revoke()
    {
        chapter("End the sessions issued so far");
        const auto revoked = await<void>([&](auto done) { m_client->revokeSessions(m_application.id, std::move(done)); });
        if (!revoked)
            return std::unexpected(revoked.error());
        const auto jwt = enter();
        if (!jwt)
            return std::unexpected(jwt.error());
        check(issuedAt(*jwt) > issuedAt(m_jwt), "the next request got a newer JWT: revoking sessions does not revoke access");
        return {};
    }

    Result<void> remove()
    {
        chapter("Delete the token");
        const auto deleted = await<void>([&](auto done) { m_client->deleteToken(m_token.id, std::move(done)); });
        if (!deleted)
            return std::unexpected(deleted.error());
        const auto after = request(true);
        if (!after)
            return std::unexpected(after.error());
        checkReply(*after, 401, "unknown_client_id");
        check(!m_upstream->takeLast(), "the service never saw the request");
        return {};
    }

    /// A request with the token's headers that must pass; answers the JWT that the service received.
    Result<std::string> enter()
    {
        const auto reply = request(true);
        if (!reply)
            return std::unexpected(reply.error());
        check(reply->status == 200, "curl with both headers → " + std::to_string(reply->status));
        const auto received = m_upstream->takeLast();
        std::string jwt;
        bool leaked = !received;
        for (const auto& [name, value] : received ? received->headers : decltype(received->headers)()) {
            if (base::equalsIgnoreCaseAscii(name, "Cf-Access-Jwt-Assertion"))
                jwt = value;
            leaked = leaked || base::equalsIgnoreCaseAscii(name, "CF-Access-Client-Secret");
        }
        check(!jwt.empty() && !leaked, "the service got a JWT and not the secret");
        return jwt;
    }

    Result<FetchReply> request(bool withCredentials)
    {
        if (!withCredentials)
            return knock({});
        return knock({{"CF-Access-Client-Id", m_token.clientId.value},
                      {"CF-Access-Client-Secret", std::string(m_secret.reveal())}});
    }

    Result<FetchReply> knock(std::vector<std::pair<std::string, std::string>> headers)
    {
        FetchRequest request{.method = "GET", .url = m_address + "/hello", .headers = std::move(headers), .body = {}};
        auto reply = fetch(request);
        for (auto& [name, value] : request.headers)
            base::wipe(value);
        return reply;
    }

    void checkReply(const FetchReply& reply, int status, std::string_view reason)
    {
        const std::string told = reply.header("Latchkey-Reason");
        check(reply.status == status && told == reason,
              std::to_string(reply.status) + " " + (told.empty() ? "without a reason" : told));
    }

    static std::int64_t issuedAt(const std::string& jwt)
    {
        const auto decoded = jose::decodeJwt(jwt);
        const Json* iat = decoded ? decoded->payload.find("iat") : nullptr;
        return iat != nullptr ? iat->asInteger().value_or(0) : 0;
    }

    static std::string endOf(const access::ServiceToken& token)
    {
        return token.expiresAt ? base::formatRfc3339(*token.expiresAt) : "never";
    }

    void chapter(const std::string& title)
    {
        m_terminal.line();
        m_terminal.line(m_terminal.styled(std::to_string(++m_chapter) + ". " + title, Style::bold));
    }

    void say(const std::string& text) { m_terminal.line("   " + text); }

    void check(bool holds, const std::string& text)
    {
        ++m_checked;
        m_failed += holds ? 0 : 1;
        m_terminal.line("   " + (holds ? m_terminal.styled("✓ ", Style::green) : m_terminal.styled("✗ ", Style::red)) + text);
    }

    Context& m_context;
    const Terminal& m_terminal;
    std::unique_ptr<DemoUpstream> m_upstream;
    std::unique_ptr<ChildAgent> m_agent;
    std::unique_ptr<client::ManagementClient> m_client;
    access::ServiceToken m_token;
    SecretBytes m_secret;
    access::Application m_application;
    std::string m_address;
    std::string m_jwt;
    int m_chapter = 0;
    int m_checked = 0;
    int m_failed = 0;
};

} // namespace

void addTourCommand(Command root, Context& context)
{
    Command command = root.subcommand("tour", "A guided demonstration on throw-away data; needs no keychain");
    command.footer("Example:\n  latchkey-agent tour");
    command.action([&context] { return Tour(context).run(); });
}

} // namespace latchkey::cli
