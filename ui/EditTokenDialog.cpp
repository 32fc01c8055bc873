// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EditTokenDialog.h"

#include "BusyIndicator.h"
#include "Button.h"
#include "DateText.h"
#include "DialogSize.h"
#include "DurationField.h"
#include "ErrorCard.h"
#include "NameField.h"
#include "OperationNames.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QComboBox>
#include <QVBoxLayout>

namespace latchkey::ui {

EditTokenDialog::EditTokenDialog(const Theme& theme, const access::ServiceToken& token, const QString& account, std::chrono::sys_seconds now,
                                 Begin begin, QWidget* parent)
    : QDialog(parent)
    , m_token(token)
    , m_name(new NameField(theme))
    , m_duration(new DurationField(theme, now))
    , m_error(new ErrorCard(theme))
    , m_busySign(new BusyIndicator(theme, 2 * grid))
    , m_save(new Button(theme, Button::Kind::primary, tr("&Save")))
{
    setObjectName(names::editDialog);
    setWindowTitle(tr("Edit token"));
    setModal(true);
    const DateText dates;
    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::heading, tr("Edit “%1”").arg(QString::fromStdString(token.name)));
    title->setWordWrap(true);
    auto* where = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("In %1. The secret and the Client ID stay the same.", "account").arg(account));
    where->setWordWrap(true);
    m_name->setName(token.name);
    m_duration->offerUnchanged(tr("As it is: %1", "a duration").arg(dates.length(token.duration)),
                               token.expiresAt ? tr("Ends %1. A new duration would count from now.").arg(dates.both(*token.expiresAt, now))
                                               : tr("It never ends. A new duration would count from now."));
    m_save->setObjectName(names::editSave);
    m_save->setDefault(true);
    m_busySign->hide();
    auto* cancel = new Button(theme, Button::Kind::standard, tr("Cancel"));
    cancel->setObjectName(names::editCancel);
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(m_busySign);
    row->addStretch(1);
    row->addWidget(cancel);
    row->addWidget(m_save);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 2 * grid);
    column->setSpacing(grid);
    column->addWidget(title);
    column->addWidget(where);
    column->addSpacing(grid);
    column->addWidget(m_name);
    column->addSpacing(grid);
    column->addWidget(m_duration);
    column->addWidget(m_error);
    column->addStretch(1);
    column->addSpacing(grid);
    column->addLayout(row);
    setMinimumWidth(fontMetrics().averageCharWidth() * 70);
    connect(m_name, &NameField::changed, this, &EditTokenDialog::check);
    connect(m_duration, &DurationField::changed, this, &EditTokenDialog::check);
    connect(m_save, &Button::clicked, this, &EditTokenDialog::submit);
    connect(cancel, &Button::clicked, this, &EditTokenDialog::reject);
    check();
    if (begin == Begin::atName) {
        m_name->field()->setFocus();
        m_name->field()->selectAll();
    } else {
        m_duration->choice()->setFocus();
    }
    fitHeight(*this);
}

EditTokenRequest EditTokenDialog::request() const
{
    EditTokenRequest wanted;
    if (m_name->name() != m_token.name)
        wanted.name = m_name->name();
    if (!m_duration->isUnchanged()) {
        if (const auto duration = m_duration->duration())
            wanted.duration = *duration;
    }
    return wanted;
}

void EditTokenDialog::check()
{
    const bool valid = m_name->isValid() && (m_duration->isUnchanged() || m_duration->duration());
    const EditTokenRequest wanted = request();
    m_save->setEnabled(!m_busy && valid && (wanted.name || wanted.duration));
}

void EditTokenDialog::submit()
{
    if (m_busy || !m_name->validate() || !m_duration->validate())
        return;
    m_error->setText({});
    setBusy(true);
    Q_EMIT saveRequested(request());
}

void EditTokenDialog::setBusy(bool busy)
{
    m_busy = busy;
    m_name->setEnabled(!busy);
    m_duration->setEnabled(!busy);
    m_busySign->setVisible(busy);
    check();
}

void EditTokenDialog::showError(const Error& error)
{
    setBusy(false);
    m_error->setText(QString::fromStdString(error.message));
    fitHeight(*this);
}

void EditTokenDialog::reject()
{
    if (m_busy)
        Q_EMIT cancelRequested();
    else
        QDialog::reject();
}

} // namespace latchkey::ui
