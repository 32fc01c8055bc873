// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/ConfirmDialog.h"
#include "ui/Theme.h"

#include <QObject>
#include <QPointer>
#include <QWidget>

#include <functional>

namespace latchkey::app {

/// What closing the window means. With a tray, and unless the person wants it otherwise, the window hides and watching goes
/// on, which is said once. Without one it quits, and the first time it asks, since nothing could bring the window back.
class CloseBehaviour final : public QObject {
    Q_OBJECT
public:
    struct Options {
        std::function<bool()> hasTray;
        std::function<bool()> hidesToTray;          ///< The person's choice.
        std::function<bool()> wasSaid;              ///< Of what would be said now.
        std::function<void()> setSaid;
    };
    CloseBehaviour(QWidget& window, const ui::Theme& theme, Options options, QObject* parent = nullptr);

Q_SIGNALS:
    void hiddenFirstTime();   ///< Time to say where it went.
    void hidden();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void ask();

    QWidget& m_window;
    const ui::Theme& m_theme;
    Options m_options;
    QPointer<ui::ConfirmDialog> m_question;
};

} // namespace latchkey::app
