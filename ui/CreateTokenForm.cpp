// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CreateTokenForm.h"

#include "BusyIndicator.h"
#include "Button.h"
#include "IconLabel.h"
#include "ObjectNames.h"
#include "Panel.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QVBoxLayout>

namespace latchkey::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype longestName = 255;
constexpr qsizetype counterFrom = 200;   ///< Nobody needs a counter before.

qsizetype characters(const QString& text)
{
    return text.toUcs4().size();
}

} // namespace

CreateTokenForm::CreateTokenForm(const Theme& theme, std::chrono::sys_seconds now, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_now(now)
    , m_name(new TextField)
    , m_nameHint(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_choice(new QComboBox)
    , m_custom(new TextField)
    , m_end(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_keep(new QCheckBox(tr("&Keep the secret in this computer's keychain")))
    , m_keepHint(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_errorPanel(new Panel(theme, Role::dangerSurface))
    , m_error(new TextLabel(theme, Role::text, TextLabel::Size::body))
    , m_busySign(new BusyIndicator(theme, 2 * grid))
    , m_submit(new Button(theme, Button::Kind::primary, tr("&Create token")))
    , m_cancel(new Button(theme, Button::Kind::standard, tr("Cancel")))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 3 * grid);
    column->setSpacing(6);
    column->addWidget(new TextLabel(theme, Role::text, TextLabel::Size::heading, tr("Create a service token")));
    column->addSpacing(10);
    buildName(*column);
    column->addSpacing(10);
    buildDuration(*column);
    column->addSpacing(10);
    buildKeep(*column);
    column->addStretch(1);
    buildButtons(*column);

    // One by one: the form that takes a list came with Qt 6.6.
    QWidget* previous = m_name;
    for (QWidget* next : std::initializer_list<QWidget*>{m_choice, m_custom, m_keep, m_cancel, m_submit}) {
        QWidget::setTabOrder(previous, next);
        previous = next;
    }
    setKeychainUnusable(std::nullopt);
    checkName();
    checkDuration();
    m_name->setFocus();
}

void CreateTokenForm::buildName(QVBoxLayout& column)
{
    auto* label = new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body, tr("&Name"));
    label->setBuddy(m_name);
    m_name->setObjectName(names::createName);
    m_name->setAccessibleName(tr("Name"));
    m_name->setPlaceholderText(tr("What uses it, such as grafana-prod"));
    m_nameHint->setObjectName(names::createNameHint);
    column.addWidget(label);
    column.addWidget(m_name);
    column.addWidget(m_nameHint);
    connect(m_name, &QLineEdit::textEdited, this, [this] { m_nameTouched = true; });
    connect(m_name, &QLineEdit::textChanged, this, &CreateTokenForm::checkName);
    connect(m_name, &QLineEdit::returnPressed, this, &CreateTokenForm::submit);
}

void CreateTokenForm::buildDuration(QVBoxLayout& column)
{
    auto* label = new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body, tr("Valid &for"));
    label->setBuddy(m_choice);
    m_choice->setObjectName(names::createDuration);
    m_choice->setAccessibleName(tr("Valid for"));
    m_choice->addItem(tr("3 months (90 days)"), u"2160h"_s);
    m_choice->addItem(tr("6 months (180 days)"), u"4320h"_s);
    m_choice->addItem(tr("1 year"), u"8760h"_s);
    m_choice->addItem(tr("2 years"), u"17520h"_s);
    m_choice->addItem(tr("Without an end"), u"forever"_s);
    m_choice->addItem(tr("Custom…"), QString());
    m_choice->setCurrentIndex(2);
    m_choice->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_custom->setObjectName(names::createCustom);
    m_custom->setAccessibleName(tr("Custom duration, such as 8760h or 2h45m"));
    m_custom->setPlaceholderText(tr("8760h or 2h45m"));
    m_custom->hide();
    m_end->setObjectName(names::createEnd);
    m_end->setWordWrap(true);
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(m_choice, 1);
    row->addWidget(m_custom, 1);
    column.addWidget(label);
    column.addLayout(row);
    column.addWidget(m_end);
    connect(m_choice, &QComboBox::currentIndexChanged, this, [this] {
        const bool custom = m_choice->currentData().toString().isEmpty();
        m_custom->setVisible(custom);
        if (custom)
            m_custom->setFocus();
        checkDuration();
    });
    connect(m_custom, &QLineEdit::textChanged, this, &CreateTokenForm::checkDuration);
    connect(m_custom, &QLineEdit::returnPressed, this, &CreateTokenForm::submit);
}

void CreateTokenForm::buildKeep(QVBoxLayout& column)
{
    m_keep->setObjectName(names::createKeep);
    m_keep->setChecked(true);
    m_keepHint->setObjectName(names::createKeepHint);
    m_keepHint->setWordWrap(true);
    m_keepHint->setContentsMargins(3 * grid, 0, 0, 0);
    column.addWidget(m_keep);
    column.addWidget(m_keepHint);
}

void CreateTokenForm::buildButtons(QVBoxLayout& column)
{
    m_errorPanel->setCard(true);
    m_error->setObjectName(names::createError);
    m_error->setWordWrap(true);
    auto* errorRow = new QHBoxLayout(m_errorPanel);
    errorRow->setContentsMargins(10, grid, 10, grid);
    errorRow->addWidget(new IconLabel(m_theme, IconName::warning, Role::danger), 0, Qt::AlignTop);
    errorRow->addWidget(m_error, 1);
    m_errorPanel->hide();
    column.addSpacing(grid);
    column.addWidget(m_errorPanel);

    auto* line = new Panel(m_theme, Role::hairline);
    line->setFixedHeight(1);
    m_submit->setObjectName(names::createSubmit);
    m_cancel->setObjectName(names::createCancel);
    m_busySign->hide();
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(m_busySign);
    row->addStretch(1);
    row->addWidget(m_cancel);
    row->addWidget(m_submit);
    column.addSpacing(grid);
    column.addWidget(line);
    column.addSpacing(grid);
    column.addLayout(row);
    connect(m_submit, &Button::clicked, this, &CreateTokenForm::submit);
    connect(m_cancel, &Button::clicked, this, &CreateTokenForm::cancelled);
}

void CreateTokenForm::setNow(std::chrono::sys_seconds now)
{
    m_now = now;
    checkDuration();
}

void CreateTokenForm::setKeychainUnusable(const std::optional<QString>& reason)
{
    const bool keepable = !reason;
    if (keepable != m_keepable)
        m_keep->setChecked(keepable);
    m_keepable = keepable;
    m_keep->setEnabled(keepable && !m_busy);
    m_keepHint->setRole(reason ? Role::warning : Role::mutedText);
    m_keepHint->setText(reason ? tr("It cannot be kept now. %1 You can still create the token and copy the secret once.").arg(*reason)
                               : tr("Latchkey can then copy it later. Otherwise it is shown once and never again."));
    m_keep->setAccessibleDescription(m_keepHint->text());
}

std::string CreateTokenForm::name() const
{
    QString text = m_name->text();
    for (QChar& character : text) {
        if (character.category() == QChar::Other_Control)
            character = u' ';   // a pasted line break
    }
    return text.trimmed().toStdString();
}

Result<access::Duration> CreateTokenForm::duration() const
{
    const QString choice = m_choice->currentData().toString();
    return access::Duration::parse((choice.isEmpty() ? m_custom->text().trimmed() : choice).toStdString());
}

void CreateTokenForm::checkName()
{
    const qsizetype length = characters(m_name->text().trimmed());
    QString hint;
    bool wrong = false;
    if (length > longestName) {
        wrong = true;
        hint = tr("%n character(s) too many: a name has at most 255.", nullptr, static_cast<int>(length - longestName));
    } else if (length == 0 && m_nameTouched) {
        wrong = true;
        hint = tr("Enter a name.");
    } else if (length >= counterFrom) {
        hint = tr("%1 of 255 characters").arg(length);
    } else {
        hint = tr("It appears in logs and tells tokens apart.");
    }
    m_name->setInvalid(wrong);
    m_name->setAccessibleDescription(hint);
    m_nameHint->setText(hint);
    m_nameHint->setRole(wrong ? Role::danger : Role::mutedText);
}

void CreateTokenForm::checkDuration()
{
    const bool custom = m_choice->currentData().toString().isEmpty();
    const Result<access::Duration> parsed = duration();
    const bool wrong = custom && !parsed && !m_custom->text().trimmed().isEmpty();
    QString hint;
    if (!parsed)
        hint = wrong ? QString::fromStdString(parsed.error().message)
                     : tr("Hours, minutes and seconds, such as 8760h or 2h45m; or forever.");
    else if (const auto end = parsed->endFrom(m_now))
        hint = tr("Ends %1", "relative and absolute date").arg(m_dates.both(*end, m_now));
    else
        hint = tr("It never ends. Delete it when it is no longer needed.");
    m_custom->setInvalid(wrong);
    m_custom->setAccessibleDescription(hint);
    m_choice->setAccessibleDescription(hint);
    m_end->setText(hint);
    m_end->setRole(wrong ? Role::danger : Role::mutedText);
}

void CreateTokenForm::submit()
{
    if (m_busy)
        return;
    m_nameTouched = true;
    checkName();
    checkDuration();
    const std::string chosenName = name();
    if (chosenName.empty() || m_name->isInvalid()) {
        m_name->setFocus();
        return;
    }
    const Result<access::Duration> chosen = duration();
    if (!chosen) {
        m_custom->setInvalid(true);
        m_end->setRole(Role::danger);
        m_custom->setFocus();
        return;
    }
    m_errorPanel->hide();
    const CreateTokenRequest request{.name = chosenName, .duration = *chosen, .keep = m_keepable && m_keep->isChecked()};
    setBusy(true);
    Q_EMIT submitted(request);
}

void CreateTokenForm::setBusy(bool busy)
{
    m_busy = busy;
    m_name->setEnabled(!busy);
    m_choice->setEnabled(!busy);
    m_custom->setEnabled(!busy);
    m_keep->setEnabled(m_keepable && !busy);
    m_submit->setEnabled(!busy);
    m_submit->setText(busy ? tr("Creating…") : tr("&Create token"));
    m_busySign->setVisible(busy);
    if (busy)
        m_cancel->setFocus();
}

void CreateTokenForm::showError(const QString& text)
{
    setBusy(false);
    m_error->setText(text);
    m_errorPanel->setVisible(!text.isEmpty());
    m_submit->setFocus();
}

} // namespace latchkey::ui
