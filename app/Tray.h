// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ExpiryNotices.h"

#include "ui/AgentStatus.h"
#include "ui/DateText.h"
#include "ui/Theme.h"

#include <QMenu>
#include <QObject>
#include <QSystemTrayIcon>

#include <memory>
#include <vector>

namespace latchkey::app {

/// A token that ends, as the tray tells of it.
struct UpcomingEnd {
    WatchedToken token;
    QString name;      ///< With the account's name where there are several.
    std::chrono::sys_seconds end;
};

/// What the tray shows.
struct TrayState {
    ui::AgentStatus agent;
    std::vector<UpcomingEnd> next;   ///< Soonest first; a handful.
    int ended = 0;                   ///< Tokens that are past their end and enabled.
    int unwatched = 0;               ///< Accounts whose keychain is locked, or that do not answer.
};

/// The icon in the desktop's tray: the worst state as a mark on it, the next end in its tip and menu. Only where the
/// desktop has a tray: on Linux Qt finds that out once, at the first question, so ask no sooner than it can know.
class Tray final : public QObject {
    Q_OBJECT
public:
    Tray(const ui::Theme& theme, ui::DateText dates, QObject* parent = nullptr);
    ~Tray() override;

    /// Shows the icon if there is a tray; true if so.
    bool show();
    [[nodiscard]] bool isShown() const { return m_icon != nullptr; }
    [[nodiscard]] QSystemTrayIcon* icon() const { return m_icon.get(); }
    [[nodiscard]] const QMenu& menu() const { return m_menu; }

    void setState(TrayState state, std::chrono::sys_seconds now);
    [[nodiscard]] QString toolTip() const { return m_toolTip; }

    [[nodiscard]] static QString words(const ui::AgentStatus& status);

Q_SIGNALS:
    void openRequested();
    void createRequested();
    void tokenRequested(const latchkey::app::WatchedToken& token);
    void settingsRequested();
    void quitRequested();

private:
    void fillMenu(std::chrono::sys_seconds now);
    void paint();

    const ui::Theme& m_theme;
    ui::DateText m_dates;
    TrayState m_state;
    QString m_toolTip;
    QMenu m_menu;
    std::unique_ptr<QSystemTrayIcon> m_icon;
};

} // namespace latchkey::app
