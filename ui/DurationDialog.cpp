// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "DurationDialog.h"

#include "DurationField.h"
#include "OperationNames.h"
#include "Theme.h"

#include <QVBoxLayout>

namespace latchkey::ui {

using access::ServiceToken;

DurationDialog::DurationDialog(const Theme& theme, std::vector<ServiceToken> list, const QString& account, std::chrono::sys_seconds now, QWidget* parent)
    : BatchDialog(theme, list,
                  {.title = tr("Change the duration of %n token(s)", nullptr, static_cast<int>(list.size())),
                   .text = tr("In %1. The new duration counts from now. The secrets stay the same.").arg(account),
                   .start = {},
                   .done = tr("Changed"),
                   .planHeader = {tr("Ends now"), tr("Ends after the change")},
                   .destructive = false,
                   .closesWhenOneIsDone = false},
                  parent)
    , m_now(now)
    , m_field(new DurationField(theme, now))
{
    setObjectName(names::durationDialog);
    body().addWidget(m_field);
    connect(m_field, &DurationField::changed, this, &DurationDialog::plan);
    plan();
    m_field->setFocus();
}

access::Duration DurationDialog::duration() const
{
    return m_duration;
}

void DurationDialog::plan()
{
    const Result<access::Duration> chosen = m_field->duration();
    setReady(chosen.has_value());
    if (!chosen)
        return;
    m_duration = *chosen;
    const auto after = chosen->endFrom(m_now);
    for (const ServiceToken& token : tokens()) {
        const bool loses = after && (!token.expiresAt || *token.expiresAt > *after);
        const QString before = token.expiresAt ? m_dates.date(*token.expiresAt) : tr("Never", "ends");
        const QString then = after ? m_dates.date(*after) : tr("Never", "ends");
        setPlan(token.id, before, loses ? tr("%1 · earlier than now").arg(then) : then, loses ? Role::warning : Role::text);
        if (token.duration == *chosen && !token.expiresAt && !after) {
            setOutcome(token.id, tr("Nothing to do"), Role::mutedText);
            leaveOut(token.id);
        } else {
            takeIn(token.id);
        }
    }
    setStart(tr("&Change %n token(s)", nullptr, left()));
}

void DurationDialog::runningChanged(bool running)
{
    m_field->setEnabled(!running);
}

} // namespace latchkey::ui
