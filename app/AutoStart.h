// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <QString>
#include <QStringList>

#include <memory>

namespace latchkey::app {

/// Whether the app starts when this person logs in: in the tray only, `latchkey --background`.
class AutoStart {
public:
    virtual ~AutoStart() = default;
    [[nodiscard]] virtual bool isEnabled() const = 0;
    [[nodiscard]] virtual Result<void> setEnabled(bool enabled) = 0;
};

/// What is to be started.
struct StartCommand {
    QString program;   ///< Absolute.
    QStringList arguments{QStringLiteral("--background")};

    /// This program; an AppImage's own file where it is one, since what runs lies in a mount that is gone tomorrow.
    [[nodiscard]] static StartCommand ofThisProgram();
};

// The formats, each of its platform; pure, so that all are tested everywhere.
[[nodiscard]] QString xdgAutoStartEntry(const StartCommand& command);   ///< Desktop Entry Specification 1.5, Exec quoting.
[[nodiscard]] QString launchAgentPlist(const StartCommand& command);    ///< launchd.plist(5)
[[nodiscard]] QString runKeyCommand(const StartCommand& command);       ///< As CommandLineToArgvW reads it.

/// A file that is there or not: `~/.config/autostart/org.latchkey.Latchkey.desktop`, `~/Library/LaunchAgents/….plist`.
class FileAutoStart final : public AutoStart {
public:
    FileAutoStart(QString file, QString content);
    [[nodiscard]] bool isEnabled() const override;
    [[nodiscard]] Result<void> setEnabled(bool enabled) override;

private:
    QString m_file;
    QString m_content;
};

/// A value under HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run, or in `settingsFile` in tests.
class RunKeyAutoStart final : public AutoStart {
public:
    explicit RunKeyAutoStart(QString value, QString settingsFile = {});
    [[nodiscard]] bool isEnabled() const override;
    [[nodiscard]] Result<void> setEnabled(bool enabled) override;

private:
    QString m_value;
    QString m_settingsFile;
};

/// This platform's, for this person.
[[nodiscard]] std::unique_ptr<AutoStart> makeAutoStart(const StartCommand& command = StartCommand::ofThisProgram());

} // namespace latchkey::app
