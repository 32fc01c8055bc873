// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ApiTokenCheck.h"

#include <utility>

namespace latchkey::client {

// The client is a member: none of its answers comes after this object is gone.

ApiTokenCheck::ApiTokenCheck(QUrl base, SecretBytes apiToken, std::string accountId, ClientOptions options, QObject* parent)
    : QObject(parent)
    , m_client({std::move(base), accountId}, std::move(apiToken), std::move(options))
{
    m_report.accountId = std::move(accountId);
}

void ApiTokenCheck::start(Handler handler)
{
    m_handler = std::move(handler);
    m_client.verifyApiToken({}, [this](Result<std::string> status) {
        if (status) {
            m_report.status = std::move(*status);
        } else if (status.error().code != ErrorCode::unauthenticated && status.error().code != ErrorCode::forbidden
                   && status.error().code != ErrorCode::invalidArgument && status.error().code != ErrorCode::notFound) {
            m_report.error = status.error();
            finish();
            return;
        } else {
            m_report.error = status.error();   // until it is verified as an account's own
        }
        listAccounts();
    });
}

void ApiTokenCheck::listAccounts()
{
    m_client.listAccounts([this](Result<std::vector<NamedPlace>> accounts) {
        if (accounts)
            m_report.accounts = std::move(*accounts);
        if (m_report.accountId.empty() && !m_report.accounts.empty())
            m_report.accountId = m_report.accounts.front().id;
        m_client.setAccount(m_report.accountId);
        if (m_report.error)
            verifyAsAccount(*m_report.error);
        else if (m_report.works() && !m_report.accountId.empty())
            probe({ApiRight::readTokens, ApiRight::editTokens, ApiRight::readApplications});
        else
            finish();
    });
}

void ApiTokenCheck::verifyAsAccount(const Error& asUser)
{
    if (m_report.accountId.empty()) {
        m_report.error = asUser;
        finish();
        return;
    }
    m_client.verifyApiToken(m_report.accountId, [this](Result<std::string> status) {
        if (!status) {
            m_report.error = status.error();
            finish();
            return;
        }
        m_report.error.reset();
        m_report.status = std::move(*status);
        if (m_report.works())
            probe({ApiRight::readTokens, ApiRight::editTokens, ApiRight::readApplications});
        else
            finish();
    });
}

void ApiTokenCheck::probe(std::vector<ApiRight> rights)
{
    if (rights.empty()) {
        finish();
        return;
    }
    const ApiRight right = rights.front();
    rights.erase(rights.begin());
    m_client.probe(right, [this, right, rest = std::move(rights)](Result<bool> granted) mutable {
        m_report.rights[right] = !granted ? ApiTokenReport::Right::unknown
                               : *granted ? ApiTokenReport::Right::granted
                                          : ApiTokenReport::Right::lacking;
        probe(std::move(rest));
    });
}

void ApiTokenCheck::finish()
{
    // The handler may destroy this object.
    if (Handler handler = std::exchange(m_handler, nullptr))
        handler(std::exchange(m_report, {}));
}

} // namespace latchkey::client
