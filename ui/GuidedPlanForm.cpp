// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "GuidedPlanForm.h"

#include "Button.h"
#include "ConsumerRow.h"
#include "ErrorCard.h"
#include "GraceField.h"
#include "OperationNames.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QVBoxLayout>

#include <algorithm>

namespace latchkey::ui {

GuidedPlanForm::GuidedPlanForm(const Theme& theme, const Facts& facts, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_now(facts.now)
    , m_usable(!facts.keychainUnusable)
    , m_list(new QVBoxLayout)
    , m_grace(new GraceField(theme, GraceField::Purpose::guided, facts.now))
    , m_url(new TextField)
    , m_urlHint(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_error(new ErrorCard(theme))
    , m_begin(new Button(theme, Button::Kind::primary, tr("&Begin the rotation")))
{
    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::heading, tr("Guided rotation of “%1”").arg(facts.tokenName));
    title->setWordWrap(true);
    auto* account = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("In %1", "account or profile").arg(facts.account));
    auto* text = new TextLabel(theme, Role::text, TextLabel::Size::body,
                               tr("A new secret is made while the old one goes on working. It is brought to everyone who uses it, a request proves that it "
                                  "works, and only then is the old one ended. You can stop at any time and go on later."));
    text->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 3 * grid);
    column->setSpacing(6);
    column->addWidget(title);
    column->addWidget(account);
    column->addWidget(text);
    column->addSpacing(10);
    column->addWidget(m_grace);
    column->addSpacing(10);
    buildConsumers(*column, facts.consumers);
    column->addSpacing(10);

    auto* urlLabel = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("&Verify with a request to"));
    urlLabel->setBuddy(m_url);
    m_url->setObjectName(names::guidedUrl);
    m_url->setAccessibleName(tr("Address that the new secret is verified with"));
    m_url->setPlaceholderText(QStringLiteral("https://grafana.example.com/api/health"));
    m_url->setText(facts.verifyUrl);
    m_url->setLayoutDirection(Qt::LeftToRight);
    m_urlHint->setWordWrap(true);
    column->addWidget(urlLabel);
    column->addWidget(m_url);
    column->addWidget(m_urlHint);
    column->addWidget(m_error);
    column->addStretch(1);
    column->addSpacing(grid);

    m_begin->setObjectName(names::guidedBegin);
    auto* cancel = new Button(theme, Button::Kind::standard, tr("Cancel"));
    cancel->setObjectName(names::guidedCancel);
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addStretch(1);
    row->addWidget(cancel);
    row->addWidget(m_begin);
    column->addLayout(row);
    connect(m_begin, &Button::clicked, this, &GuidedPlanForm::submit);
    connect(cancel, &Button::clicked, this, &GuidedPlanForm::cancelled);
    connect(m_grace, &GraceField::changed, this, &GuidedPlanForm::check);
    connect(m_url, &QLineEdit::textChanged, this, [this](const QString& url) {
        setUrlObjection({});
        Q_EMIT urlChanged(url.trimmed());
    });
    if (facts.keychainUnusable)
        m_error->setText(tr("A guided rotation needs the keychain: the new secret must survive until everyone has it. %1").arg(*facts.keychainUnusable));
    setUrlObjection({});
    m_grace->firstField()->setFocus();
}

void GuidedPlanForm::buildConsumers(QVBoxLayout& column, const std::vector<Consumer>& consumers)
{
    column.addWidget(new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body, tr("Who uses the secret")));
    m_list->setSpacing(grid);
    column.addLayout(m_list);
    for (const Consumer& consumer : consumers)
        addRow(consumer);
    if (consumers.empty())
        addRow({});
    auto* add = new Button(m_theme, Button::Kind::standard, tr("&Add a consumer"));
    add->setObjectName(names::guidedAdd);
    add->setThemedIcon(IconName::plus);
    auto* row = new QHBoxLayout;
    row->addWidget(add);
    row->addStretch(1);
    column.addLayout(row);
    connect(add, &Button::clicked, this, [this] {
        addRow({})->focusName();
        check();
        Q_EMIT sizeChanged();
    });
}

ConsumerRow* GuidedPlanForm::addRow(const Consumer& consumer)
{
    auto* row = new ConsumerRow(m_theme, consumer, this);
    m_rows.push_back(row);
    m_list->addWidget(row);
    connect(row, &ConsumerRow::changed, this, [this] {
        check();
        Q_EMIT sizeChanged();
    });
    connect(row, &ConsumerRow::removeRequested, this, [this, row] {
        std::erase(m_rows, row);
        m_list->removeWidget(row);
        row->hide();
        row->deleteLater();
        check();
        Q_EMIT sizeChanged();
    });
    return row;
}

void GuidedPlanForm::setNow(std::chrono::sys_seconds now)
{
    m_now = now;
    m_grace->setNow(now);
}

void GuidedPlanForm::showError(const QString& text)
{
    m_error->setText(text);
    Q_EMIT sizeChanged();
}

void GuidedPlanForm::setUrlObjection(const QString& text)
{
    m_url->setInvalid(!text.isEmpty());
    m_urlHint->setRole(text.isEmpty() ? Role::mutedText : Role::danger);
    m_urlHint->setText(!text.isEmpty() ? text
                           : m_url->text().trimmed().isEmpty() ? tr("Leave it empty to verify the new secret yourself.")
                                                               : tr("A GET with the two headers; an answer of 200 to 299 proves that the new secret is accepted."));
    m_url->setAccessibleDescription(m_urlHint->text());
    check();
}

void GuidedPlanForm::check()
{
    const bool filled = std::ranges::all_of(m_rows, &ConsumerRow::isValid);
    m_begin->setEnabled(m_usable && filled && m_grace->isValid() && !m_url->isInvalid());
    m_begin->setToolTip(filled ? QString() : tr("Give each consumer a name, and a command where one takes the secret there."));
}

void GuidedPlanForm::submit()
{
    const auto end = m_grace->end(m_now);
    if (!end)
        return;
    GuidedPlan plan{.previousEnd = *end, .consumers = {}, .verifyUrl = m_url->text().trimmed()};
    for (const ConsumerRow* row : m_rows)
        plan.consumers.push_back(row->consumer());
    m_error->setText({});
    Q_EMIT submitted(plan);
}

} // namespace latchkey::ui
