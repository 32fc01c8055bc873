// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "NameField.h"

#include "ObjectNames.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QVBoxLayout>

namespace latchkey::ui {

namespace {

constexpr qsizetype counterFrom = 200;   ///< Nobody needs a counter before.

} // namespace

NameField::NameField(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_name(new TextField)
    , m_hint(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
{
    auto* label = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("&Name"));
    label->setBuddy(m_name);
    m_name->setObjectName(names::createName);
    m_name->setAccessibleName(tr("Name"));
    m_name->setPlaceholderText(tr("What uses it, such as grafana-prod"));
    m_hint->setObjectName(names::createNameHint);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(label);
    column->addWidget(m_name);
    column->addWidget(m_hint);
    setFocusProxy(m_name);
    connect(m_name, &QLineEdit::textEdited, this, [this] { m_touched = true; });
    connect(m_name, &QLineEdit::textChanged, this, [this] {
        check();
        Q_EMIT changed();
    });
    connect(m_name, &QLineEdit::returnPressed, this, &NameField::returnPressed);
    check();
}

qsizetype NameField::charactersOf(const QString& text)
{
    return text.toUcs4().size();
}

void NameField::setName(const std::string& name)
{
    m_name->setText(QString::fromStdString(name));
}

std::string NameField::name() const
{
    QString text = m_name->text();
    for (QChar& character : text) {
        if (character.category() == QChar::Other_Control)
            character = u' ';
    }
    return text.trimmed().toStdString();
}

bool NameField::isValid() const
{
    const qsizetype length = charactersOf(m_name->text().trimmed());
    return length > 0 && length <= longest;
}

bool NameField::validate()
{
    m_touched = true;
    check();
    if (!isValid())
        m_name->setFocus();
    return isValid();
}

void NameField::check()
{
    const qsizetype length = charactersOf(m_name->text().trimmed());
    QString hint;
    bool wrong = false;
    if (length > longest) {
        wrong = true;
        hint = tr("%n character(s) too many: a name has at most 255.", nullptr, static_cast<int>(length - longest));
    } else if (length == 0 && m_touched) {
        wrong = true;
        hint = tr("Enter a name.");
    } else if (length >= counterFrom) {
        hint = tr("%1 of 255 characters").arg(length);
    } else {
        hint = tr("It appears in logs and tells tokens apart.");
    }
    m_name->setInvalid(wrong);
    m_name->setAccessibleDescription(hint);
    m_hint->setText(hint);
    m_hint->setRole(wrong ? Role::danger : Role::mutedText);
}

} // namespace latchkey::ui
