// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Problem.h"

#include <QWidget>

#include <map>

class QVBoxLayout;

namespace latchkey::ui {

class Button;
class Panel;
class TextLabel;
class Theme;

/// Lasting conditions, one line each, in the order of BannerKind. Short, true, and with the button that helps.
class BannerArea final : public QWidget {
    Q_OBJECT

public:
    explicit BannerArea(const Theme& theme, QWidget* parent = nullptr);

    void setBanner(BannerKind kind, const QString& reason);
    /// The agent died while tokens were on the screen.
    void setAgentDied(const Problem& problem);
    void clearBanner(BannerKind kind);

Q_SIGNALS:
    void actionRequested(latchkey::ui::ProblemAction action);

private:
    struct Banner {
        Panel* panel;
        TextLabel* text;
    };
    Banner& show(BannerKind kind);

    const Theme& m_theme;
    QVBoxLayout* m_column;
    std::map<BannerKind, Banner> m_banners;
};

} // namespace latchkey::ui
