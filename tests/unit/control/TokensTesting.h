// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Harness.h"

#include "agent/access/ClientSecret.h"
#include "agent/access/Decision.h"

#include <QTemporaryDir>
#include <QtTest>

/// A fresh agent before each test, and what the tests ask of its tokens.
namespace tokensTesting {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;
using namespace std::chrono_literals;

class TokensTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_agent = std::make_unique<Agent>(m_directory->path().toStdString());
        QVERIFY(m_agent->start());
    }

    void cleanup()
    {
        m_agent.reset();
    }

protected:
    const access::TokenEntry* entry(const access::ServiceToken& token) const
    {
        return m_agent->edge.newest().tokens.find(token.clientId.value);
    }
    access::Reason knock(const access::ServiceToken& token, const SecretBytes& secret) const
    {
        return access::authenticate(entry(token), access::hashClientSecret(secret.reveal()), m_agent->clock.now());
    }
    Result<access::ServiceToken> update(const access::TokenId& id, TokenChange change)
    {
        auto updated = answerOf<UpdatedToken>(
            [&](auto answer) { m_agent->control().updateToken(id, std::move(change), std::move(answer)); });
        if (!updated)
            return std::unexpected(updated.error());
        return std::move(updated->token);
    }
    Result<IssuedToken> rotate(const access::TokenId& id, std::optional<std::chrono::sys_seconds> previousEnd)
    {
        return answerOf<IssuedToken>([&](auto answer) { m_agent->control().rotateToken(id, previousEnd, std::move(answer)); });
    }
    template <typename Edit>
    void setOrganization(Edit edit)
    {
        const auto edited = answerOf<access::Organization>([&](auto answer) {
            m_agent->control().editOrganization(
                [edit](const access::Organization& current) -> Result<access::Organization> {
                    auto wanted = current;
                    edit(wanted);
                    return wanted;
                },
                std::move(answer));
        });
        QVERIFY(edited.has_value());
    }
    Result<InactivityReport> rehearse()
    {
        return answerOf<InactivityReport>([&](auto answer) { m_agent->control().rehearseInactivity(std::move(answer)); });
    }
    Result<int> clean()
    {
        return answerOf<int>([&](auto answer) { m_agent->control().cleanInactive(std::move(answer)); });
    }
    Result<access::ServiceToken> refresh(const access::TokenId& id)
    {
        return answerOf<access::ServiceToken>([&](auto answer) { m_agent->control().refreshToken(id, std::move(answer)); });
    }
    Result<access::ServiceToken> remove(const access::TokenId& id)
    {
        return answerOf<access::ServiceToken>([&](auto answer) { m_agent->control().deleteToken(id, std::move(answer)); });
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Agent> m_agent;
};

} // namespace tokensTesting
