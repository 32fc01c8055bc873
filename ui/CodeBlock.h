// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QPlainTextEdit>

namespace latchkey::ui {

class Theme;

/// Text to copy into a terminal or a file: fixed-pitch, wrapped anywhere, as tall as it needs. Can be selected.
class CodeBlock final : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit CodeBlock(const Theme& theme, QWidget* parent = nullptr);

    void setCode(const QString& text);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void fitHeight();

    const Theme& m_theme;
};

} // namespace latchkey::ui
