// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ExpiryNotices.h"
#include "Notifier.h"

#include "ui/DateText.h"

#include <QCoreApplication>

#include <functional>

namespace latchkey::app {

/// What a notification is about, written into its target and read back when the person acts on it.
struct NoticeTarget {
    std::optional<WatchedToken> token;   ///< nullopt: the list.

    [[nodiscard]] QString text() const;
    [[nodiscard]] static NoticeTarget from(const QString& text);
};

/// Turns notices into words: one token by its name, several as one summary.
class NoticeText {
    Q_DECLARE_TR_FUNCTIONS(latchkey::app::NoticeText)
public:
    using ProfileName = std::function<QString(const std::string& profileId)>;   ///< Empty: there is only one.
    NoticeText(ui::DateText dates, ProfileName profileName);

    static constexpr QLatin1StringView refreshAction{"refresh"};

    [[nodiscard]] Notification about(const std::vector<ExpiryNotice>& notices, std::chrono::sys_seconds now) const;

private:
    [[nodiscard]] QString nameOf(const ExpiryNotice& notice) const;
    [[nodiscard]] QString sentence(const ExpiryNotice& notice, std::chrono::sys_seconds now) const;

    ui::DateText m_dates;
    ProfileName m_profileName;
};

} // namespace latchkey::app
