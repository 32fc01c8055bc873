// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ConnectProxy.h"

#include "agent/client/ManagementClient.h"

#include <QProcessEnvironment>
#include <QTemporaryDir>

namespace latchkey::cli {

/// What a program is told so that it reaches the agent's TLS listener under production names, without touching the system:
/// proxy variables, a bundle of the system's roots and the local authority (a bundle variable replaces the system's roots, so
/// it has to hold both), and a preload for Node, whose fetch ignores proxies in some versions. The files lie in a private
/// temporary directory that goes with this object.
class ExecEnvironment {
public:
    /// Writes the files. ErrorCode::io.
    [[nodiscard]] static Result<std::unique_ptr<ExecEnvironment>> create(const client::LocalAuthority& authority);

    /// Adds the variables to those the child would have anyhow.
    /// Java's have no room for the proxy's credentials.
    void addTo(QProcessEnvironment& variables, const ConnectProxy& proxy) const;

    /// Everything that goes to the TLS listener: the team's host and the applications'.
    [[nodiscard]] const std::vector<std::string>& hosts() const { return m_hosts; }

private:
    ExecEnvironment() = default;
    [[nodiscard]] Result<void> writeBundle(const client::LocalAuthority& authority) const;
    [[nodiscard]] Result<void> writePreload(const client::LocalAuthority& authority) const;

    QTemporaryDir m_directory;
    std::vector<std::string> m_hosts;
};

} // namespace latchkey::cli
