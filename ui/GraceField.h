// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DateText.h"

#include <QWidget>

class QComboBox;
class QDateTimeEdit;

namespace latchkey::ui {

class TextLabel;
class Theme;

/// How long the previous secret stays accepted: at once, 1 hour to 30 days, or until a date; and what follows from it in
/// words. "Until a date" is in this computer's time zone.
class GraceField final : public QWidget {
    Q_OBJECT

public:
    enum class Purpose {
        rotation,   ///< Begins with "at once".
        guided,     ///< Without "at once": consumers need the time.
        moreTime,   ///< Without "at once", counted from now.
    };
    GraceField(const Theme& theme, Purpose purpose, std::chrono::sys_seconds now, QWidget* parent = nullptr);

    /// nullopt: at once. Counted from the moment of asking, so ask when it is sent.
    [[nodiscard]] std::optional<std::chrono::sys_seconds> end(std::chrono::sys_seconds now) const;
    [[nodiscard]] bool isValid() const;
    void setNow(std::chrono::sys_seconds now);
    [[nodiscard]] QWidget* firstField() const;

Q_SIGNALS:
    void changed();

private:
    void describe();
    [[nodiscard]] qint64 seconds() const;

    Purpose m_purpose;
    DateText m_dates;
    std::chrono::sys_seconds m_now;
    QComboBox* m_choice;
    QDateTimeEdit* m_date;
    TextLabel* m_hint;
};

} // namespace latchkey::ui
