// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "PreviousSecretPanel.h"

#include "Button.h"
#include "FlowLayout.h"
#include "IconLabel.h"
#include "OperationNames.h"
#include "TextLabel.h"

#include <QVBoxLayout>

namespace latchkey::ui {

namespace {

/// `3 d 04:05:06`, `04:05:06`.
QString clockText(std::chrono::seconds left)
{
    const auto s = left.count();
    const QString clock = QStringLiteral("%1:%2:%3").arg(s / 3600 % 24, 2, 10, QLatin1Char('0')).arg(s / 60 % 60, 2, 10, QLatin1Char('0'))
                              .arg(s % 60, 2, 10, QLatin1Char('0'));
    return s >= 86400 ? PreviousSecretPanel::tr("%n day(s) %1", "days and a clock", static_cast<int>(s / 86400)).arg(clock) : clock;
}

} // namespace

PreviousSecretPanel::PreviousSecretPanel(const Theme& theme, QWidget* parent)
    : Panel(theme, Role::warningSurface, {}, parent)
    , m_countdown(new TextLabel(theme, Role::warning, TextLabel::Size::strong))
    , m_until(new TextLabel(theme, Role::warning, TextLabel::Size::caption))
{
    setObjectName(names::previousPanel);
    setCard(true);
    setAccessibleName(tr("Previous secret"));
    m_countdown->setObjectName(names::previousCountdown);
    m_countdown->setWordWrap(true);
    m_until->setWordWrap(true);
    auto* end = new Button(theme, Button::Kind::danger, tr("&End it now…"));
    end->setObjectName(names::previousEndNow);
    auto* more = new Button(theme, Button::Kind::standard, tr("&More time…"));
    more->setObjectName(names::previousMoreTime);
    auto* words = new QVBoxLayout;
    words->setSpacing(3);
    words->addWidget(m_countdown);
    words->addWidget(m_until);
    auto* head = new QHBoxLayout;
    head->setSpacing(grid);
    head->addWidget(new IconLabel(theme, IconName::soon, Role::warning), 0, Qt::AlignTop);
    head->addLayout(words, 1);
    auto* buttons = new FlowLayout(6);
    buttons->addWidget(end);
    buttons->addWidget(more);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, grid, 10, grid);
    column->setSpacing(grid);
    column->addLayout(head);
    column->addLayout(buttons);
    connect(end, &Button::clicked, this, &PreviousSecretPanel::endNowRequested);
    connect(more, &Button::clicked, this, &PreviousSecretPanel::moreTimeRequested);
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &PreviousSecretPanel::tick);
    hide();
}

void PreviousSecretPanel::setEnd(std::optional<std::chrono::sys_seconds> end, std::chrono::sys_seconds now)
{
    if (now != m_now || !m_sinceNow.isValid()) {
        m_now = now;
        m_sinceNow.start();
    }
    m_end = end;
    tick();
}

void PreviousSecretPanel::tick()
{
    const auto now = m_now + std::chrono::seconds(m_sinceNow.elapsed() / 1000);
    const bool running = m_end && *m_end > now;
    setVisible(running);
    if (!running) {
        m_tick.stop();
        return;
    }
    m_countdown->setText(tr("Previous secret accepted for %1").arg(clockText(*m_end - now)));
    m_until->setText(tr("until %1", "a date").arg(m_dates.absolute(*m_end)));
    if (!m_tick.isActive())
        m_tick.start();
}

} // namespace latchkey::ui
