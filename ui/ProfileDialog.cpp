// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProfileDialog.h"

#include "Button.h"
#include "DialogSize.h"
#include "ErrorCard.h"
#include "ObjectNames.h"
#include "ProfileAdvanced.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace latchkey::ui {

namespace {

/// The item of the accounts' list that lets an ID be typed.
constexpr QLatin1StringView typedAccount{"typed"};

QWidget* fieldWithLabel(const Theme& theme, const QString& text, QWidget* field)
{
    auto* both = new QWidget;
    auto* label = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, text);
    label->setBuddy(field);
    field->setAccessibleName(QString(text).remove(u'&'));
    auto* column = new QVBoxLayout(both);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(grid / 2);
    column->addWidget(label);
    column->addWidget(field);
    return both;
}

} // namespace

ProfileDialog::ProfileDialog(const Theme& theme, const Facts& facts, QWidget* parent)
    : QDialog(parent)
    , m_name(new TextField)
    , m_token(new ProfileTokenPanel(theme, {.kept = facts.existing.has_value(), .inEnvironment = facts.tokenInEnvironment}))
    , m_account(new QComboBox)
    , m_accountId(new TextField)
    , m_colour(new QComboBox)
    , m_production(new QCheckBox(tr("This is &production")))
    , m_advanced(new ProfileAdvanced(theme, facts.usualApiBase))
    , m_error(new ErrorCard(theme))
    , m_save(new Button(theme, Button::Kind::primary, tr("&Save")))
{
    setObjectName(names::profileDialog);
    setModal(true);
    build(theme, facts);
    connect(m_name, &QLineEdit::textChanged, this, &ProfileDialog::check);
    connect(m_token, &ProfileTokenPanel::changed, this, &ProfileDialog::touched);
    connect(m_token, &ProfileTokenPanel::pageRequested, this, &ProfileDialog::tokenPageRequested);
    connect(m_token, &ProfileTokenPanel::testRequested, this, [this] {
        setBusy(true);
        Q_EMIT testRequested();
    });
    connect(m_accountId, &QLineEdit::textChanged, this, &ProfileDialog::touched);
    // Another account, other rights: what was found holds for the one before.
    connect(m_account, &QComboBox::activated, this, [this] {
        showAccount();
        touched();
    });
    connect(m_advanced, &ProfileAdvanced::changed, this, &ProfileDialog::touched);
    connect(m_advanced, &ProfileAdvanced::caFileRequested, this, &ProfileDialog::caFileRequested);
    connect(m_advanced, &ProfileAdvanced::resized, this, [this] { fitHeight(*this); });

    const ProfileDraft draft = facts.existing.value_or(ProfileDraft());
    m_name->setText(draft.name);
    m_colour->setCurrentIndex(static_cast<int>(draft.colour));
    m_production->setChecked(draft.production);
    m_advanced->setDraft(draft);
    const QString account = draft.accountId.isEmpty() ? facts.accountInEnvironment : draft.accountId;
    fillAccounts(draft.accountName.isEmpty() ? std::vector<std::pair<QString, QString>>{} : std::vector{std::pair(draft.accountId, draft.accountName)}, account);
    if (facts.beginWithEnvironment)
        m_token->useEnvironment(true);
    check();
    m_name->setFocus();
    setMinimumWidth(fontMetrics().averageCharWidth() * 78);
    fitHeight(*this);
}

void ProfileDialog::build(const Theme& theme, const Facts& facts)
{
    const bool isNew = !facts.existing;
    setWindowTitle(isNew ? tr("Add Cloudflare account") : tr("Edit profile"));
    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::heading, isNew ? tr("Add a Cloudflare account") : tr("Edit “%1”").arg(facts.existing->name));
    title->setWordWrap(true);
    m_name->setObjectName(names::profileEditName);
    m_name->setPlaceholderText(tr("What you call it, such as Production"));
    m_name->setMaxLength(100);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 2 * grid);
    column->setSpacing(grid);
    column->addWidget(title);
    column->addWidget(fieldWithLabel(theme, tr("&Name"), m_name));
    column->addWidget(m_token);
    column->addWidget(buildAccount(theme));
    column->addLayout(buildLook(theme));
    column->addWidget(m_advanced);
    column->addWidget(m_error);
    column->addStretch(1);
    column->addSpacing(grid);
    column->addLayout(buildButtons(theme));
}

QWidget* ProfileDialog::buildAccount(const Theme& theme)
{
    m_account->setObjectName(names::profileAccount);
    m_account->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_accountId->setObjectName(names::profileAccountId);
    m_accountId->setLayoutDirection(Qt::LeftToRight);
    m_accountId->setAccessibleName(tr("Account ID"));
    m_accountId->setPlaceholderText(tr("Account ID: 32 characters, 0 to 9 and a to f"));
    QWidget* both = fieldWithLabel(theme, tr("Acc&ount"), m_account);
    both->layout()->addWidget(m_accountId);
    return both;
}

QLayout* ProfileDialog::buildLook(const Theme& theme)
{
    m_colour->setObjectName(names::profileEditColour);
    for (const ProfileColour colour : std::array{ProfileColour::none, ProfileColour::blue, ProfileColour::green, ProfileColour::amber, ProfileColour::violet, ProfileColour::red})
        m_colour->addItem(profileIcon(colour, theme.scheme()), profileColourName(colour), static_cast<int>(colour));
    m_production->setObjectName(names::profileIsProduction);
    m_production->setToolTip(tr("The window says so in its title and in a colour, and what deletes or rotates names the account."));
    auto* row = new QHBoxLayout;
    row->setSpacing(3 * grid);
    row->addWidget(fieldWithLabel(theme, tr("Co&lour in the window"), m_colour));
    row->addWidget(m_production, 0, Qt::AlignBottom);
    row->addStretch(1);
    return row;
}

QLayout* ProfileDialog::buildButtons(const Theme& theme)
{
    m_save->setObjectName(names::profileSave);
    m_save->setDefault(true);
    m_cancel = new Button(theme, Button::Kind::standard, tr("Cancel"));
    m_cancel->setObjectName(names::profileCancel);
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addStretch(1);
    row->addWidget(m_cancel);
    row->addWidget(m_save);
    connect(m_cancel, &Button::clicked, this, &ProfileDialog::reject);
    connect(m_save, &Button::clicked, this, [this] {
        const bool tried = m_tried != Tried::no;
        setBusy(true);
        Q_EMIT saveRequested(tried);
    });
    return row;
}

void ProfileDialog::fillAccounts(const std::vector<std::pair<QString, QString>>& accounts, const QString& current)
{
    m_account->clear();
    for (const auto& [id, name] : accounts)
        m_account->addItem(name.isEmpty() ? id : name, id);
    m_account->addItem(accounts.empty() ? tr("By its ID") : tr("Another, by its ID…"), QString(typedAccount));
    const int found = m_account->findData(current);
    if (found >= 0) {
        m_account->setCurrentIndex(found);
    } else if (!current.isEmpty() || accounts.empty()) {
        m_account->setCurrentIndex(m_account->count() - 1);
        m_accountId->setText(current);
    }
    showAccount();
}

void ProfileDialog::showAccount()
{
    const bool typed = m_account->currentData().toString() == typedAccount;
    m_accountId->setVisible(typed);
    m_account->setVisible(m_account->count() > 1);
    fitHeight(*this);
}

ProfileDraft ProfileDialog::draft() const
{
    const bool typed = m_account->currentData().toString() == typedAccount;
    ProfileDraft draft{.name = m_name->text().trimmed(),
                       .colour = static_cast<ProfileColour>(m_colour->currentData().toInt()),
                       .production = m_production->isChecked(),
                       .accountId = typed ? m_accountId->text().trimmed().toLower() : m_account->currentData().toString(),
                       .accountName = typed ? QString() : m_account->currentText(),
                       .zoneId = {},
                       .apiBase = {},
                       .caFile = {}};
    m_advanced->fill(draft);
    return draft;
}

/// What was found no longer holds for what would be saved.
void ProfileDialog::touched()
{
    m_tried = Tried::no;
    m_token->showFindings({});
    m_error->setText({});
    check();
}

void ProfileDialog::check()
{
    m_save->setEnabled(!m_busy && !m_name->text().trimmed().isEmpty() && m_token->source() != ProfileTokenPanel::Source::none);
    m_save->setText(m_tried == Tried::fails ? tr("&Save anyway") : tr("&Save"));
}

void ProfileDialog::setBusy(bool busy)
{
    m_busy = busy;
    if (busy)
        m_error->setText({});
    m_token->setBusy(busy);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_name, m_account, m_accountId, m_colour, m_production, m_advanced})
        widget->setEnabled(!busy);
    m_cancel->setText(busy ? tr("Stop") : tr("Cancel"));
    check();
}

void ProfileDialog::showReport(const ProfileReport& report)
{
    setBusy(false);
    m_tried = report.works ? Tried::works : Tried::fails;
    // The person's own choice stays, unless there was none.
    const ProfileDraft typed = draft();
    std::vector<std::pair<QString, QString>> accounts = report.accounts;
    if (accounts.empty() && !typed.accountName.isEmpty())
        accounts.emplace_back(typed.accountId, typed.accountName);
    {
        const QSignalBlocker quiet(m_accountId);
        fillAccounts(accounts, typed.accountId.isEmpty() ? report.accountId : typed.accountId);
    }
    m_token->showFindings(report.findings);
    check();
    fitHeight(*this);
    (report.works && m_save->isEnabled() ? static_cast<QWidget*>(m_save) : m_name)->setFocus();
}

void ProfileDialog::showError(const QString& text)
{
    setBusy(false);
    m_error->setText(text);
    fitHeight(*this);
}

void ProfileDialog::setCaFile(const QString& path)
{
    m_advanced->setCaFile(path);
}

void ProfileDialog::reject()
{
    if (m_busy)
        Q_EMIT cancelRequested();
    else
        QDialog::reject();
}

} // namespace latchkey::ui
