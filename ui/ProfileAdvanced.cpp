// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProfileAdvanced.h"

#include "Button.h"
#include "ObjectNames.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QVBoxLayout>

namespace latchkey::ui {

ProfileAdvanced::ProfileAdvanced(const Theme& theme, const QString& usualBase, QWidget* parent)
    : QWidget(parent)
    , m_usualBase(usualBase)
    , m_toggle(new Button(theme, Button::Kind::quiet, tr("Ad&vanced")))
    , m_body(new QWidget)
    , m_apiBase(new TextField)
    , m_caFile(new TextField)
    , m_zone(new TextField)
{
    auto* body = new QVBoxLayout(m_body);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(grid / 2);
    const auto add = [&](TextField* field, QLatin1StringView name, const QString& label, const QString& hint, QWidget* beside = nullptr) {
        field->setObjectName(name);
        field->setLayoutDirection(Qt::LeftToRight);
        field->setAccessibleName(QString(label).remove(u'&'));
        field->setAccessibleDescription(hint);
        auto* words = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, label);
        words->setBuddy(field);
        auto* caption = new TextLabel(theme, Role::mutedText, TextLabel::Size::caption, hint);
        caption->setWordWrap(true);
        auto* row = new QHBoxLayout;
        row->setSpacing(grid);
        row->addWidget(field, 1);
        if (beside)
            row->addWidget(beside);
        body->addWidget(words);
        body->addLayout(row);
        body->addWidget(caption);
        body->addSpacing(grid / 2);
    };
    auto* browse = new Button(theme, Button::Kind::standard, tr("Choose…"));
    browse->setAccessibleName(tr("Choose the CA file"));
    add(m_apiBase, names::profileApiBase, tr("API &base URL"), tr("For a gateway of your own. Empty: Cloudflare's."));
    add(m_caFile, names::profileCaFile, tr("C&A file (PEM)"),
        tr("Certificates to trust besides the system's, where a company's proxy looks into connections."), browse);
    add(m_zone, names::profileZone, tr("&Zone ID"), tr("The service tokens of this zone instead of the account's. Empty: the account's."));
    m_apiBase->setPlaceholderText(usualBase);
    m_toggle->setObjectName(names::profileAdvanced);
    m_toggle->setCheckable(true);
    m_toggle->setThemedIcon(IconName::chevron);
    m_body->hide();

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(grid / 2);
    column->addWidget(m_toggle, 0, Qt::AlignLeading);
    column->addWidget(m_body);
    connect(m_toggle, &Button::toggled, this, [this](bool open) {
        m_body->setVisible(open);
        m_toggle->setAccessibleDescription(open ? tr("Shown below") : tr("Folded away"));
        Q_EMIT resized();
    });
    connect(browse, &Button::clicked, this, &ProfileAdvanced::caFileRequested);
    for (TextField* field : {m_apiBase, m_caFile, m_zone})
        connect(field, &QLineEdit::textChanged, this, &ProfileAdvanced::changed);
}

void ProfileAdvanced::setDraft(const ProfileDraft& draft)
{
    m_apiBase->setText(draft.apiBase == m_usualBase ? QString() : draft.apiBase);
    m_caFile->setText(draft.caFile);
    m_zone->setText(draft.zoneId);
    setOpen(!m_apiBase->text().isEmpty() || !draft.caFile.isEmpty() || !draft.zoneId.isEmpty());
}

void ProfileAdvanced::fill(ProfileDraft& draft) const
{
    draft.apiBase = m_apiBase->text().trimmed().isEmpty() ? m_usualBase : m_apiBase->text().trimmed();
    draft.caFile = m_caFile->text().trimmed();
    draft.zoneId = m_zone->text().trimmed().toLower();
}

void ProfileAdvanced::setCaFile(const QString& path)
{
    m_caFile->setText(path);
}

void ProfileAdvanced::setOpen(bool open)
{
    m_toggle->setChecked(open);
}

} // namespace latchkey::ui
