// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SnippetPanel.h"

#include "CodeBlock.h"
#include "CopyButton.h"
#include "ObjectNames.h"
#include "OperationNames.h"
#include "Panel.h"
#include "TextLabel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QVBoxLayout>

namespace latchkey::ui {

SnippetPanel::SnippetPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_kind(new QComboBox)
    , m_copy(new CopyButton(theme, tr("Copy the snippet"), this))
    , m_include(new QCheckBox(tr("&Copy with the secret")))
{
    m_kind->setObjectName(names::snippetKind);
    m_kind->setAccessibleName(tr("What it is used with"));
    // The pane is narrow: the longest entry must not make it wider than it is.
    m_kind->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_kind->setMinimumContentsLength(6);
    for (const SnippetKind each : snippetKinds)
        m_kind->addItem(snippetTitle(each), static_cast<int>(each));
    m_copy->button()->setObjectName(names::copySnippet);
    m_include->setObjectName(names::snippetInclude);
    m_include->setToolTip(tr("The clipboard is then cleared after a while. On the screen the secret stays a variable."));
    auto* label = new TextLabel(theme, Role::mutedText, TextLabel::Size::caption, tr("&Use it with"));
    QFont font = label->font();
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    label->setBuddy(m_kind);
    auto* top = new QHBoxLayout;
    top->setSpacing(grid);
    top->addWidget(label);
    top->addWidget(m_kind, 1);
    top->addWidget(m_copy);
    auto* card = new Panel(theme, Role::codeSurface);
    card->setCard(true);
    m_code = new CodeBlock(theme, card);
    m_code->setAccessibleName(tr("Snippet"));
    auto* box = new QVBoxLayout(card);
    box->setContentsMargins(1, 1, 1, 1);
    box->addWidget(m_code);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(grid);
    column->addLayout(top);
    column->addWidget(card);
    column->addWidget(m_include);
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] {
        m_copy->resetCopied();
        fill();
    });
    connect(m_copy, &CopyButton::clicked, this, &SnippetPanel::copy);
}

SnippetKind SnippetPanel::kind() const
{
    return static_cast<SnippetKind>(m_kind->currentData().toInt());
}

void SnippetPanel::setToken(const access::ClientId& clientId, const access::ClientId& shownId, const QString& url, bool secretKept)
{
    if (clientId != m_clientId)
        m_include->setChecked(false);   // asked for anew with each token
    m_clientId = clientId;
    m_shownId = shownId;
    m_url = url;
    m_include->setVisible(secretKept);
    if (!secretKept)
        m_include->setChecked(false);
    fill();
}

void SnippetPanel::fill()
{
    m_code->setCode(snippetText(kind(), m_shownId, m_url).trimmed());
}

void SnippetPanel::copy()
{
    if (m_include->isChecked()) {
        Q_EMIT copyWithSecretRequested(kind(), m_url);
        return;
    }
    Q_EMIT copyTextRequested(snippetText(kind(), m_clientId, m_url));
    m_copy->showCopied();
}

void SnippetPanel::resetCopied()
{
    m_copy->resetCopied();
}

void SnippetPanel::showCopied()
{
    m_copy->showCopied();
}

} // namespace latchkey::ui
