// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenTable.h"

#include "ObjectNames.h"
#include "Theme.h"
#include "ThemeStyle.h"
#include "TokenDelegate.h"
#include "TokenFilterModel.h"

#include <QDataStream>
#include <QHeaderView>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <array>

namespace latchkey::ui {

namespace {

constexpr int iconSide = 16;
constexpr int leastNameCharacters = 16;

/// The order in which columns give way. State and name always stay.
constexpr std::array givesWay{TokenModel::Created, TokenModel::ClientId, TokenModel::LastSeen, TokenModel::Expires};

} // namespace

TokenTable::TokenTable(const Theme& theme, TokenFilterModel& tokens, QWidget* parent)
    : QTableView(parent)
    , m_theme(theme)
    , m_delegate(new TokenDelegate(theme, this))
{
    setObjectName(names::tokenTable);
    setAccessibleName(tr("Service tokens"));
    setModel(&tokens);
    setItemDelegate(m_delegate);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setTabKeyNavigation(false);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMouseTracking(true);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);

    QHeaderView* header = horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsMovable(true);
    header->setFirstSectionMovable(false);
    header->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    header->setSectionResizeMode(QHeaderView::Interactive);
    header->setSectionResizeMode(TokenModel::Name, QHeaderView::Stretch);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header, &QHeaderView::customContextMenuRequested, this, &TokenTable::showColumnMenu);

    setSortingEnabled(true);
    sortByColumn(TokenModel::Expires, Qt::AscendingOrder);
    applyFont();
    setDefaultWidths();
}

void TokenTable::applyFont()
{
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 20);
    horizontalHeader()->setMinimumSectionSize(fontMetrics().averageCharWidth() * 6);
    horizontalHeader()->setFont(Theme::captionFont());
}

void TokenTable::setDefaultWidths()
{
    const QFontMetrics body = fontMetrics();
    const QFontMetrics code(Theme::codeFont());
    const auto widest = [&](std::initializer_list<QString> texts) {
        int width = 0;
        for (const QString& text : texts)
            width = qMax(width, body.horizontalAdvance(text));
        return width + cellPadding + grid;
    };
    using namespace std::chrono_literals;
    const DateText dates;
    const std::chrono::sys_seconds noon{1'790'596'800s};   // 28 September: as wide as a date gets
    setColumnWidth(TokenModel::State, widest({TokenModel::stateWord(access::TokenState::expiresSoon), TokenModel::stateWord(access::TokenState::disabled)})
                       + iconSide + firstColumnPadding - cellPadding + 6);
    setColumnWidth(TokenModel::ClientId, code.horizontalAdvance(QStringLiteral("a428…cf05.access")) + cellPadding + grid);
    setColumnWidth(TokenModel::Created, widest({dates.date(noon)}));
    setColumnWidth(TokenModel::Expires, widest({dates.relative(noon + 23h * 365, noon), dates.relative(noon, noon + 23h)}));
    setColumnWidth(TokenModel::LastSeen, widest({dates.seen(noon - 50min, noon)}));
}

void TokenTable::fitColumns()
{
    const int leastName = fontMetrics().averageCharWidth() * leastNameCharacters;
    int room = viewport()->width() - leastName;
    std::array<bool, TokenModel::ColumnCount> hidden{};
    for (int column = 0; column < TokenModel::ColumnCount; ++column) {
        hidden[static_cast<std::size_t>(column)] = (m_hiddenByPerson >> column) & 1;
        if (column != TokenModel::Name && !hidden[static_cast<std::size_t>(column)]) {
            const bool now = isColumnHidden(column);
            if (now)
                setColumnHidden(column, false);   // its width is known only while it is shown
            room -= columnWidth(column);
        }
    }
    for (const int column : givesWay) {
        if (room >= 0)
            break;
        if (hidden[static_cast<std::size_t>(column)])
            continue;
        room += columnWidth(column);
        hidden[static_cast<std::size_t>(column)] = true;
    }
    for (int column = 0; column < TokenModel::ColumnCount; ++column)
        setColumnHidden(column, hidden[static_cast<std::size_t>(column)]);
}

int TokenTable::leastWidth() const
{
    return columnWidth(TokenModel::State) + columnWidth(TokenModel::Expires) + fontMetrics().averageCharWidth() * leastNameCharacters
        + style()->pixelMetric(QStyle::PM_ScrollBarExtent) + 2;
}

QByteArray TokenTable::saveColumns() const
{
    QByteArray state;
    QDataStream out(&state, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_4);
    out << horizontalHeader()->saveState() << m_hiddenByPerson;
    return state;
}

bool TokenTable::restoreColumns(const QByteArray& state)
{
    QByteArray header;
    quint32 hidden = 0;
    QDataStream in(state);
    in.setVersion(QDataStream::Qt_6_4);
    in >> header >> hidden;
    if (in.status() != QDataStream::Ok || !horizontalHeader()->restoreState(header))
        return false;
    m_hiddenByPerson = hidden;
    horizontalHeader()->setSectionResizeMode(TokenModel::Name, QHeaderView::Stretch);
    sortByColumn(horizontalHeader()->sortIndicatorSection(), horizontalHeader()->sortIndicatorOrder());
    fitColumns();
    return true;
}

void TokenTable::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        fitColumns();
}

void TokenTable::paintEvent(QPaintEvent* event)
{
    QTableView::paintEvent(event);
    if (!hasFocus() || !currentIndex().isValid() || !window()->testAttribute(Qt::WA_KeyboardFocusChange))
        return;
    // One ring round the current row: a row is what is chosen, not a cell.
    const int row = currentIndex().row();
    const QRect rect(0, rowViewportPosition(row), viewport()->width(), rowHeight(row) - 1);
    QPainter painter(viewport());
    drawRounded(painter, QRectF(rect), {}, m_theme.color(Role::accentText), 2, 1.5);
}

void TokenTable::mouseMoveEvent(QMouseEvent* event)
{
    setHoveredRow(indexAt(event->position().toPoint()).row());
    QTableView::mouseMoveEvent(event);
}

void TokenTable::leaveEvent(QEvent* event)
{
    setHoveredRow(-1);
    QTableView::leaveEvent(event);
}

void TokenTable::changeEvent(QEvent* event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange && m_delegate)
        applyFont();
}

void TokenTable::setHoveredRow(int row)
{
    if (row == m_hoveredRow)
        return;
    m_hoveredRow = row;
    m_delegate->setHoveredRow(row);
    viewport()->update();
}

void TokenTable::showColumnMenu(const QPoint& position)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 0; column < TokenModel::ColumnCount; ++column) {
        if (column == TokenModel::Name)
            continue;
        QAction* action = menu->addAction(model()->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        action->setCheckable(true);
        action->setChecked(!((m_hiddenByPerson >> column) & 1));
        connect(action, &QAction::toggled, this, [this, column](bool shown) {
            m_hiddenByPerson = shown ? m_hiddenByPerson & ~(1u << column) : m_hiddenByPerson | (1u << column);
            fitColumns();
        });
    }
    menu->popup(horizontalHeader()->viewport()->mapToGlobal(position));
}

} // namespace latchkey::ui
