// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ConsumerRow.h"

#include "Button.h"
#include "OperationNames.h"
#include "TextField.h"
#include "Theme.h"

#include <QComboBox>
#include <QVBoxLayout>

namespace latchkey::ui {

ConsumerRow::ConsumerRow(const Theme& theme, const Consumer& consumer, QWidget* parent)
    : QWidget(parent)
    , m_name(new TextField)
    , m_kind(new QComboBox)
    , m_command(new TextField)
{
    m_name->setObjectName(names::consumerName);
    m_name->setAccessibleName(tr("Name of the consumer"));
    m_name->setPlaceholderText(tr("Who uses it, such as Grafana on web-1"));
    m_name->setText(consumer.name);
    m_kind->setObjectName(names::consumerKind);
    m_kind->setAccessibleName(tr("How the secret gets there"));
    m_kind->addItem(tr("I copy it there"), static_cast<int>(Consumer::Kind::byHand));
    m_kind->addItem(tr("A command takes it there"), static_cast<int>(Consumer::Kind::command));
    m_kind->setCurrentIndex(m_kind->findData(static_cast<int>(consumer.kind)));
    m_command->setObjectName(names::consumerCommand);
    m_command->setAccessibleName(tr("Command that gets the secret on its standard input"));
    m_command->setPlaceholderText(tr("Gets the secret on standard input: gh secret set CF_ACCESS_CLIENT_SECRET"));
    m_command->setFont(Theme::codeFont());
    m_command->setText(consumer.command);
    auto* remove = new Button(theme, IconName::close, tr("Remove this consumer"), Button::Kind::quiet);
    remove->setObjectName(names::consumerRemove);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(m_name, 1);
    row->addWidget(m_kind);
    row->addWidget(remove);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addLayout(row);
    column->addWidget(m_command);
    connect(m_name, &QLineEdit::textChanged, this, &ConsumerRow::changed);
    connect(m_command, &QLineEdit::textChanged, this, &ConsumerRow::changed);
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] {
        show();
        Q_EMIT changed();
    });
    connect(remove, &Button::clicked, this, &ConsumerRow::removeRequested);
    show();
}

void ConsumerRow::show()
{
    m_command->setVisible(m_kind->currentData().toInt() == static_cast<int>(Consumer::Kind::command));
}

Consumer ConsumerRow::consumer() const
{
    const auto kind = static_cast<Consumer::Kind>(m_kind->currentData().toInt());
    return {.kind = kind, .name = m_name->text().trimmed(), .command = kind == Consumer::Kind::command ? m_command->text().trimmed() : QString()};
}

bool ConsumerRow::isValid() const
{
    const Consumer filled = consumer();
    return !filled.name.isEmpty() && (filled.kind == Consumer::Kind::byHand || !filled.command.isEmpty());
}

void ConsumerRow::focusName()
{
    m_name->setFocus();
}

} // namespace latchkey::ui
