// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "MoreTimeDialog.h"

#include "BusyIndicator.h"
#include "Button.h"
#include "DateText.h"
#include "DialogSize.h"
#include "ErrorCard.h"
#include "GraceField.h"
#include "OperationNames.h"
#include "TextLabel.h"

#include <QVBoxLayout>

namespace latchkey::ui {

MoreTimeDialog::MoreTimeDialog(const Theme& theme, const access::ServiceToken& token, std::chrono::sys_seconds now, QWidget* parent)
    : QDialog(parent)
    , m_now(now)
    , m_grace(new GraceField(theme, GraceField::Purpose::moreTime, now))
    , m_error(new ErrorCard(theme))
    , m_busySign(new BusyIndicator(theme, 2 * grid))
    , m_submit(new Button(theme, Button::Kind::primary, tr("&Set the new end")))
{
    setObjectName(names::moreTimeDialog);
    setWindowTitle(tr("More time for the previous secret"));
    setModal(true);
    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::heading,
                                tr("More time for the previous secret of “%1”").arg(QString::fromStdString(token.name)));
    title->setWordWrap(true);
    const DateText dates;
    auto* text = new TextLabel(theme, Role::text, TextLabel::Size::body,
                               token.previousClientSecretExpiresAt ? tr("It would end %1. Counted from now, it stays accepted:").arg(dates.both(*token.previousClientSecretExpiresAt, now))
                                                                   : QString());
    text->setWordWrap(true);
    m_submit->setObjectName(names::moreTimeSubmit);
    m_submit->setDefault(true);
    m_busySign->hide();
    auto* cancel = new Button(theme, Button::Kind::standard, tr("Cancel"));
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(m_busySign);
    row->addStretch(1);
    row->addWidget(cancel);
    row->addWidget(m_submit);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 2 * grid);
    column->setSpacing(grid);
    column->addWidget(title);
    column->addWidget(text);
    column->addSpacing(grid);
    column->addWidget(m_grace);
    column->addWidget(m_error);
    column->addSpacing(grid);
    column->addLayout(row);
    setMinimumWidth(fontMetrics().averageCharWidth() * 66);
    connect(m_submit, &Button::clicked, this, &MoreTimeDialog::submit);
    connect(cancel, &Button::clicked, this, &QDialog::reject);
    connect(m_grace, &GraceField::changed, this, [this] { m_submit->setEnabled(m_grace->isValid()); });
    m_grace->firstField()->setFocus();
    fitHeight(*this);
}

void MoreTimeDialog::submit()
{
    const auto end = m_grace->end(m_now);
    if (!end || !m_grace->isValid())
        return;
    m_error->setText({});
    setBusy(true);
    Q_EMIT requested(*end);
}

void MoreTimeDialog::setBusy(bool busy)
{
    m_busySign->setVisible(busy);
    m_submit->setEnabled(!busy);
    m_grace->setEnabled(!busy);
}

void MoreTimeDialog::showError(const Error& error)
{
    setBusy(false);
    m_error->setText(QString::fromStdString(error.message));
    fitHeight(*this);
}

} // namespace latchkey::ui
