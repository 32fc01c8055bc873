// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenTable.h"

#include "ColumnMenu.h"
#include "ObjectNames.h"
#include "Theme.h"
#include "ThemeStyle.h"
#include "TokenDelegate.h"
#include "TokenModel.h"

#include <QDataStream>
#include <QHeaderView>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <array>
#include <string_view>

namespace latchkey::ui {

namespace {

constexpr int stateIconSide = 16;
constexpr int leastNameCharacters = 16;

/// The order in which columns give way. State and name always stay.
constexpr std::array givesWay{TokenModel::Owner,    TokenModel::Lifetime, TokenModel::Created, TokenModel::UsedBy,
                              TokenModel::ClientId, TokenModel::LastSeen, TokenModel::Account, TokenModel::Expires};

constexpr std::uint32_t bitOf(int column)
{
    return 1u << static_cast<unsigned>(column);
}

constexpr std::uint32_t hiddenAtFirst = bitOf(TokenModel::Lifetime) | bitOf(TokenModel::Owner);

/// By which a layout that was kept knows a column, whatever columns there are by then.
constexpr std::array<const char*, TokenModel::ColumnCount> columnKeys{"state", "name",    "profile", "clientId", "expires", "lastSeen",
                                                                      "usedBy", "created", "duration", "owner"};

constexpr quint8 columnsVersion = 2;

} // namespace

TokenTable::TokenTable(const Theme& theme, TokenModel& tokens, QWidget* parent)
    : QTableView(parent)
    , m_theme(theme)
    , m_delegate(new TokenDelegate(theme, this))
    , m_hiddenByPerson(hiddenAtFirst)
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
    connect(header, &QHeaderView::sectionResized, this, [this](int column, int, int width) {
        if (width > 0)   // hidden is not narrow
            m_widths[static_cast<std::size_t>(column)] = width;
    });

    setSortingEnabled(true);
    sortByColumn(TokenModel::Expires, Qt::AscendingOrder);
    applyFont();
    setDefaultWidths();
    setColumnHidden(TokenModel::Account, true);
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
                       + stateIconSide + firstColumnPadding - cellPadding + 6);
    setColumnWidth(TokenModel::ClientId, code.horizontalAdvance(QStringLiteral("a428…cf05.access")) + cellPadding + grid);
    setColumnWidth(TokenModel::Created, widest({dates.date(noon)}));
    setColumnWidth(TokenModel::Expires, widest({dates.relative(noon + 23h * 365, noon), dates.relative(noon, noon + 23h)}));
    setColumnWidth(TokenModel::LastSeen, widest({dates.seen(noon - 50min, noon)}));
    setColumnWidth(TokenModel::UsedBy, widest({TokenModel::tr("%n application(s)", nullptr, 20), TokenModel::tr("Not used")}));
    setColumnWidth(TokenModel::Lifetime, widest({dates.length(access::Duration::hours(90 * 24))}));
    setColumnWidth(TokenModel::Account, fontMetrics().averageCharWidth() * 18);
    setColumnWidth(TokenModel::Owner, fontMetrics().averageCharWidth() * 18);
    for (int column = 0; column < TokenModel::ColumnCount; ++column)
        m_widths[static_cast<std::size_t>(column)] = columnWidth(column);
}

void TokenTable::fitColumns()
{
    const int leastName = fontMetrics().averageCharWidth() * leastNameCharacters;
    int room = viewport()->width() - leastName;
    std::uint32_t hidden = m_hiddenByPerson | (m_accountsShown ? 0 : bitOf(TokenModel::Account));
    for (int column = 0; column < TokenModel::ColumnCount; ++column) {
        if (column != TokenModel::Name && !(hidden & bitOf(column)))
            room -= m_widths[static_cast<std::size_t>(column)];
    }
    for (const int column : givesWay) {
        if (room >= 0)
            break;
        if (hidden & bitOf(column))
            continue;
        room += m_widths[static_cast<std::size_t>(column)];
        hidden |= bitOf(column);
    }
    for (int column = 0; column < TokenModel::ColumnCount; ++column)
        setColumnHidden(column, (hidden & bitOf(column)) != 0);
}

int TokenTable::leastWidth() const
{
    return m_widths[TokenModel::State] + m_widths[TokenModel::Expires] + fontMetrics().averageCharWidth() * leastNameCharacters
        + style()->pixelMetric(QStyle::PM_ScrollBarExtent) + 2;
}

QByteArray TokenTable::saveColumns() const
{
    QByteArray state;
    QDataStream out(&state, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_4);
    const QHeaderView* header = horizontalHeader();
    out << columnsVersion << quint8(TokenModel::ColumnCount);
    for (int place = 0; place < TokenModel::ColumnCount; ++place) {
        const auto column = static_cast<std::size_t>(header->logicalIndex(place));
        out << QByteArray(columnKeys[column]) << qint32(m_widths[column]) << bool(m_hiddenByPerson & bitOf(static_cast<int>(column)));
    }
    out << QByteArray(columnKeys[static_cast<std::size_t>(header->sortIndicatorSection())]) << (header->sortIndicatorOrder() == Qt::DescendingOrder);
    return state;
}

bool TokenTable::restoreColumns(const QByteArray& state)
{
    const auto columnOf = [](const QByteArray& key) {
        const auto found = std::ranges::find(columnKeys, std::string_view(key.constData(), static_cast<std::size_t>(key.size())),
                                             [](const char* text) { return std::string_view(text); });
        return found == columnKeys.end() ? -1 : static_cast<int>(found - columnKeys.begin());
    };
    struct Kept {
        int column;
        int width;
        bool hidden;
    };
    std::vector<Kept> kept;
    quint8 version = 0;
    quint8 count = 0;
    QByteArray key;
    bool descending = false;
    QDataStream in(state);
    in.setVersion(QDataStream::Qt_6_4);
    in >> version >> count;
    if (version != columnsVersion)
        return false;
    for (quint8 i = 0; i < count && in.status() == QDataStream::Ok; ++i) {
        qint32 width = 0;
        bool hidden = false;
        in >> key >> width >> hidden;
        if (const int column = columnOf(key); column >= 0 && width > 0)
            kept.push_back({column, width, hidden});
    }
    in >> key >> descending;
    const int sorted = columnOf(key);
    if (in.status() != QDataStream::Ok || sorted < 0)
        return false;
    QHeaderView* header = horizontalHeader();
    int place = 0;
    for (const Kept& one : kept) {
        header->moveSection(header->visualIndex(one.column), place++);
        m_widths[static_cast<std::size_t>(one.column)] = one.width;
        setColumnWidth(one.column, one.width);
        m_hiddenByPerson = one.hidden ? m_hiddenByPerson | bitOf(one.column) : m_hiddenByPerson & ~bitOf(one.column);
    }
    sortByColumn(sorted, descending ? Qt::DescendingOrder : Qt::AscendingOrder);
    fitColumns();
    return true;
}

bool TokenTable::isColumnChosen(int column) const
{
    return isColumnOffered(column) && !(m_hiddenByPerson & bitOf(column));
}

bool TokenTable::isColumnOffered(int column) const
{
    return column != TokenModel::Account || m_accountsShown;
}

void TokenTable::setAccountsShown(bool shown)
{
    m_accountsShown = shown;
    fitColumns();
}

void TokenTable::chooseColumn(int column, bool chosen)
{
    m_hiddenByPerson = chosen ? m_hiddenByPerson & ~bitOf(column) : m_hiddenByPerson | bitOf(column);
    fitColumns();
}

QList<int> TokenTable::chosenColumns() const
{
    QList<int> columns;
    for (int place = 0; place < TokenModel::ColumnCount; ++place) {
        const int column = horizontalHeader()->logicalIndex(place);
        if (isColumnChosen(column))
            columns << column;
    }
    return columns;
}

void TokenTable::moveColumn(int column, int by)
{
    // Past its neighbour that is shown; the state stays first.
    const QList<int> columns = chosenColumns();
    const qsizetype to = columns.indexOf(column) + by;
    if (column == TokenModel::State || to < 1 || to >= columns.size())
        return;
    horizontalHeader()->moveSection(horizontalHeader()->visualIndex(column), horizontalHeader()->visualIndex(columns[to]));
}

void TokenTable::resetColumns()
{
    for (int column = 0; column < TokenModel::ColumnCount; ++column)
        horizontalHeader()->moveSection(horizontalHeader()->visualIndex(column), column);
    for (int column = 0; column < TokenModel::ColumnCount; ++column)
        setColumnHidden(column, false);   // a width is set only on what is shown
    setDefaultWidths();
    m_hiddenByPerson = hiddenAtFirst;
    fitColumns();
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
    auto* menu = new ColumnMenu(*this, this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(horizontalHeader()->viewport()->mapToGlobal(position));
}

} // namespace latchkey::ui
