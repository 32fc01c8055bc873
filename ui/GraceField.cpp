// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "GraceField.h"

#include "OperationNames.h"
#include "TextLabel.h"

#include <QComboBox>
#include <QDateTimeEdit>
#include <QVBoxLayout>

namespace latchkey::ui {

using std::chrono::sys_seconds;

namespace {

constexpr qint64 untilADate = -1;
constexpr std::chrono::days longestGrace{366};   ///< Our choice: a previous secret kept longer is a forgotten one.

} // namespace

GraceField::GraceField(const Theme& theme, Purpose purpose, sys_seconds now, QWidget* parent)
    : QWidget(parent)
    , m_purpose(purpose)
    , m_now(now)
    , m_choice(new QComboBox)
    , m_date(new QDateTimeEdit)
    , m_hint(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
{
    auto* label = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("The previous secret stays &accepted"));
    label->setBuddy(m_choice);
    m_choice->setObjectName(names::graceChoice);
    m_choice->setAccessibleName(tr("The previous secret stays accepted"));
    if (purpose == Purpose::rotation)
        m_choice->addItem(tr("Not at all: it stops immediately"), qint64{0});
    m_choice->addItem(tr("For 1 hour"), qint64{3600});
    m_choice->addItem(tr("For 24 hours"), qint64{86400});
    m_choice->addItem(tr("For 7 days"), qint64{7 * 86400});
    m_choice->addItem(tr("For 30 days"), qint64{30 * 86400});
    m_choice->addItem(tr("Until a date…"), untilADate);
    m_choice->setCurrentIndex(m_choice->findData(qint64{86400}));
    m_date->setObjectName(names::graceDate);
    m_date->setAccessibleName(tr("The date until which it is accepted"));
    m_date->setButtonSymbols(QAbstractSpinBox::NoButtons);   // arrow keys step what the cursor stands in
    m_date->setFrame(false);
    m_date->setDateTime(QDateTime::fromSecsSinceEpoch((now + std::chrono::days(7)).time_since_epoch().count()));
    m_date->hide();
    m_hint->setObjectName(names::graceHint);
    m_hint->setWordWrap(true);

    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(m_choice, 1);
    row->addWidget(m_date, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(label);
    column->addLayout(row);
    column->addWidget(m_hint);
    setFocusProxy(m_choice);
    connect(m_choice, &QComboBox::currentIndexChanged, this, [this] {
        m_date->setVisible(seconds() == untilADate);
        describe();
        Q_EMIT changed();
    });
    connect(m_date, &QDateTimeEdit::dateTimeChanged, this, [this] {
        describe();
        Q_EMIT changed();
    });
    describe();
}

QWidget* GraceField::firstField() const
{
    return m_choice;
}

qint64 GraceField::seconds() const
{
    return m_choice->currentData().toLongLong();
}

std::optional<sys_seconds> GraceField::end(sys_seconds now) const
{
    if (seconds() == 0)
        return std::nullopt;
    if (seconds() == untilADate)
        return sys_seconds(std::chrono::seconds(m_date->dateTime().toSecsSinceEpoch()));
    return now + std::chrono::seconds(seconds());
}

bool GraceField::isValid() const
{
    const auto until = end(m_now);
    return !until || (*until > m_now && *until <= m_now + longestGrace);
}

void GraceField::setNow(sys_seconds now)
{
    m_now = now;
    describe();
}

void GraceField::describe()
{
    const auto until = end(m_now);
    QString words;
    if (!until)
        words = tr("Whatever still uses the previous secret is refused from that moment on.");
    else if (!isValid())
        words = *until <= m_now ? tr("This date is past. Choose a later one.") : tr("At most one year from now.");
    else
        words = tr("Both secrets are accepted until then: %1", "relative and absolute date").arg(m_dates.both(*until, m_now));
    const bool grave = !until || !isValid();
    m_hint->setRole(!isValid() ? Role::danger : grave ? Role::warning : Role::mutedText);
    m_hint->setText(words);
    m_choice->setAccessibleDescription(words);
}

} // namespace latchkey::ui
