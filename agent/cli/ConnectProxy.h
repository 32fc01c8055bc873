// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ProxyRoutes.h"

#include <QObject>

#include <memory>
#include <string>
#include <vector>

class QTcpServer;

namespace latchkey::cli {

/// An HTTP proxy that does CONNECT and nothing else, on a free loopback port, for the life of one child: port 443 of the
/// agent's hosts goes to the agent's TLS listener, all else is tunnelled on, through the person's own proxy where there is one.
/// It sees no plain text. Lives on one thread with a Qt event loop.
class ConnectProxy final : public QObject {
public:
    struct Routes {
        std::vector<std::string> hosts;   ///< The agent's; `*` is one label.
        QString tlsHost;                  ///< Its TLS listener.
        std::uint16_t tlsPort = 0;
        QNetworkProxy onward{QNetworkProxy::NoProxy};
        NoProxy direct;                   ///< What the onward proxy is not asked for.
    };

    [[nodiscard]] static Result<std::unique_ptr<ConnectProxy>> start(Routes routes);
    ~ConnectProxy() override;

    [[nodiscard]] std::uint16_t port() const;

private:
    explicit ConnectProxy(Routes routes);

    const Routes m_routes;
    std::unique_ptr<QTcpServer> m_server;
};

} // namespace latchkey::cli
