// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "KeepSecretDialog.h"

#include "BusyIndicator.h"
#include "Button.h"
#include "DialogSize.h"
#include "ErrorCard.h"
#include "OperationNames.h"
#include "SecretInput.h"
#include "TextLabel.h"

#include <QVBoxLayout>

namespace latchkey::ui {

KeepSecretDialog::KeepSecretDialog(const Theme& theme, const access::ServiceToken& token, bool replaces, QWidget* parent)
    : QDialog(parent)
    , m_input(new SecretInput)
    , m_verdict(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_error(new ErrorCard(theme))
    , m_busySign(new BusyIndicator(theme, 2 * grid))
    , m_keep(new Button(theme, Button::Kind::primary, tr("&Keep it")))
{
    setObjectName(names::keepDialog);
    setWindowTitle(tr("Keep an existing secret"));
    setModal(true);
    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::heading, tr("Keep the secret of “%1”").arg(QString::fromStdString(token.name)));
    title->setWordWrap(true);
    auto* text = new TextLabel(theme, Role::text, TextLabel::Size::body,
                               replaces ? tr("Paste the Client Secret that was made elsewhere. It takes the place of the one in this computer's keychain.")
                                        : tr("Paste the Client Secret that was made elsewhere. It goes into this computer's keychain, so that Latchkey can copy it later."));
    text->setWordWrap(true);
    auto* label = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("Client S&ecret"));
    label->setBuddy(m_input);
    m_input->setObjectName(names::keepSecret);
    m_input->setAccessibleName(tr("Client Secret"));
    m_verdict->setObjectName(names::keepVerdict);
    m_verdict->setWordWrap(true);
    m_keep->setObjectName(names::keepSubmit);
    m_keep->setDefault(true);
    m_busySign->hide();
    auto* cancel = new Button(theme, Button::Kind::standard, tr("Cancel"));
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(m_busySign);
    row->addStretch(1);
    row->addWidget(cancel);
    row->addWidget(m_keep);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 2 * grid);
    column->setSpacing(grid);
    for (QWidget* widget : {static_cast<QWidget*>(title), static_cast<QWidget*>(text), static_cast<QWidget*>(label), static_cast<QWidget*>(m_input),
                            static_cast<QWidget*>(m_verdict), static_cast<QWidget*>(m_error)})
        column->addWidget(widget);
    column->addStretch(1);
    column->addSpacing(grid);
    column->addLayout(row);
    setMinimumWidth(fontMetrics().averageCharWidth() * 70);
    connect(m_input, &QLineEdit::textChanged, this, &KeepSecretDialog::changed);
    connect(cancel, &Button::clicked, this, &QDialog::reject);
    connect(m_keep, &Button::clicked, this, [this] {
        m_error->setText({});
        setBusy(true);
        Q_EMIT keepRequested();
    });
    setVerdict(false, tr("54 characters that begin with cfast_, or 64 hexadecimal ones."));
    m_input->setFocus();
    fitHeight(*this);
}

SecretBytes KeepSecretDialog::secret() const
{
    return m_input->secret();
}

void KeepSecretDialog::setVerdict(bool good, const QString& words)
{
    m_good = good;
    const bool empty = m_input->text().isEmpty();
    m_input->setInvalid(!good && !empty);
    m_verdict->setRole(good ? Role::success : empty ? Role::mutedText : Role::danger);
    m_verdict->setText(words);
    m_input->setAccessibleDescription(words);
    m_keep->setEnabled(good);
}

void KeepSecretDialog::setBusy(bool busy)
{
    m_busySign->setVisible(busy);
    m_input->setEnabled(!busy);
    m_keep->setEnabled(!busy && m_good);
}

void KeepSecretDialog::showError(const Error& error)
{
    setBusy(false);
    m_error->setText(QString::fromStdString(error.message));
    fitHeight(*this);
}

} // namespace latchkey::ui
