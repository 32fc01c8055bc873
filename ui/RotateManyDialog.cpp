// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RotateManyDialog.h"

#include "ErrorCard.h"
#include "GraceField.h"
#include "OperationNames.h"

#include <QVBoxLayout>

namespace latchkey::ui {

using access::ServiceToken;

RotateManyDialog::RotateManyDialog(const Theme& theme, const Facts& facts, QWidget* parent)
    : BatchDialog(theme, facts.tokens,
                  {.title = tr("Rotate the secrets of %n token(s)?", nullptr, static_cast<int>(facts.tokens.size())),
                   .text = tr("In %1. Each gets a new Client Secret and keeps its Client ID. The new secrets go into this computer's keychain, from where "
                              "each can be copied. Everything that uses the tokens needs them before the previous ones stop.")
                               .arg(facts.account),
                   .start = tr("&Rotate %n token(s)", nullptr, static_cast<int>(facts.tokens.size())),
                   .done = tr("Rotated and kept"),
                   .planHeader = {tr("Last seen"), tr("Earlier secret")},
                   .destructive = true,
                   .closesWhenOneIsDone = false},
                  parent)
    , m_grace(new GraceField(theme, GraceField::Purpose::rotation, facts.now))
{
    setObjectName(names::rotateManyDialog);
    body().addWidget(m_grace);
    if (facts.keychainUnusable) {
        auto* error = new ErrorCard(theme);
        error->setText(tr("Many tokens can be rotated only where their secrets can be kept. %1").arg(*facts.keychainUnusable));
        body().addWidget(error);
    }
    plan(facts);
    setReady(!facts.keychainUnusable);
    connect(m_grace, &GraceField::changed, this, [this, usable = !facts.keychainUnusable] { setReady(usable && m_grace->isValid()); });
    m_grace->firstField()->setFocus();
}

std::optional<std::chrono::sys_seconds> RotateManyDialog::previousEnd(std::chrono::sys_seconds now) const
{
    return m_grace->end(now);
}

void RotateManyDialog::plan(const Facts& facts)
{
    for (const ServiceToken& token : tokens()) {
        const bool runs = token.previousClientSecretExpiresAt && *token.previousClientSecretExpiresAt > facts.now;
        setPlan(token.id, token.lastSeenAt ? m_dates.seen(*token.lastSeenAt, facts.now) : tr("Never", "seen"),
                runs ? tr("Still accepted; ends at once") : tr("None", "earlier secret"), runs ? Role::warning : Role::mutedText);
    }
}

void RotateManyDialog::runningChanged(bool running)
{
    m_grace->setEnabled(!running);
}

} // namespace latchkey::ui
