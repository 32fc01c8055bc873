// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProfileTokenPanel.h"

#include "BusyIndicator.h"
#include "Button.h"
#include "IconLabel.h"
#include "ObjectNames.h"
#include "SecretInput.h"
#include "TextLabel.h"

#include <QAccessible>
#include <QVBoxLayout>

namespace latchkey::ui {

namespace {

IconName findingIcon(ProfileFinding::Kind kind)
{
    switch (kind) {
    case ProfileFinding::Kind::good: return IconName::ok;
    case ProfileFinding::Kind::bad: return IconName::warning;
    case ProfileFinding::Kind::unknown: return IconName::info;
    }
    Q_UNREACHABLE();
}

Role findingRole(ProfileFinding::Kind kind)
{
    switch (kind) {
    case ProfileFinding::Kind::good: return Role::success;
    case ProfileFinding::Kind::bad: return Role::danger;
    case ProfileFinding::Kind::unknown: return Role::mutedText;
    }
    Q_UNREACHABLE();
}

} // namespace

ProfileTokenPanel::ProfileTokenPanel(const Theme& theme, Facts facts, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_facts(facts)
    , m_token(new SecretInput)
    , m_hint(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_environment(new Button(theme, Button::Kind::standard, QString()))
    , m_test(new Button(theme, Button::Kind::standard, tr("&Test")))
    , m_busySign(new BusyIndicator(theme, 2 * grid))
    , m_findings(new QWidget)
    , m_lines(new QVBoxLayout(m_findings))
{
    auto* label = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("API &token"));
    label->setBuddy(m_token);
    m_token->setObjectName(names::profileToken);
    m_token->setAccessibleName(tr("API token"));
    m_hint->setWordWrap(true);
    m_environment->setObjectName(names::profileFromEnvironment);
    m_environment->setVisible(facts.inEnvironment);
    m_test->setObjectName(names::profileTest);
    m_test->setToolTip(tr("Asks the API whether the token works, which accounts it reaches and what it may do. Changes nothing."));
    m_busySign->hide();
    m_findings->setObjectName(names::profileFindings);
    m_findings->setAccessibleName(tr("What the test found"));
    m_lines->setContentsMargins(0, grid / 2, 0, 0);
    m_lines->setSpacing(grid / 2);
    m_findings->hide();
    auto* page = new Button(theme, Button::Kind::quiet, tr("Where to get &one…"));
    page->setToolTip(tr("Opens Cloudflare's page for API tokens in the browser"));

    auto* field = new QHBoxLayout;
    field->setSpacing(grid);
    field->addWidget(m_token, 1);
    field->addWidget(m_busySign);
    field->addWidget(m_test);
    auto* ways = new QHBoxLayout;
    ways->setSpacing(grid);
    ways->addWidget(m_environment);
    ways->addWidget(page);
    ways->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(grid / 2);
    column->addWidget(label);
    column->addLayout(field);
    column->addWidget(m_hint);
    column->addLayout(ways);
    column->addWidget(m_findings);

    connect(m_token, &QLineEdit::textChanged, this, [this] {
        showFindings({});
        update();
        Q_EMIT changed();
    });
    connect(m_environment, &Button::clicked, this, [this] { useEnvironment(!m_fromEnvironment); });
    connect(m_test, &Button::clicked, this, &ProfileTokenPanel::testRequested);
    connect(page, &Button::clicked, this, &ProfileTokenPanel::pageRequested);
    update();
}

ProfileTokenPanel::Source ProfileTokenPanel::source() const
{
    if (m_fromEnvironment)
        return Source::environment;
    if (!m_token->text().trimmed().isEmpty())
        return Source::typed;
    return m_facts.kept ? Source::kept : Source::none;
}

SecretBytes ProfileTokenPanel::typed() const
{
    return m_token->secret();
}

void ProfileTokenPanel::useEnvironment(bool use)
{
    m_fromEnvironment = use && m_facts.inEnvironment;
    if (m_fromEnvironment)
        m_token->wipe();
    showFindings({});
    update();
    Q_EMIT changed();
}

void ProfileTokenPanel::setBusy(bool busy)
{
    m_busy = busy;
    m_busySign->setVisible(busy);
    update();
}

void ProfileTokenPanel::update()
{
    m_token->setEnabled(!m_busy && !m_fromEnvironment);
    m_environment->setEnabled(!m_busy);
    m_environment->setText(m_fromEnvironment ? tr("&Type one instead") : tr("&Use CLOUDFLARE_API_TOKEN"));
    m_test->setEnabled(!m_busy && source() != Source::none);
    m_token->setPlaceholderText(m_fromEnvironment ? tr("From CLOUDFLARE_API_TOKEN")
                                : m_facts.kept    ? tr("The one in the keychain")
                                                  : QString());
    m_hint->setText(m_facts.kept ? tr("Leave it empty to go on with the one that is kept. A new one takes its place in the keychain.")
                                 : tr("It needs “Access: Service Tokens” (Edit) and “Access: Apps and Policies” (Read) for the account. It is kept in "
                                      "this computer's keychain."));
    m_token->setAccessibleDescription(m_hint->text());
}

void ProfileTokenPanel::showFindings(const std::vector<ProfileFinding>& findings)
{
    while (QLayoutItem* item = m_lines->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    QStringList all;
    for (const ProfileFinding& finding : findings) {
        auto* line = new QWidget;
        auto* row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(grid);
        row->addWidget(new IconLabel(m_theme, findingIcon(finding.kind), findingRole(finding.kind)), 0, Qt::AlignTop);
        auto* text = new TextLabel(m_theme, Role::text, TextLabel::Size::body, finding.text);
        text->setWordWrap(true);
        row->addWidget(text, 1);
        m_lines->addWidget(line);
        line->show();
        all << finding.text;
    }
    m_findings->setVisible(!findings.empty());
    m_findings->setAccessibleDescription(all.join(u' '));
    // Now, not with the next turn of the event loop: the dialog is about to be measured.
    m_lines->activate();
    m_findings->updateGeometry();
    layout()->activate();
    updateGeometry();
    if (findings.empty())
        return;
    QAccessibleEvent event(m_findings, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void ProfileTokenPanel::focusToken()
{
    m_token->setFocus();
}

} // namespace latchkey::ui
