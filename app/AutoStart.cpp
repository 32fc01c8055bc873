// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AutoStart.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QSettings>
#include <QStandardPaths>

namespace latchkey::app {

namespace {

/// One argument of an Exec line. Quoted where it holds anything but plain characters; inside quotes " ` $ \ are escaped,
/// then, as in every string of such a file, each backslash once more; a percent sign would begin a field code.
QString execArgument(const QString& argument)
{
    QString escaped;
    bool plain = !argument.isEmpty();
    for (const QChar character : argument) {
        if (character == QLatin1Char('%')) {
            escaped += QStringLiteral("%%");
            continue;
        }
        if (QStringLiteral("\"`$\\").contains(character))
            escaped += QLatin1Char('\\');
        escaped += character;
        if (!character.isLetterOrNumber() && !QStringLiteral("/._-+=:,@").contains(character))
            plain = false;
    }
    if (!plain)
        escaped = QLatin1Char('"') + escaped + QLatin1Char('"');
    return escaped.replace(QLatin1Char('\\'), QStringLiteral("\\\\"));
}

/// One argument as CommandLineToArgvW reads it: backslashes count only before a quotation mark.
QString windowsArgument(const QString& argument)
{
    QString quoted = QStringLiteral("\"");
    int backslashes = 0;
    for (const QChar character : argument) {
        if (character == QLatin1Char('\\')) {
            ++backslashes;
            continue;
        }
        quoted += QString(character == QLatin1Char('"') ? 2 * backslashes + 1 : backslashes, QLatin1Char('\\'));
        quoted += character;
        backslashes = 0;
    }
    return quoted + QString(2 * backslashes, QLatin1Char('\\')) + QLatin1Char('"');
}

#ifdef Q_OS_WIN
const QString runKeyPath = QStringLiteral("HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Run");
#endif
const QString runKeyName = QStringLiteral("Latchkey");

} // namespace

StartCommand StartCommand::ofThisProgram()
{
    const QString image = qEnvironmentVariable("APPIMAGE");
    return {.program = image.isEmpty() ? QCoreApplication::applicationFilePath() : image};
}

QString xdgAutoStartEntry(const StartCommand& command)
{
    QString exec = execArgument(command.program);
    for (const QString& argument : command.arguments)
        exec += QLatin1Char(' ') + execArgument(argument);
    return QStringLiteral("[Desktop Entry]\nType=Application\nName=Latchkey\n"
                          "Comment=Watches the expiry of service tokens\n"
                          "Exec=%1\nIcon=org.latchkey.Latchkey\nTerminal=false\nX-GNOME-Autostart-enabled=true\n")
        .arg(exec);
}

QString launchAgentPlist(const StartCommand& command)
{
    QString arguments;
    for (const QString& argument : QStringList{command.program} + command.arguments)
        arguments += QStringLiteral("        <string>%1</string>\n").arg(argument.toHtmlEscaped());
    return QStringLiteral("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                          "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
                          "<plist version=\"1.0\">\n<dict>\n    <key>Label</key>\n    <string>org.latchkey.Latchkey</string>\n"
                          "    <key>ProgramArguments</key>\n    <array>\n%1    </array>\n"
                          "    <key>RunAtLoad</key>\n    <true/>\n    <key>ProcessType</key>\n    <string>Background</string>\n</dict>\n</plist>\n")
        .arg(arguments);
}

QString runKeyCommand(const StartCommand& command)
{
    QStringList parts{windowsArgument(QDir::toNativeSeparators(command.program))};
    for (const QString& argument : command.arguments)
        parts << windowsArgument(argument);
    return parts.join(QLatin1Char(' '));
}

FileAutoStart::FileAutoStart(QString file, QString content)
    : m_file(std::move(file))
    , m_content(std::move(content))
{
}

bool FileAutoStart::isEnabled() const
{
    // A desktop's own settings switch an entry off by a line in it (Hidden, X-GNOME-Autostart-enabled).
    QFile file(m_file);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QByteArray content = file.readAll();
    return !content.contains("\nHidden=true") && !content.contains("\nX-GNOME-Autostart-enabled=false");
}

Result<void> FileAutoStart::setEnabled(bool enabled)
{
    if (!enabled) {
        if (!QFile::exists(m_file) || QFile::remove(m_file))
            return {};
        return fail(ErrorCode::io, "The file " + m_file.toStdString() + " cannot be removed.");
    }
    QDir().mkpath(QFileInfo(m_file).absolutePath());
    QSaveFile file(m_file);
    if (file.open(QIODevice::WriteOnly)) {
        file.write(m_content.toUtf8());
        if (file.commit())
            return {};
    }
    return fail(ErrorCode::io, "The file " + m_file.toStdString() + " cannot be written.", file.errorString().toStdString());
}

RunKeyAutoStart::RunKeyAutoStart(QString value, QString settingsFile)
    : m_value(std::move(value))
    , m_settingsFile(std::move(settingsFile))
{
}

namespace {

std::unique_ptr<QSettings> runKey(const QString& settingsFile)
{
#ifdef Q_OS_WIN
    if (settingsFile.isEmpty())
        return std::make_unique<QSettings>(runKeyPath, QSettings::NativeFormat);
#endif
    return std::make_unique<QSettings>(settingsFile, QSettings::IniFormat);
}

} // namespace

bool RunKeyAutoStart::isEnabled() const
{
    return runKey(m_settingsFile)->contains(runKeyName);
}

Result<void> RunKeyAutoStart::setEnabled(bool enabled)
{
    const auto key = runKey(m_settingsFile);
    if (enabled)
        key->setValue(runKeyName, m_value);
    else
        key->remove(runKeyName);
    key->sync();
    if (key->status() != QSettings::NoError)
        return fail(ErrorCode::io, "The system's list of programs to start cannot be written.");
    return {};
}

std::unique_ptr<AutoStart> makeAutoStart(const StartCommand& command)
{
#if defined(Q_OS_WIN)
    return std::make_unique<RunKeyAutoStart>(runKeyCommand(command));
#elif defined(Q_OS_MACOS)
    return std::make_unique<FileAutoStart>(QDir::homePath() + QStringLiteral("/Library/LaunchAgents/org.latchkey.Latchkey.plist"),
                                           launchAgentPlist(command));
#else
    return std::make_unique<FileAutoStart>(QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
                                               + QStringLiteral("/autostart/org.latchkey.Latchkey.desktop"),
                                           xdgAutoStartEntry(command));
#endif
}

} // namespace latchkey::app
