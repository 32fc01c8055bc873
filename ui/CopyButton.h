// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Button.h"

#include <QTimer>

namespace latchkey::ui {

/// A button that copies something and then says so. It keeps its width, so that nothing moves.
class CopyButton final : public QWidget {
    Q_OBJECT

public:
    /// With words ("Copy", "Request headers").
    CopyButton(const Theme& theme, const QString& text, bool withIcon, QWidget* parent = nullptr);
    /// An icon alone, for rows of facts.
    CopyButton(const Theme& theme, const QString& name, QWidget* parent = nullptr);

    [[nodiscard]] Button* button() const { return m_button; }
    /// "Copied" for some seconds; `lasting` until setCopied(false).
    void showCopied(bool lasting = false);
    void resetCopied();

Q_SIGNALS:
    void clicked();

private:
    CopyButton(Button* button, QString text, bool withIcon, bool iconOnly, QWidget* parent);

    Button* m_button;
    QString m_text;
    bool m_withIcon;
    bool m_iconOnly;
    QTimer m_back;
};

} // namespace latchkey::ui
