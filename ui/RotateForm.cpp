// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RotateForm.h"

#include "BusyIndicator.h"
#include "Button.h"
#include "ErrorCard.h"
#include "GraceField.h"
#include "IconLabel.h"
#include "OperationNames.h"
#include "Panel.h"
#include "TextLabel.h"

#include <QCheckBox>
#include <QVBoxLayout>

namespace latchkey::ui {

RotateForm::RotateForm(const Theme& theme, RotateDialog::Facts facts, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_facts(std::move(facts))
    , m_grace(new GraceField(theme, GraceField::Purpose::rotation, m_facts.now))
    , m_keep(new QCheckBox(tr("&Keep the new secret in this computer's keychain")))
    , m_keepHint(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_error(new ErrorCard(theme))
    , m_busySign(new BusyIndicator(theme, 2 * grid))
    , m_submit(new Button(theme, Button::Kind::primary, tr("&Rotate the secret")))
    , m_cancel(new Button(theme, Button::Kind::standard, tr("Cancel")))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 3 * grid);
    column->setSpacing(6);
    buildHead(*column);
    column->addSpacing(10);
    column->addWidget(m_grace);
    column->addSpacing(10);
    buildKeep(*column);
    column->addStretch(1);
    buildFoot(*column);
    connect(m_grace, &GraceField::changed, this, &RotateForm::describe);
    setKeychainUnusable(std::nullopt);
    m_grace->firstField()->setFocus();
}

void RotateForm::buildHead(QVBoxLayout& column)
{
    const access::ServiceToken& token = m_facts.token;
    auto* title = new TextLabel(m_theme, Role::text, TextLabel::Size::heading,
                                tr("Rotate the secret of “%1”").arg(QString::fromStdString(token.name)));
    title->setWordWrap(true);
    auto* account = new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body, tr("In %1", "account or profile").arg(m_facts.account));
    account->setObjectName(names::rotateAccount);
    account->setWordWrap(true);
    account->setVisible(!m_facts.account.isEmpty());
    auto* text = new TextLabel(m_theme, Role::text, TextLabel::Size::body,
                               tr("The token gets a new Client Secret and keeps its Client ID. Everything that uses the token needs the new secret "
                                  "before the previous one stops."));
    text->setWordWrap(true);
    for (QWidget* line : {static_cast<QWidget*>(title), static_cast<QWidget*>(account), static_cast<QWidget*>(text)})
        column.addWidget(line);

    const auto fact = [&](IconName icon, Role role, const QString& words) {
        auto* row = new QHBoxLayout;
        row->setSpacing(grid);
        auto* label = new TextLabel(m_theme, role, TextLabel::Size::body, words);
        label->setWordWrap(true);
        row->addWidget(new IconLabel(m_theme, icon, role), 0, Qt::AlignTop);
        row->addWidget(label, 1);
        column.addSpacing(4);
        column.addLayout(row);
    };
    if (token.lastSeenAt)
        fact(IconName::info, Role::mutedText, tr("Last seen: %1").arg(m_dates.seen(*token.lastSeenAt, m_facts.now)));
    else
        fact(IconName::info, Role::mutedText, tr("It was never used."));
    // Only one previous secret is accepted beside the current one.
    if (token.previousClientSecretExpiresAt && *token.previousClientSecretExpiresAt > m_facts.now)
        fact(IconName::warning, Role::warning,
             tr("An earlier secret is still accepted, until %1. This rotation ends it at once; from then on only today's secret and the new one count.")
                 .arg(m_dates.absolute(*token.previousClientSecretExpiresAt)));
    if (!token.enabled)
        fact(IconName::disabled, Role::mutedText, tr("The token is disabled: neither secret opens anything until it is enabled."));
}

void RotateForm::buildKeep(QVBoxLayout& column)
{
    m_keep->setObjectName(names::rotateKeep);
    m_keep->setChecked(true);
    m_keepHint->setWordWrap(true);
    m_keepHint->setContentsMargins(3 * grid, 0, 0, 0);
    column.addWidget(m_keep);
    column.addWidget(m_keepHint);
    connect(m_keep, &QCheckBox::toggled, this, &RotateForm::describe);
}

void RotateForm::buildFoot(QVBoxLayout& column)
{
    auto* line = new Panel(m_theme, Role::hairline);
    line->setFixedHeight(1);
    m_submit->setObjectName(names::rotateSubmit);
    m_submit->setDefault(true);
    m_cancel->setObjectName(names::rotateCancel);
    m_busySign->hide();
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(m_busySign);
    row->addStretch(1);
    row->addWidget(m_cancel);
    row->addWidget(m_submit);
    column.addSpacing(grid);
    column.addWidget(m_error);
    column.addSpacing(grid);
    column.addWidget(line);
    column.addSpacing(grid);
    column.addLayout(row);
    connect(m_submit, &Button::clicked, this, &RotateForm::submit);
    connect(m_cancel, &Button::clicked, this, &RotateForm::cancelled);
}

void RotateForm::setNow(std::chrono::sys_seconds now)
{
    m_facts.now = now;
    m_grace->setNow(now);
}

void RotateForm::setKeychainUnusable(const std::optional<QString>& reason)
{
    if (reason && !m_unusable)
        m_keep->setChecked(false);
    m_unusable = reason;
    m_keep->setEnabled(!reason && !m_busy);
    describe();
}

void RotateForm::describe()
{
    QString hint;
    if (m_unusable)
        hint = tr("It cannot be kept now. %1 You can still rotate and copy the secret once.").arg(*m_unusable);
    else if (m_keep->isChecked())
        hint = m_facts.keptNow ? tr("It takes the place of the old one there.") : tr("Latchkey can then copy it later. Otherwise it is shown once and never again.");
    else
        hint = m_facts.keptNow ? tr("The old one is removed from the keychain, since it no longer is the token's secret.")
                               : tr("It is shown once and never again.");
    const bool warns = m_unusable || (!m_keep->isChecked() && m_facts.keptNow);
    m_keepHint->setRole(warns ? Role::warning : Role::mutedText);
    m_keepHint->setText(hint);
    m_keep->setAccessibleDescription(hint);
    m_submit->setEnabled(!m_busy && m_grace->isValid());
}

void RotateForm::submit()
{
    if (m_busy || !m_grace->isValid())
        return;
    m_error->setText({});
    const RotateRequest request{.previousEnd = m_grace->end(m_facts.now), .keep = !m_unusable && m_keep->isChecked()};
    setBusy(true);
    Q_EMIT submitted(request);
}

void RotateForm::setBusy(bool busy)
{
    m_busy = busy;
    m_grace->setEnabled(!busy);
    m_keep->setEnabled(!m_unusable && !busy);
    m_submit->setText(busy ? tr("Rotating…") : tr("&Rotate the secret"));
    m_busySign->setVisible(busy);
    describe();
    if (busy)
        m_cancel->setFocus();
}

void RotateForm::showError(const QString& text)
{
    setBusy(false);
    m_error->setText(text);
    m_submit->setFocus();
}

} // namespace latchkey::ui
