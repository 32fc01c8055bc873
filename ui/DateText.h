// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Duration.h"

#include <QCoreApplication>
#include <QLocale>
#include <QString>
#include <QTimeZone>

#include <chrono>
#include <optional>

namespace latchkey::ui {

/// The one place where moments and durations become words. A value: locale and time zone are chosen at construction, the
/// time is an argument. Words come from the translation in force, numbers and month names from the locale.
class DateText {
    Q_DECLARE_TR_FUNCTIONS(latchkey::ui::DateText)

public:
    explicit DateText(QLocale locale = QLocale(), QTimeZone zone = QTimeZone::systemTimeZone());

    /// `in 12 days`, `2 days ago`, `now`.
    [[nodiscard]] QString relative(std::chrono::sys_seconds at, std::chrono::sys_seconds now) const;
    /// For the past, as people say it: `2 minutes ago`, `Today, 09:41`, `Yesterday`, `3 days ago`, `12 Nov`, `4 Sep 2024`.
    [[nodiscard]] QString seen(std::chrono::sys_seconds at, std::chrono::sys_seconds now) const;
    /// `5 Dec 2026, 14:00`.
    [[nodiscard]] QString absolute(std::chrono::sys_seconds at) const;
    [[nodiscard]] QString date(std::chrono::sys_seconds at) const;         ///< `5 Dec 2026`
    [[nodiscard]] QString timeOfDay(std::chrono::sys_seconds at) const;    ///< `12:04:31`
    /// `in 12 days · 5 Dec 2026, 14:00`.
    [[nodiscard]] QString both(std::chrono::sys_seconds at, std::chrono::sys_seconds now) const;

    /// `1 year`, `90 days`, `2 hours 45 minutes`, `forever`.
    [[nodiscard]] QString length(const access::Duration& duration) const;
    [[nodiscard]] QString count(qsizetype number) const;                   ///< `10,000`
    [[nodiscard]] static QString countdown(std::chrono::seconds left);     ///< `0:52`
    [[nodiscard]] const QTimeZone& zone() const { return m_zone; }
    [[nodiscard]] const QLocale& locale() const { return m_locale; }

private:
    [[nodiscard]] QDateTime local(std::chrono::sys_seconds at) const;

    QLocale m_locale;
    QTimeZone m_zone;
};

} // namespace latchkey::ui
