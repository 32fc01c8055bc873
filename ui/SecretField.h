// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/SecretBytes.h"

#include <QWidget>

namespace latchkey::ui {

class Theme;

/// Shows a secret without ever making a text of it: each character is painted by itself, masked until the person reveals
/// it, and the memory is wiped with the field. Screen readers are told that it is there and whether it is hidden, never
/// what it says (their programs would keep copies); they copy it instead. Not editable, not selectable.
class SecretField final : public QWidget {
    Q_OBJECT

public:
    explicit SecretField(const Theme& theme, QWidget* parent = nullptr);

    void setSecret(SecretBytes secret);
    [[nodiscard]] const SecretBytes& secret() const { return m_secret; }
    void clear();

    void setRevealed(bool revealed);
    [[nodiscard]] bool isRevealed() const { return m_revealed; }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

Q_SIGNALS:
    void copyRequested();   ///< Ctrl+C.

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void describe();
    [[nodiscard]] int cellWidth() const;
    [[nodiscard]] int cellsPerLine(int width) const;

    const Theme& m_theme;
    SecretBytes m_secret;
    bool m_revealed = false;
};

} // namespace latchkey::ui
