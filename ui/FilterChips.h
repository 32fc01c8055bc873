// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DateText.h"
#include "TokenFilter.h"

#include <QWidget>

#include <array>

namespace latchkey::ui {

class Button;
class Theme;

/// One chip a filter, with its count; exactly one is checked. Arrow keys move between them.
class FilterChips final : public QWidget {
    Q_OBJECT

public:
    explicit FilterChips(const Theme& theme, QWidget* parent = nullptr);

    void setCounts(const TokenCounts& counts, const DateText& dates);
    void setFilter(TokenFilter filter);

Q_SIGNALS:
    void filterChosen(latchkey::ui::TokenFilter filter);

private:
    std::array<Button*, 5> m_chips{};
};

} // namespace latchkey::ui
