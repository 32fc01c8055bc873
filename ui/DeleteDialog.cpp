// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "DeleteDialog.h"

#include "IconLabel.h"
#include "ObjectNames.h"
#include "TextField.h"
#include "TextLabel.h"
#include "TokenUse.h"
#include "UseList.h"

#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace latchkey::ui {

using access::ServiceToken;

namespace {

constexpr std::chrono::days lately{7};

QString titleOf(const std::vector<ServiceToken>& tokens)
{
    if (tokens.size() == 1)
        return DeleteDialog::tr("Delete “%1”?").arg(QString::fromStdString(tokens.front().name));
    return DeleteDialog::tr("Delete %n token(s)?", nullptr, static_cast<int>(tokens.size()));
}

QString whereOf(const DeleteDialog::Facts& facts)
{
    return facts.production ? DeleteDialog::tr("In %1, which is PRODUCTION.", "account").arg(facts.account) : DeleteDialog::tr("In %1.", "account").arg(facts.account);
}

/// Policies that name the token and let it in until now.
std::vector<TokenUse> losses(const access::TokenId& id, const std::vector<access::Application>& applications)
{
    std::vector<TokenUse> uses = usesOf(id, applications);
    std::erase_if(uses, [](const TokenUse& use) {
        return !use.named || use.neverMatches || use.decision == access::PolicyDecision::deny;
    });
    return uses;
}

int applicationsIn(const std::vector<TokenUse>& uses)
{
    std::set<access::ApplicationId> ids;
    for (const TokenUse& use : uses)
        ids.insert(use.application);
    return static_cast<int>(ids.size());
}

} // namespace

DeleteDialog::DeleteDialog(const Theme& theme, const Facts& facts, QWidget* parent)
    : BatchDialog(theme, facts.tokens,
                  {.title = titleOf(facts.tokens),
                   .text = whereOf(facts) + u' '
                       + (facts.tokens.size() == 1
                              ? tr("It stops working at once and cannot be brought back. Its secret is removed from this computer's keychain too.")
                              : tr("They stop working at once and cannot be brought back. Their secrets are removed from this computer's keychain too.")),
                   .start = facts.tokens.size() == 1 ? tr("&Delete token") : tr("&Delete %n token(s)", nullptr, static_cast<int>(facts.tokens.size())),
                   .done = tr("Deleted"),
                   .planHeader = {tr("Last seen"), tr("Applications")},
                   .destructive = true,
                   .closesWhenOneIsDone = true},
                  parent)
    , m_now(facts.now)
    , m_production(facts.production)
{
    setObjectName(names::deleteDialog);
    if (tokens().size() == 1)
        buildOne(tokens().front(), facts.applications);
    else
        planMany(facts.applications);
}

bool DeleteDialog::wasUsedLately(const ServiceToken& token) const
{
    return token.lastSeenAt && *token.lastSeenAt + lately > m_now;
}

QString DeleteDialog::lastSeen(const ServiceToken& token) const
{
    return token.lastSeenAt ? m_dates.seen(*token.lastSeenAt, m_now) : tr("Never", "seen");
}

void DeleteDialog::buildOne(const ServiceToken& token, const std::vector<access::Application>& applications)
{
    const std::vector<TokenUse> uses = losses(token.id, applications);
    auto* seen = new TextLabel(theme(), wasUsedLately(token) ? Role::warning : Role::mutedText, TextLabel::Size::body,
                               token.lastSeenAt ? tr("Last seen: %1").arg(lastSeen(token)) : tr("It was never used."));
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(new IconLabel(theme(), wasUsedLately(token) ? IconName::warning : IconName::soon,
                                 wasUsedLately(token) ? Role::warning : Role::mutedText));
    row->addWidget(seen, 1);
    body().addLayout(row);
    if (uses.empty()) {
        body().addWidget(new TextLabel(theme(), Role::mutedText, TextLabel::Size::body, tr("No application lets it in by name.")));
    } else {
        auto* intro = new TextLabel(theme(), Role::text, TextLabel::Size::body,
                                    tr("%n application(s) can no longer be reached with it:", nullptr, applicationsIn(uses)));
        intro->setWordWrap(true);
        auto* list = new UseList(theme());
        list->setUses(uses);
        body().addWidget(intro);
        body().addWidget(list);
    }
    if (wasUsedLately(token) || m_production)
        askToType(wasUsedLately(token) ? tr("It was used in the last 7 days. &Type its name to delete it:") : tr("&Type its name to delete it:"),
                  QString::fromStdString(token.name));
}

void DeleteDialog::planMany(const std::vector<access::Application>& applications)
{
    int used = 0;
    for (const ServiceToken& token : tokens()) {
        const int count = applicationsIn(losses(token.id, applications));
        used += wasUsedLately(token) ? 1 : 0;
        setPlan(token.id, lastSeen(token), count ? m_dates.count(count) : tr("None", "applications"), count ? Role::warning : Role::mutedText);
    }
    if (used)
        askToType(tr("Used in the last 7 days: %n token(s). &Type how many you delete (%1):", nullptr, used)
                      .arg(tokens().size()),
                  QString::number(tokens().size()));
    else if (m_production)
        askToType(tr("&Type how many you delete (%1):").arg(tokens().size()), QString::number(tokens().size()));
}

void DeleteDialog::askToType(const QString& question, const QString& answer)
{
    auto* label = new TextLabel(theme(), Role::text, TextLabel::Size::body, question);
    label->setWordWrap(true);
    auto* field = new TextField;
    field->setObjectName(names::deleteTyped);
    field->setAccessibleName(question);
    label->setBuddy(field);
    body().addSpacing(grid);
    body().addWidget(label);
    body().addWidget(field);
    setReady(false);
    connect(field, &QLineEdit::textChanged, this, [this, answer](const QString& text) { setReady(text.trimmed() == answer.trimmed()); });
    field->setFocus();
}

} // namespace latchkey::ui
