// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "PaletteModel.h"

#include "FuzzyMatch.h"

#include <QElapsedTimer>

#include <algorithm>

namespace latchkey::ui {

namespace {

constexpr qint64 turnLength = 4;       // milliseconds; a frame has 16
constexpr std::size_t betweenLooks = 256;   // at the clock

} // namespace

PaletteModel::PaletteModel(QList<QAction*> actions, PaletteTokens tokens, QObject* parent)
    : QAbstractListModel(parent)
    , m_actions(std::move(actions))
    , m_tokens(std::move(tokens))
{
    m_turn.setInterval(0);
    connect(&m_turn, &QTimer::timeout, this, &PaletteModel::lookOn);
    setPattern({});
}

void PaletteModel::setPattern(const QString& text)
{
    m_pattern = text.trimmed().toCaseFolded();
    m_foundTokens.clear();
    m_next = 0;
    findActions();
    // Without a word every token would answer; the list has them all already.
    if (m_pattern.isEmpty())
        m_turn.stop();
    else
        m_turn.start();
    show();
}

void PaletteModel::findActions()
{
    m_foundActions.clear();
    for (QAction* action : m_actions) {
        if (!action->isEnabled())
            continue;
        if (const auto score = fuzzyScore(m_pattern, action->iconText()))
            m_foundActions.push_back({*score, action, {}, action->iconText()});
    }
    if (!m_pattern.isEmpty())
        std::ranges::stable_sort(m_foundActions, std::greater(), &Found::score);
}

void PaletteModel::lookOn()
{
    QElapsedTimer time;
    time.start();
    const std::size_t count = m_tokens.count();
    bool news = false;
    while (m_next < count && (m_next % betweenLooks != 0 || time.elapsed() < turnLength)) {
        const access::ServiceToken* token = m_tokens.at(m_next++);
        if (!token)
            continue;
        const QString name = QString::fromStdString(token->name);
        const auto score = fuzzyScore(m_pattern, name);
        if (!score || (m_foundTokens.size() == mostTokens && *score <= m_foundTokens.back().score))
            continue;
        const auto place = std::ranges::upper_bound(m_foundTokens, *score, std::greater(), &Found::score);
        m_foundTokens.insert(place, {*score, nullptr, token->id, name});
        if (m_foundTokens.size() > mostTokens)
            m_foundTokens.pop_back();
        news = true;
    }
    const bool done = m_next >= count;
    if (done)
        m_turn.stop();
    if (news)
        show();
    if (done)
        Q_EMIT searched();
}

void PaletteModel::show()
{
    std::vector<Found> rows = m_foundActions;
    rows.insert(rows.end(), m_foundTokens.begin(), m_foundTokens.end());
    // A few dozen rows: the view loses nothing by a reset, and its current row is always the best one.
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

QAction* PaletteModel::actionAt(int row) const
{
    return m_rows[static_cast<std::size_t>(row)].action;
}

const access::TokenId& PaletteModel::tokenAt(int row) const
{
    return m_rows[static_cast<std::size_t>(row)].token;
}

int PaletteModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const
{
    const Found& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole: return row.name;
    case Qt::AccessibleTextRole: return row.action ? row.name : tr("Token %1").arg(row.name);
    case ShortcutRole: return row.action ? row.action->shortcut().toString(QKeySequence::NativeText) : tr("Token");
    default: return {};
    }
}

} // namespace latchkey::ui
