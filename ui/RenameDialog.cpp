// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RenameDialog.h"

#include "NameField.h"
#include "OperationNames.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QGridLayout>
#include <QVBoxLayout>

namespace latchkey::ui {

using access::ServiceToken;

RenameDialog::RenameDialog(const Theme& theme, std::vector<ServiceToken> list, const QString& account, QWidget* parent)
    : BatchDialog(theme, list,
                  {.title = tr("Rename %n token(s)", nullptr, static_cast<int>(list.size())),
                   .text = tr("In %1. Secrets and Client IDs stay the same: only lists and logs show the new names.").arg(account),
                   .start = {},
                   .done = tr("Renamed"),
                   .planHeader = {tr("New name"), tr("Remark")},
                   .destructive = false,
                   .closesWhenOneIsDone = false},
                  parent)
{
    setObjectName(names::renameDialog);
    auto* fields = new QGridLayout;
    fields->setHorizontalSpacing(grid);
    fields->setVerticalSpacing(6);
    fields->setColumnStretch(1, 1);
    fields->setColumnStretch(3, 1);
    m_find = addField(*fields, 0, tr("&Replace"), names::renameFind);
    m_replace = addField(*fields, 1, tr("&with"), names::renameReplace);
    m_before = addField(*fields, 2, tr("Put &before"), names::renameBefore);
    m_after = addField(*fields, 3, tr("Put &after"), names::renameAfter);
    body().addLayout(fields);
    plan();
    m_find->setFocus();
}

TextField* RenameDialog::addField(QGridLayout& fields, int index, const QString& label, QLatin1StringView name)
{
    auto* field = new TextField;
    field->setObjectName(name);
    auto* words = new TextLabel(theme(), Role::mutedText, TextLabel::Size::body, label);
    words->setBuddy(field);
    field->setAccessibleName(QString(label).remove(u'&'));
    fields.addWidget(words, index / 2, index % 2 * 2);
    fields.addWidget(field, index / 2, index % 2 * 2 + 1);
    connect(field, &QLineEdit::textChanged, this, &RenameDialog::plan);
    return field;
}

std::string RenameDialog::newName(const access::TokenId& id) const
{
    const auto found = m_names.find(id);
    return found == m_names.end() ? std::string() : found->second;
}

void RenameDialog::plan()
{
    for (const ServiceToken& token : tokens()) {
        const QString old = QString::fromStdString(token.name);
        QString name = old;
        if (!m_find->text().isEmpty())
            name.replace(m_find->text(), m_replace->text());
        name = (m_before->text() + name + m_after->text()).trimmed();
        const qsizetype length = NameField::charactersOf(name);
        QString remark;
        if (name == old)
            remark = tr("Stays as it is");
        else if (length == 0)
            remark = tr("Would have no name");
        else if (length > NameField::longest)
            remark = tr("Longer than 255 characters");
        const bool wrong = length == 0 || length > NameField::longest;
        setPlan(token.id, name, remark, wrong ? Role::danger : Role::mutedText);
        m_names[token.id] = name.toStdString();
        if (remark.isEmpty())
            takeIn(token.id);
        else
            leaveOut(token.id);
    }
    setReady(left() > 0);
    setStart(tr("&Rename %n token(s)", nullptr, left()));
}

void RenameDialog::runningChanged(bool running)
{
    for (TextField* field : {m_find, m_replace, m_before, m_after})
        field->setEnabled(!running);
}

} // namespace latchkey::ui
