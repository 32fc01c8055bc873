// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ProxyRoutes.h"

#include "agent/base/Random.h"
#include "agent/base/SecretBytes.h"

#include <QObject>

#include <memory>
#include <string>
#include <vector>

class QTcpServer;

namespace latchkey::cli {

/// An HTTP proxy that does CONNECT and nothing else, on a free loopback port, for the life of one child: port 443 of the
/// agent's hosts goes to the agent's TLS listener, all else is tunnelled on, through the person's own proxy where there is one.
/// It sees no plain text. A loopback port is open to every user of the machine, so what is tunnelled on needs the credentials
/// in url(); without any, as programs come that can be told a proxy but no credentials (Java), it leads to the agent's TLS
/// listener only, which is as open as this. Lives on one thread with a Qt event loop.
class ConnectProxy final : public QObject {
public:
    struct Routes {
        std::vector<std::string> hosts;   ///< The agent's; `*` is one label.
        QString tlsHost;                  ///< Its TLS listener.
        std::uint16_t tlsPort = 0;
        QNetworkProxy onward{QNetworkProxy::NoProxy};
        NoProxy direct;                   ///< What the onward proxy is not asked for.
    };

    static constexpr std::size_t mostTunnels = 256;   ///< At a time; what comes beyond them gets a 503.

    [[nodiscard]] static Result<std::unique_ptr<ConnectProxy>> start(Routes routes, Random& random);
    ~ConnectProxy() override;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] QString url() const;   ///< `http://latchkey:<password>@127.0.0.1:<port>`: a secret of the child.

private:
    ConnectProxy(Routes routes, std::string_view password);
    void accept();

    const Routes m_routes;
    const SecretBytes m_password;
    const SecretBytes m_credentials;   // as `Basic` carries them
    std::size_t m_tunnels = 0;
    std::unique_ptr<QTcpServer> m_server;
};

} // namespace latchkey::cli
