// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RefreshDialog.h"

#include "IconLabel.h"
#include "ObjectNames.h"
#include "Panel.h"
#include "TextLabel.h"

#include <QGridLayout>

#include <algorithm>

namespace latchkey::ui {

using access::Duration;
using access::ServiceToken;

namespace {

QString titleOf(const std::vector<ServiceToken>& tokens)
{
    if (tokens.size() == 1)
        return RefreshDialog::tr("Refresh “%1”").arg(QString::fromStdString(tokens.front().name));
    return RefreshDialog::tr("Refresh %n token(s)", nullptr, static_cast<int>(tokens.size()));
}

int withAnEnd(const std::vector<ServiceToken>& tokens)
{
    return static_cast<int>(std::ranges::count_if(tokens, [](const ServiceToken& token) { return token.expiresAt.has_value(); }));
}

/// What a refresh writes. Source: access-facts, "Service tokens", Refresh.
std::chrono::sys_seconds refreshedEnd(std::chrono::sys_seconds now)
{
    return *Duration::oneYear().endFrom(now);
}

/// Whole days a token would lose; 0 when it gains.
int lostDays(const ServiceToken& token, std::chrono::sys_seconds now)
{
    if (!token.expiresAt || *token.expiresAt <= refreshedEnd(now))
        return 0;
    return static_cast<int>(std::chrono::ceil<std::chrono::days>(*token.expiresAt - refreshedEnd(now)).count());
}

} // namespace

RefreshDialog::RefreshDialog(const Theme& theme, std::vector<ServiceToken> tokens, std::chrono::sys_seconds now, QWidget* parent)
    : BatchDialog(theme, tokens,
                  {.title = titleOf(tokens),
                   .text = tokens.size() == 1 ? tr("The secret stays the same: nothing that uses the token has to change.")
                                              : tr("Each ends one year (8760 h) from now. The secrets stay the same."),
                   .start = tokens.size() == 1 ? tr("&Refresh") : tr("&Refresh %n token(s)", nullptr, withAnEnd(tokens)),
                   .done = tr("Refreshed"),
                   .planHeader = {tr("Ends now"), tr("Ends after the refresh")},
                   .destructive = false,
                   .closesWhenOneIsDone = false},
                  parent)
    , m_now(now)
{
    setObjectName(names::refreshDialog);
    if (this->tokens().size() == 1)
        buildOne(this->tokens().front());
    else
        planMany();
}

QString RefreshDialog::endOf(const ServiceToken& token) const
{
    return token.expiresAt ? m_dates.both(*token.expiresAt, m_now) : tr("Never", "ends");
}

void RefreshDialog::buildOne(const ServiceToken& token)
{
    auto* card = new Panel(theme(), Role::surface);
    card->setCard(true);
    auto* facts = new QGridLayout(card);
    facts->setContentsMargins(12, 10, 12, 10);
    facts->setHorizontalSpacing(2 * grid);
    facts->setVerticalSpacing(grid);
    facts->setColumnStretch(1, 1);
    m_afterName = new TextLabel(theme(), Role::mutedText, TextLabel::Size::body, tr("Ends after the refresh"));
    m_after = new TextLabel(theme(), Role::text, TextLabel::Size::strong,
                            token.expiresAt ? m_dates.both(refreshedEnd(m_now), m_now) : tr("Never", "ends"));
    m_beforeName = new TextLabel(theme(), Role::mutedText, TextLabel::Size::body, tr("Ends now"));
    facts->addWidget(m_beforeName, 0, 0);
    facts->addWidget(new TextLabel(theme(), Role::text, TextLabel::Size::body, endOf(token)), 0, 1);
    facts->addWidget(m_afterName, 1, 0);
    facts->addWidget(m_after, 1, 1);
    body().addWidget(card);

    m_noteIcon = new IconLabel(theme(), IconName::info, Role::mutedText);
    m_note = new TextLabel(theme(), Role::mutedText, TextLabel::Size::body);
    m_note->setWordWrap(true);
    if (!token.expiresAt) {
        m_note->setText(tr("This token never ends, so a refresh changes nothing."));
        leaveOut(token.id);
    } else if (const int days = lostDays(token, m_now)) {
        m_note->setText(tr("It loses time: it would end %n day(s) earlier than now.", nullptr, days));
        m_note->setRole(Role::warning);
        m_noteIcon->setIcon(IconName::warning, Role::warning);
    } else if (*token.expiresAt <= m_now) {
        m_note->setText(tr("It is expired now; the refresh lets it in again at once."));
    } else {
        m_note->setText(token.duration == Duration::oneYear() ? tr("One year (8760 h) from now.")
                                                              : tr("One year (8760 h) from now; its duration was %1.").arg(m_dates.length(token.duration)));
    }
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(m_noteIcon, 0, Qt::AlignTop);
    row->addWidget(m_note, 1);
    body().addLayout(row);
}

void RefreshDialog::planMany()
{
    for (const ServiceToken& token : tokens()) {
        if (!token.expiresAt) {
            setPlan(token.id, tr("Never", "ends"), tr("Stays without an end"), Role::mutedText);
            setOutcome(token.id, tr("Nothing to do"), Role::mutedText);
            leaveOut(token.id);
            continue;
        }
        const int days = lostDays(token, m_now);
        const QString after = m_dates.date(refreshedEnd(m_now));
        setPlan(token.id, m_dates.date(*token.expiresAt),
                days ? tr("%1 · loses %n day(s)", nullptr, days).arg(after) : after, days ? Role::warning : Role::text);
    }
}

void RefreshDialog::showRefreshed(const ServiceToken& token)
{
    if (m_after) {
        m_beforeName->setText(tr("Ended before"));
        m_afterName->setText(tr("Ends now"));
        m_after->setText(endOf(token));
        m_noteIcon->setIcon(IconName::ok, Role::success);
        m_note->setRole(Role::success);
        m_note->setText(tr("Refreshed."));
    } else if (token.expiresAt) {
        for (const ServiceToken& old : tokens()) {
            if (old.id == token.id)
                setPlan(token.id, old.expiresAt ? m_dates.date(*old.expiresAt) : tr("Never", "ends"), m_dates.date(*token.expiresAt), Role::text);
        }
    }
    showDone(token.id);
}

} // namespace latchkey::ui
