// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include <functional>
#include <memory>

namespace latchkey::cli {

/// Forbids core dumps and, where the system lets us, being traced: the process holds secrets.
void hardenProcess();

/// Gives a child what hardenProcess() took from its parent: umask, core dumps, SIGPIPE. Between fork and exec; does nothing on
/// Windows.
void softenChild();

/// Calls back on the Qt event loop when the process is asked to stop: SIGTERM, SIGINT, SIGHUP (console events on Windows)
/// and, if wanted, end-of-file on standard input, which is how the app ends the agent it started on every platform.
class StopSignals final : public QObject {
    Q_OBJECT
public:
    StopSignals(bool watchStdin, std::function<void()> stop, QObject* parent = nullptr);
    ~StopSignals() override;

private:
    struct Platform;
    std::unique_ptr<Platform> m_platform;
};

} // namespace latchkey::cli
