// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ConfirmDialog.h"

#include "Button.h"
#include "DialogSize.h"
#include "ObjectNames.h"
#include "TextLabel.h"

#include <QHBoxLayout>

namespace latchkey::ui {

ConfirmDialog::ConfirmDialog(const Theme& theme, const Words& words, QWidget* parent)
    : QDialog(parent)
{
    setObjectName(names::confirmDialog);
    setWindowTitle(words.title);
    setAccessibleDescription(words.text);
    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::heading, words.title);
    title->setWordWrap(true);
    auto* text = new TextLabel(theme, Role::text, TextLabel::Size::body, words.text);
    text->setWordWrap(true);
    text->setMinimumWidth(text->fontMetrics().averageCharWidth() * 52);

    auto* yes = new Button(theme, words.destructive ? Button::Kind::destructive : Button::Kind::primary, words.yes, this);
    yes->setObjectName(names::confirmYes);
    auto* no = new Button(theme, Button::Kind::standard, words.no, this);
    no->setObjectName(names::confirmNo);
    no->setDefault(true);
    connect(yes, &Button::clicked, this, &QDialog::accept);
    connect(no, &Button::clicked, this, &QDialog::reject);

    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(no);
    buttons->addWidget(yes);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 2 * grid);
    column->addWidget(title);
    column->addWidget(text);
    column->addSpacing(2 * grid);
    column->addLayout(buttons);
    no->setFocus();
    fitHeight(*this);
}

} // namespace latchkey::ui
