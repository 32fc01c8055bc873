// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/Json.h"
#include "agent/base/SecretBytes.h"

#include <QObject>
#include <QTemporaryDir>

#include <memory>
#include <string>

class QProcess;

namespace latchkey::cli {

/// An agent of our own for as long as this object lives: a child process on a throw-away data directory with a memory
/// vault and free ports. Ends with us, also when we are killed (its standard input closes).
class ChildAgent {
public:
    /// Starts it and waits until it is ready (at most 15 s). Errors: internal with the child's own words as detail.
    [[nodiscard]] static Result<std::unique_ptr<ChildAgent>> start(SecretBytes apiToken);
    ~ChildAgent();

    [[nodiscard]] const std::string& api() const { return m_api; }     ///< `http://127.0.0.1:…/client/v4`
    [[nodiscard]] const std::string& edge() const { return m_edge; }   ///< `http://127.0.0.1:…`
    [[nodiscard]] const std::string& accountId() const { return m_accountId; }
    [[nodiscard]] const SecretBytes& apiToken() const { return m_apiToken; }

    /// Asks it to stop and waits; false if it did not end orderly within 5 s.
    bool stop();

private:
    ChildAgent();

    QTemporaryDir m_directory;
    std::unique_ptr<QProcess> m_process;
    SecretBytes m_apiToken;
    std::string m_api, m_edge, m_accountId;
};

} // namespace latchkey::cli
