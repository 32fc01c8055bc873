// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DateText.h"

#include <QWidget>

class QComboBox;

namespace latchkey::ui {

class TextField;
class TextLabel;
class Theme;

/// How long a token is valid: the usual lengths, without an end, or as one types it; and when that ends.
class DurationField final : public QWidget {
    Q_OBJECT

public:
    DurationField(const Theme& theme, std::chrono::sys_seconds now, QWidget* parent = nullptr);

    void setNow(std::chrono::sys_seconds now);
    /// Offers "as it is" before the others and chooses it: duration() is then nullopt.
    void offerUnchanged(const QString& words, const QString& hint);
    [[nodiscard]] bool isUnchanged() const;
    [[nodiscard]] Result<access::Duration> duration() const;   ///< An error also while unchanged; ask isUnchanged first.
    /// What is wrong is said from now on; the field takes the focus when something is.
    bool validate();
    [[nodiscard]] QComboBox* choice() const { return m_choice; }
    [[nodiscard]] TextField* custom() const { return m_custom; }

Q_SIGNALS:
    void changed();
    void returnPressed();

private:
    void check();

    DateText m_dates;
    std::chrono::sys_seconds m_now;
    QString m_unchangedHint;
    QComboBox* m_choice;
    TextField* m_custom;
    TextLabel* m_end;
};

} // namespace latchkey::ui
