// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Theme.h"

#include <QLabel>

namespace latchkey::ui {

/// A label in a role's colour and a font relative to the application's; it follows changes of both.
class TextLabel final : public QLabel {
    Q_OBJECT

public:
    enum class Size { body, strong, caption, heading, title, code };

    TextLabel(const Theme& theme, Role role, Size size, const QString& text = {}, QWidget* parent = nullptr);

    void setRole(Role role);
    void setTextSize(Size size);
    /// One line that ends in … when there is no room; the whole text is the tool tip then.
    void setElided(Qt::TextElideMode mode);
    /// The text of an elided label, in full.
    void setFullText(const QString& text);
    [[nodiscard]] const QString& fullText() const { return m_fullText; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void applyTheme();
    void applyFont();
    void elide();

    const Theme& m_theme;
    Role m_role;
    Size m_size;
    Qt::TextElideMode m_elide = Qt::ElideNone;
    QString m_fullText;
};

} // namespace latchkey::ui
