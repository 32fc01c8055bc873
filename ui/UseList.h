// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "TokenUse.h"

#include <QWidget>

class QVBoxLayout;

namespace latchkey::ui {

class Theme;

/// The applications that take a token, one card each; the classic mistake (named in an Allow policy) is marked.
class UseList final : public QWidget {
    Q_OBJECT

public:
    explicit UseList(const Theme& theme, QWidget* parent = nullptr);

    void setUses(const std::vector<TokenUse>& uses);

private:
    void addLine(const QString& text);

    const Theme& m_theme;
    QVBoxLayout* m_column;
    std::vector<TokenUse> m_uses;
    bool m_filled = false;
};

} // namespace latchkey::ui
