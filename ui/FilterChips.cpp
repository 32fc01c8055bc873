// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "FilterChips.h"

#include "Button.h"
#include "FlowLayout.h"
#include "ObjectNames.h"
#include "Theme.h"

#include <QButtonGroup>

namespace latchkey::ui {

namespace {

QString nameOf(TokenFilter filter)
{
    switch (filter) {
    case TokenFilter::all: return FilterChips::tr("All");
    case TokenFilter::expiringSoon: return FilterChips::tr("Expiring soon");
    case TokenFilter::expired: return FilterChips::tr("Expired");
    case TokenFilter::disabled: return FilterChips::tr("Disabled");
    case TokenFilter::unused: return FilterChips::tr("Unused for 30 days");
    }
    Q_UNREACHABLE();
}

int countOf(const TokenCounts& counts, TokenFilter filter)
{
    switch (filter) {
    case TokenFilter::all: return counts.all;
    case TokenFilter::expiringSoon: return counts.expiringSoon;
    case TokenFilter::expired: return counts.expired;
    case TokenFilter::disabled: return counts.disabled;
    case TokenFilter::unused: return counts.unused;
    }
    Q_UNREACHABLE();
}

} // namespace

FilterChips::FilterChips(const Theme& theme, QWidget* parent)
    : QWidget(parent)
{
    setObjectName(names::filterChips);
    setAccessibleName(tr("Filter"));
    auto* row = new FlowLayout(6, this);
    auto* group = new QButtonGroup(this);
    group->setExclusive(true);
    for (std::size_t i = 0; i < m_chips.size(); ++i) {
        const auto filter = static_cast<TokenFilter>(i);
        m_chips[i] = new Button(theme, Button::Kind::chip, nameOf(filter), this);
        m_chips[i]->setObjectName(names::filterChip(filter));
        group->addButton(m_chips[i], static_cast<int>(i));
        row->addWidget(m_chips[i]);
    }
    m_chips[0]->setChecked(true);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(group, &QButtonGroup::idToggled, this, [this](int id, bool checked) {
        if (checked)
            Q_EMIT filterChosen(static_cast<TokenFilter>(id));
    });
}

void FilterChips::setCounts(const TokenCounts& counts, const DateText& dates)
{
    for (std::size_t i = 0; i < m_chips.size(); ++i) {
        const auto filter = static_cast<TokenFilter>(i);
        const int count = countOf(counts, filter);
        m_chips[i]->setText(tr("%1 %2", "filter, count").arg(nameOf(filter), dates.count(count)));
        m_chips[i]->setAccessibleName(nameOf(filter));
        m_chips[i]->setAccessibleDescription(tr("%n token(s)", nullptr, count));
    }
}

void FilterChips::setFilter(TokenFilter filter)
{
    m_chips[static_cast<std::size_t>(filter)]->setChecked(true);
}

} // namespace latchkey::ui
