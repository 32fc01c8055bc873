// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Database.h"
#include "Store.h"

#include <vector>

namespace latchkey::store {

/// Reads on a read-only connection; each answer is of one moment, however busy the writer is.
class SqliteReader final : public Reader {
public:
    explicit SqliteReader(std::unique_ptr<Database> database);

    Result<Page<access::ServiceToken>> tokens(const TokenFilter& filter) override;
    Result<std::optional<access::ServiceToken>> token(const access::TokenId& id) override;
    Result<Page<access::Application>> applications(int page, int perPage, const std::string& search) override;
    Result<std::optional<access::Application>> application(const access::ApplicationId& id) override;
    Result<std::vector<LogRow>> log(int limit) override;
    Result<Page<AccessRequest>> accessRequests(const LogFilter& filter) override;

private:
    [[nodiscard]] Result<int> count(const std::string& sql, const std::vector<QString>& values);

    std::unique_ptr<Database> m_database;
};

} // namespace latchkey::store
