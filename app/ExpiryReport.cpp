// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ExpiryReport.h"

#include "ui/DateText.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QPageLayout>
#include <QPdfWriter>
#include <QTextDocument>

#include <algorithm>
#include <array>

namespace latchkey::app {

using namespace Qt::StringLiterals;
using std::chrono::days;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(latchkey::app::ExpiryReport)
};

constexpr std::size_t mostRows = 2000;   // some fifty pages; beyond it a file for a machine is what is wanted

struct Section {
    QString title;
    days within;   ///< Of tokens that end, not later than this from now.
};

std::array<Section, 6> sections()
{
    return {Section{Words::tr("Past their end"), days(0)}, Section{Words::tr("Within 7 days"), days(7)},
            Section{Words::tr("Within 30 days"), days(30)}, Section{Words::tr("Within 90 days"), days(90)},
            Section{Words::tr("Within a year"), days(366)}, Section{Words::tr("Later"), days::max()}};
}

std::size_t sectionOf(const access::ServiceToken& token, std::chrono::sys_seconds now, const std::array<Section, 6>& all)
{
    if (!token.expiresAt)
        return all.size();
    const auto left = *token.expiresAt - now;
    const auto found = std::ranges::find_if(all, [&](const Section& section) {
        return section.within == days::max() || left <= std::chrono::seconds(section.within);
    });
    return static_cast<std::size_t>(found - all.begin());
}

QString cell(const QString& text)
{
    return u"<td>%1</td>"_s.arg(text.toHtmlEscaped());
}

QString rowOf(const ExportedList::Row& row, const ui::DateText& dates, std::chrono::sys_seconds now)
{
    const access::ServiceToken& token = row.token;
    QString name = QString::fromStdString(token.name);
    if (!token.enabled)
        name = Words::tr("%1 (disabled)", "a token's name").arg(name);
    return u"<tr>"_s + cell(name) + cell(QString::fromStdString(token.clientId.value).left(8) + u"…"_s)
         + cell(token.expiresAt ? dates.absolute(*token.expiresAt) : Words::tr("Never"))
         + cell(token.lastSeenAt ? dates.seen(*token.lastSeenAt, now) : Words::tr("Never")) + cell(row.applications.join(u", "_s))
         + cell(row.note.owner) + u"</tr>\n"_s;
}

QString tableOf(const QString& title, const std::vector<const ExportedList::Row*>& rows, const ui::DateText& dates, std::chrono::sys_seconds now)
{
    QString html = u"<h2>%1</h2>\n<table width=\"100%\" cellspacing=\"0\" cellpadding=\"3\">\n<thead><tr bgcolor=\"#eceef1\">"_s.arg(
        Words::tr("%1: %n token(s)", "section", static_cast<int>(rows.size())).arg(title).toHtmlEscaped());
    for (const QString& header : {Words::tr("Name"), Words::tr("Client ID"), Words::tr("Ends"), Words::tr("Last seen"), Words::tr("Applications"), Words::tr("Owner")})
        html += u"<th align=\"left\">%1</th>"_s.arg(header.toHtmlEscaped());
    html += u"</tr></thead>\n"_s;
    for (const ExportedList::Row* row : rows)
        html += rowOf(*row, dates, now);
    return html + u"</table>\n"_s;
}

} // namespace

QString expiryReportText(const ExportedList& list)
{
    std::vector<const ExportedList::Row*> rows;
    for (const ExportedList::Row& row : list.rows)
        rows.push_back(&row);
    std::ranges::stable_sort(rows, [](const auto* a, const auto* b) {
        const auto end = [](const auto* row) { return row->token.expiresAt.value_or(std::chrono::sys_seconds::max()); };
        return end(a) < end(b);
    });
    const std::size_t more = rows.size() - std::min(rows.size(), mostRows);
    rows.resize(rows.size() - more);

    const auto all = sections();
    std::array<std::vector<const ExportedList::Row*>, std::tuple_size_v<std::array<Section, 6>> + 1> parted;
    for (const ExportedList::Row* row : rows)
        parted[sectionOf(row->token, list.now, all)].push_back(row);

    const ui::DateText dates{QLocale()};
    QString html = u"<h1>%1</h1>\n<p>%2</p>\n"_s.arg(Words::tr("Expiry of service tokens").toHtmlEscaped(),
                                                     Words::tr("%1 · %2", "account, date").arg(list.account, dates.absolute(list.now)).toHtmlEscaped());
    for (std::size_t i = 0; i < parted.size(); ++i) {
        if (!parted[i].empty())
            html += tableOf(i < all.size() ? all[i].title : Words::tr("Never end"), parted[i], dates, list.now);
    }
    if (more > 0)
        html += u"<p><b>%1</b></p>\n"_s.arg(Words::tr("%n more token(s), which end later, are not listed. Export CSV for all of them.", nullptr, static_cast<int>(more)).toHtmlEscaped());
    return html;
}

QByteArray expiryReport(const ExportedList& list)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setTitle(Words::tr("Expiry of service tokens"));
        writer.setCreator(u"Latchkey"_s);
        const bool inches = QLocale().measurementSystem() == QLocale::ImperialUSSystem;
        writer.setPageLayout(QPageLayout(QPageSize(inches ? QPageSize::Letter : QPageSize::A4), QPageLayout::Landscape, QMarginsF(12, 12, 12, 12), QPageLayout::Millimeter));
        QTextDocument document;
        document.setUndoRedoEnabled(false);
        QFont font;
        font.setPointSizeF(8.5);
        document.setDefaultFont(font);
        document.setDefaultStyleSheet(u"h1 { font-size: 15pt; } h2 { font-size: 11pt; margin-top: 14px; } th { font-weight: 600; }"_s);
        document.setHtml(expiryReportText(list));
        document.print(&writer);
    }
    return buffer.data();
}

} // namespace latchkey::app
