// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTimer>
#include <QWidget>

namespace latchkey::ui {

class Theme;

/// A turning arc; it turns only while it is seen.
class BusyIndicator final : public QWidget {
    Q_OBJECT

public:
    explicit BusyIndicator(const Theme& theme, int side, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    const Theme& m_theme;
    QTimer m_timer;
    int m_step = 0;
};

} // namespace latchkey::ui
