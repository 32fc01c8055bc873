// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "NoteDialog.h"

#include "Button.h"
#include "DialogSize.h"
#include "ErrorCard.h"
#include "OperationNames.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace latchkey::ui {

namespace {

constexpr qsizetype longestNote = 4000;

} // namespace

NoteDialog::NoteDialog(const Theme& theme, const QString& tokenName, const TokenNote& note, QWidget* parent)
    : QDialog(parent)
    , m_owner(new TextField)
    , m_note(new QPlainTextEdit)
    , m_error(new ErrorCard(theme))
{
    setObjectName(names::noteDialog);
    setWindowTitle(tr("Owner and note"));
    setModal(true);
    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::heading, tr("Owner and note of “%1”").arg(tokenName));
    title->setWordWrap(true);
    auto* text = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("Kept on this computer only; the account does not learn of it."));
    text->setWordWrap(true);
    auto* ownerLabel = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("&Owner"));
    ownerLabel->setBuddy(m_owner);
    m_owner->setObjectName(names::noteOwner);
    m_owner->setAccessibleName(tr("Owner"));
    m_owner->setPlaceholderText(tr("A person or a team"));
    m_owner->setMaxLength(255);
    m_owner->setText(note.owner);
    auto* noteLabel = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("&Note"));
    noteLabel->setBuddy(m_note);
    m_note->setObjectName(names::noteText);
    m_note->setAccessibleName(tr("Note"));
    m_note->setPlaceholderText(tr("What it is for, where it is deployed. No secrets: this is a plain file."));
    m_note->setTabChangesFocus(true);
    m_note->setPlainText(note.note);
    m_note->setMinimumHeight(fontMetrics().lineSpacing() * 6);
    auto* save = new Button(theme, Button::Kind::primary, tr("&Save"));
    save->setObjectName(names::noteSave);
    save->setDefault(true);
    auto* cancel = new Button(theme, Button::Kind::standard, tr("Cancel"));
    auto* exportAll = new Button(theme, Button::Kind::standard, tr("&Export all as CSV…"));
    exportAll->setObjectName(names::noteExport);
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(exportAll);
    row->addStretch(1);
    row->addWidget(cancel);
    row->addWidget(save);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 2 * grid);
    column->setSpacing(6);
    for (QWidget* widget : {static_cast<QWidget*>(title), static_cast<QWidget*>(text), static_cast<QWidget*>(ownerLabel), static_cast<QWidget*>(m_owner),
                            static_cast<QWidget*>(noteLabel), static_cast<QWidget*>(m_note), static_cast<QWidget*>(m_error)})
        column->addWidget(widget);
    column->addSpacing(grid);
    column->addLayout(row);
    setMinimumWidth(fontMetrics().averageCharWidth() * 70);
    connect(cancel, &Button::clicked, this, &QDialog::reject);
    connect(exportAll, &Button::clicked, this, &NoteDialog::exportRequested);
    connect(save, &Button::clicked, this, [this] {
        Q_EMIT saveRequested({.owner = m_owner->text().trimmed(), .note = m_note->toPlainText().trimmed().left(longestNote)});
    });
    m_owner->setFocus();
    fitHeight(*this);
}

void NoteDialog::showError(const QString& text)
{
    m_error->setText(text);
    fitHeight(*this);
}

} // namespace latchkey::ui
