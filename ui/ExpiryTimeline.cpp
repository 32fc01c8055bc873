// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ExpiryTimeline.h"

#include "ObjectNames.h"
#include "TimelineBar.h"
#include "TokenModel.h"

#include <QButtonGroup>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLocale>

#include <algorithm>
#include <utility>

namespace latchkey::ui {

using namespace std::chrono_literals;

namespace {

constexpr int pastBar = 0;
constexpr int firstMonth = 1;
constexpr int laterBar = firstMonth + ExpiryTimeline::monthCount;
constexpr int neverBar = laterBar + 1;

Role roleOf(int bar)
{
    return bar == pastBar ? Role::danger : bar == firstMonth ? Role::warning : bar == neverBar ? Role::mutedText : Role::accent;
}

std::chrono::sys_seconds startOf(QDate month, const QTimeZone& zone)
{
    return std::chrono::sys_seconds(std::chrono::seconds(QDateTime(month, QTime(0, 0), zone).toSecsSinceEpoch()));
}

} // namespace

std::array<ExpiryTimeline::Span, ExpiryTimeline::barCount> ExpiryTimeline::spansAt(std::chrono::sys_seconds now, const QTimeZone& zone)
{
    std::array<Span, barCount> spans;
    spans[pastBar] = {{.from = {}, .to = now}, tr("Past"), QStringLiteral("<"), tr("Past their end")};
    const QLocale locale;
    const QDate today = QDateTime::fromSecsSinceEpoch(now.time_since_epoch().count(), zone).date();
    QDate month(today.year(), today.month(), 1);
    std::chrono::sys_seconds from = now;
    for (int i = 0; i < monthCount; ++i) {
        const QDate next = month.addMonths(1);
        const std::chrono::sys_seconds to = startOf(next, zone);
        spans[static_cast<std::size_t>(firstMonth + i)] = {{.from = from, .to = to},
                                                           locale.standaloneMonthName(month.month(), QLocale::ShortFormat),
                                                           locale.standaloneMonthName(month.month(), QLocale::NarrowFormat),
                                                           locale.toString(month, QStringLiteral("MMMM yyyy"))};
        from = to;
        month = next;
    }
    spans[laterBar] = {{.from = from, .to = {}}, tr("Later"), QStringLiteral(">"),
                       tr("%1 or later", "a month").arg(locale.toString(month, QStringLiteral("MMMM yyyy")))};
    // Nothing ends before the first second there is: only those without an end are left.
    spans[neverBar] = {{.from = std::chrono::sys_seconds::max(), .to = {}, .never = true}, tr("Never"), QStringLiteral("∞"), tr("Never end")};
    return spans;
}

ExpiryTimeline::ExpiryTimeline(const Theme& theme, TokenModel& model, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_group(new QButtonGroup(this))
{
    setObjectName(names::expiryTimeline);
    setAccessibleName(tr("When tokens end"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    for (int i = 0; i < barCount; ++i) {
        auto* bar = new TimelineBar(theme, roleOf(i), this);
        // One stop on the way with Tab; from there the arrow keys go on.
        bar->setFocusPolicy(i == pastBar ? Qt::StrongFocus : Qt::ClickFocus);
        m_bars[static_cast<std::size_t>(i)] = bar;
        m_group->addButton(bar, i);
        row->addWidget(bar);
    }
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_counting.setSingleShot(true);
    m_counting.setInterval(100ms);
    connect(&m_counting, &QTimer::timeout, this, [this] {
        if (std::exchange(m_changedSince, false))
            count();
    });
    connect(&model, &TokenModel::countsChanged, this, [this] {
        if (m_counting.isActive()) {
            m_changedSince = true;
            return;
        }
        m_counting.start();
        count();
    });
    connect(&model, &TokenModel::shownChanged, this, &ExpiryTimeline::showChosen);
    connect(m_group, &QButtonGroup::idClicked, this, &ExpiryTimeline::choose);
    count();
}

QSize ExpiryTimeline::sizeHint() const
{
    return layout()->sizeHint();
}

QSize ExpiryTimeline::minimumSizeHint() const
{
    return layout()->minimumSize();
}

void ExpiryTimeline::count()
{
    m_spans = spansAt(m_model.now(), QTimeZone::systemTimeZone());
    std::array<int, barCount> counts{};
    const TokenIndex& index = m_model.index();
    for (std::size_t slot = 0; slot < index.slotCount(); ++slot) {
        const access::ServiceToken* token = index.tokenIn(slot);
        if (!token)
            continue;
        const auto bar = std::ranges::find_if(m_spans, [&](const Span& span) { return span.span.holds(token->expiresAt); });
        if (bar != m_spans.end())
            ++counts[static_cast<std::size_t>(bar - m_spans.begin())];
    }
    const int highest = std::max(1, *std::ranges::max_element(counts));
    for (std::size_t i = 0; i < counts.size(); ++i) {
        m_bars[i]->setWords(m_spans[i].label, m_spans[i].sign, m_spans[i].longText);
        m_bars[i]->setCount(counts[i], m_model.dates().count(counts[i]), static_cast<double>(counts[i]) / highest);
    }
    // Time went on: the chosen span goes on with it.
    if (const int chosen = m_group->checkedId(); chosen >= 0 && m_model.span())
        m_model.setSpan(m_spans[static_cast<std::size_t>(chosen)].span);
}

void ExpiryTimeline::clearChoice()
{
    m_model.setSpan({});
    showChosen();
}

void ExpiryTimeline::choose(int bar)
{
    // The group says which was clicked after it changed: the one whose span is shown already is chosen to let go of it.
    const ExpirySpan& span = m_spans[static_cast<std::size_t>(bar)].span;
    if (m_model.span() == span)
        m_model.setSpan({});
    else
        m_model.setSpan(span);
    showChosen();
}

void ExpiryTimeline::showChosen()
{
    QAbstractButton* const checked = m_group->checkedButton();
    if (m_model.span() || !checked)
        return;
    m_group->setExclusive(false);
    checked->setChecked(false);
    m_group->setExclusive(true);
}

} // namespace latchkey::ui
