// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "DurationField.h"

#include "ObjectNames.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QComboBox>
#include <QVBoxLayout>

namespace latchkey::ui {

using namespace Qt::StringLiterals;

namespace {

/// The item data that stands for "as it is"; no duration reads so.
constexpr QLatin1StringView asItIs{"unchanged"};

} // namespace

DurationField::DurationField(const Theme& theme, std::chrono::sys_seconds now, QWidget* parent)
    : QWidget(parent)
    , m_now(now)
    , m_choice(new QComboBox)
    , m_custom(new TextField)
    , m_end(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
{
    auto* label = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("Valid &for"));
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
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(label);
    column->addLayout(row);
    column->addWidget(m_end);
    setFocusProxy(m_choice);
    connect(m_choice, &QComboBox::currentIndexChanged, this, [this] {
        const bool custom = m_choice->currentData().toString().isEmpty();
        m_custom->setVisible(custom);
        if (custom)
            m_custom->setFocus();
        check();
        Q_EMIT changed();
    });
    connect(m_custom, &QLineEdit::textChanged, this, [this] {
        check();
        Q_EMIT changed();
    });
    connect(m_custom, &QLineEdit::returnPressed, this, &DurationField::returnPressed);
    check();
}

void DurationField::setNow(std::chrono::sys_seconds now)
{
    m_now = now;
    check();
}

void DurationField::offerUnchanged(const QString& words, const QString& hint)
{
    m_unchangedHint = hint;
    m_choice->insertItem(0, words, QString(asItIs));
    m_choice->setCurrentIndex(0);
    check();
}

bool DurationField::isUnchanged() const
{
    return m_choice->currentData().toString() == asItIs;
}

Result<access::Duration> DurationField::duration() const
{
    const QString chosen = m_choice->currentData().toString();
    return access::Duration::parse((chosen.isEmpty() ? m_custom->text().trimmed() : chosen).toStdString());
}

bool DurationField::validate()
{
    check();
    if (isUnchanged() || duration())
        return true;
    m_custom->setInvalid(true);
    m_end->setRole(Role::danger);
    m_custom->setFocus();
    return false;
}

void DurationField::check()
{
    const bool custom = m_choice->currentData().toString().isEmpty();
    const Result<access::Duration> parsed = duration();
    const bool wrong = custom && !parsed && !m_custom->text().trimmed().isEmpty();
    QString hint;
    if (isUnchanged())
        hint = m_unchangedHint;
    else if (!parsed)
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

} // namespace latchkey::ui
