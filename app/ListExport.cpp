// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ListExport.h"

#include "Csv.h"
#include "ExpiryReport.h"

#include "agent/base/Rfc3339.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace latchkey::app {

using namespace Qt::StringLiterals;

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(latchkey::app::ListExport)
};

QString timeText(const std::optional<std::chrono::sys_seconds>& time)
{
    return time ? QString::fromStdString(base::formatRfc3339(*time)) : QString();
}

/// The words that the search takes after `state:`.
QString stateText(const access::ServiceToken& token, std::chrono::sys_seconds now)
{
    switch (access::stateAt(token, now)) {
    case access::TokenState::active: return u"active"_s;
    case access::TokenState::expiresSoon: return u"expiring"_s;
    case access::TokenState::expired: return u"expired"_s;
    case access::TokenState::disabled: return u"disabled"_s;
    }
    Q_UNREACHABLE();
}

QJsonValue timeValue(const std::optional<std::chrono::sys_seconds>& time)
{
    return time ? QJsonValue(timeText(time)) : QJsonValue();
}

/// 20261205T130400Z, RFC 5545 §3.3.5 form 2.
QString calendarTime(std::chrono::sys_seconds time)
{
    QString text = timeText(time);
    return text.remove(u'-').remove(u':');
}

/// RFC 5545 §3.3.11.
QString calendarText(QString text)
{
    text.replace(u"\\"_s, u"\\\\"_s).replace(u";"_s, u"\\;"_s).replace(u","_s, u"\\,"_s).remove(u'\r').replace(u"\n"_s, u"\\n"_s);
    for (QChar& letter : text) {
        if (letter < u' ')
            letter = u' ';   // a tab, or what no text may hold
    }
    return text;
}

/// RFC 5545 §3.1: at most 75 octets a line, the rest on lines that begin with a blank; no letter is cut in two.
QByteArray folded(const QByteArray& line)
{
    QByteArray lines;
    qsizetype begin = 0;
    qsizetype room = 75;
    while (line.size() - begin > room) {
        qsizetype end = begin + room;
        while ((static_cast<unsigned char>(line[end]) & 0xC0) == 0x80)
            --end;
        lines += line.sliced(begin, end - begin) + "\r\n ";
        begin = end;
        room = 74;
    }
    return lines + line.sliced(begin) + "\r\n";
}

QByteArray eventOf(const ExportedList::Row& row, const ExportedList& list)
{
    const QString name = QString::fromStdString(row.token.name);
    QStringList about{Texts::tr("Client ID: %1").arg(QString::fromStdString(row.token.clientId.value)),
                      Texts::tr("Account: %1").arg(list.account)};
    if (!row.applications.isEmpty())
        about << Texts::tr("Opens: %1", "applications").arg(row.applications.join(u", "_s));
    if (!row.note.owner.isEmpty())
        about << Texts::tr("Owner: %1").arg(row.note.owner);

    QByteArray event;
    const auto line = [&](QLatin1StringView property, const QString& value) { event += folded((property + value).toUtf8()); };
    line("BEGIN:"_L1, u"VEVENT"_s);
    line("UID:"_L1, QString::fromStdString(row.token.id.value) + u"@latchkey"_s);
    line("DTSTAMP:"_L1, calendarTime(list.now));
    // A calendar takes an event it has already for newer only when this number grew.
    line("SEQUENCE:"_L1, QString::number(std::chrono::duration_cast<std::chrono::minutes>(row.token.updatedAt.time_since_epoch()).count()));
    line("DTSTART:"_L1, calendarTime(*row.token.expiresAt));
    line("SUMMARY:"_L1, calendarText(Texts::tr("Service token “%1” expires").arg(name)));
    line("DESCRIPTION:"_L1, calendarText(about.join(u'\n')));
    line("TRANSP:"_L1, u"TRANSPARENT"_s);
    for (const char* before : {"-P7D", "-P1D"}) {
        line("BEGIN:"_L1, u"VALARM"_s);
        line("ACTION:"_L1, u"DISPLAY"_s);
        line("TRIGGER:"_L1, QLatin1StringView(before).toString());
        line("DESCRIPTION:"_L1, calendarText(Texts::tr("Service token “%1” expires").arg(name)));
        line("END:"_L1, u"VALARM"_s);
    }
    line("END:"_L1, u"VEVENT"_s);
    return event;
}

} // namespace

QByteArray asCsv(const ExportedList& list)
{
    QByteArray csv = csvLine({u"name"_s, u"client_id"_s, u"id"_s, u"account"_s, u"state"_s, u"enabled"_s, u"duration"_s, u"created_at"_s,
                              u"updated_at"_s, u"expires_at"_s, u"last_seen_at"_s, u"applications"_s, u"owner"_s, u"note"_s});
    for (const auto& [token, applications, note] : list.rows)
        csv += csvLine({QString::fromStdString(token.name), QString::fromStdString(token.clientId.value), QString::fromStdString(token.id.value),
                        list.account, stateText(token, list.now), token.enabled ? u"true"_s : u"false"_s,
                        QString::fromStdString(token.duration.text()), timeText(token.createdAt), timeText(token.updatedAt),
                        timeText(token.expiresAt), timeText(token.lastSeenAt), applications.join(u"; "_s), note.owner, note.note});
    return csv;
}

QByteArray asJson(const ExportedList& list)
{
    QJsonArray tokens;
    for (const auto& [token, applications, note] : list.rows)
        tokens << QJsonObject{{u"id"_s, QString::fromStdString(token.id.value)},
                              {u"client_id"_s, QString::fromStdString(token.clientId.value)},
                              {u"name"_s, QString::fromStdString(token.name)},
                              {u"account"_s, list.account},
                              {u"duration"_s, QString::fromStdString(token.duration.text())},
                              {u"enabled"_s, token.enabled},
                              {u"client_secret_version"_s, token.clientSecretVersion},
                              {u"previous_client_secret_expires_at"_s, timeValue(token.previousClientSecretExpiresAt)},
                              {u"created_at"_s, timeValue(token.createdAt)},
                              {u"updated_at"_s, timeValue(token.updatedAt)},
                              {u"expires_at"_s, timeValue(token.expiresAt)},
                              {u"last_seen_at"_s, timeValue(token.lastSeenAt)},
                              {u"state"_s, stateText(token, list.now)},
                              {u"applications"_s, QJsonArray::fromStringList(applications)},
                              {u"owner"_s, note.owner},
                              {u"note"_s, note.note}};
    return QJsonDocument(tokens).toJson();
}

QByteArray asCalendar(const ExportedList& list)
{
    QByteArray calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Latchkey//Expiries of service tokens//EN\r\n";
    for (const ExportedList::Row& row : list.rows) {
        if (row.token.expiresAt && *row.token.expiresAt > list.now)
            calendar += eventOf(row, list);
    }
    return calendar + "END:VCALENDAR\r\n";
}

QByteArray exported(const ExportedList& list, ui::ExportFormat format)
{
    switch (format) {
    case ui::ExportFormat::csv: return asCsv(list);
    case ui::ExportFormat::json: return asJson(list);
    case ui::ExportFormat::calendar: return asCalendar(list);
    case ui::ExportFormat::report: return expiryReport(list);
    }
    Q_UNREACHABLE();
}

} // namespace latchkey::app
