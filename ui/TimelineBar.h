// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Theme.h"

#include <QAbstractButton>

namespace latchkey::ui {

/// A bar of the expiry timeline: its count on top, its label beneath. Checked while its tokens are shown.
class TimelineBar final : public QAbstractButton {
    Q_OBJECT

public:
    TimelineBar(const Theme& theme, Role role, QWidget* parent = nullptr);

    void setWords(const QString& label, const QString& sign, const QString& longText);
    /// `height` from 0 to 1: of the highest bar.
    void setCount(int count, const QString& words, double height);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void tell();

    const Theme& m_theme;
    Role m_role;
    QString m_sign;
    QString m_longText;
    QString m_countWords;
    int m_count = 0;
    double m_height = 0;
};

} // namespace latchkey::ui
