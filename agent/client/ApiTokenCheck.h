// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ManagementClient.h"

#include <QObject>

#include <map>

namespace latchkey::client {

/// What is known of an API token after it was tried.
struct ApiTokenReport {
    std::optional<Error> error;        ///< The token does not work, or the API cannot be reached: the rest is empty then.
    std::string status;                ///< `active`, or why not.
    std::vector<NamedPlace> accounts;  ///< Those it may list; none when it lacks that right.
    std::string accountId;             ///< The account that was tried; empty when none is known.
    enum class Right { granted, lacking, unknown };
    std::map<ApiRight, Right> rights;  ///< In that account.

    [[nodiscard]] bool works() const { return !error && status == "active"; }
};

/// Tries an API token before it is kept: verifies it (as a user's, else as an account's own), lists its accounts, and
/// probes its rights in one of them. Changes nothing on the server. Answers once, unless it is destroyed before.
class ApiTokenCheck final : public QObject {
    Q_OBJECT
public:
    /// `accountId` empty: the first of the accounts the token may list.
    ApiTokenCheck(QUrl base, SecretBytes apiToken, std::string accountId, ClientOptions options, QObject* parent = nullptr);

    using Handler = std::move_only_function<void(ApiTokenReport)>;
    void start(Handler handler);

private:
    void listAccounts();
    void verifyAsAccount(const Error& asUser);
    void probe(std::vector<ApiRight> rights);
    void finish();

    ManagementClient m_client;
    ApiTokenReport m_report;
    Handler m_handler;
};

} // namespace latchkey::client
