// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "History.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <array>

namespace latchkey::app {

using ui::ChangeKind;
using ui::HistoryEntry;

namespace {

struct KindCode {
    ChangeKind kind;
    const char* code;   ///< Stable: it stands in files.
};

constexpr std::array kindCodes{
    KindCode{ChangeKind::created, "created"},
    KindCode{ChangeKind::refreshed, "refreshed"},
    KindCode{ChangeKind::rotated, "rotated"},
    KindCode{ChangeKind::previousEnded, "previous_ended"},
    KindCode{ChangeKind::previousMoved, "previous_moved"},
    KindCode{ChangeKind::enabled, "enabled"},
    KindCode{ChangeKind::disabled, "disabled"},
    KindCode{ChangeKind::renamed, "renamed"},
    KindCode{ChangeKind::durationChanged, "duration_changed"},
    KindCode{ChangeKind::deleted, "deleted"},
    KindCode{ChangeKind::secretKept, "secret_kept"},
    KindCode{ChangeKind::guidedBegun, "guided_begun"},
    KindCode{ChangeKind::guidedDone, "guided_done"},
    KindCode{ChangeKind::guidedAbandoned, "guided_abandoned"},
};

QByteArray lineOf(const HistoryEntry& entry)
{
    const auto* code = std::ranges::find(kindCodes, entry.kind, &KindCode::kind);
    const QJsonObject object{
        {QStringLiteral("at"), QDateTime::fromSecsSinceEpoch(entry.at.time_since_epoch().count(), Qt::UTC).toString(Qt::ISODate)},
        {QStringLiteral("profile"), entry.profileId},
        {QStringLiteral("account"), entry.account},
        {QStringLiteral("change"), QLatin1String(code->code)},
        {QStringLiteral("token"), QString::fromStdString(entry.token.value)},
        {QStringLiteral("name"), entry.tokenName},
        {QStringLiteral("detail"), entry.detail},
    };
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

std::optional<HistoryEntry> entryFrom(const QByteArray& line)
{
    const QJsonObject object = QJsonDocument::fromJson(line).object();
    const auto* code = std::ranges::find_if(kindCodes, [&](const KindCode& known) {
        return object.value(QStringLiteral("change")).toString() == QLatin1String(known.code);
    });
    const QDateTime at = QDateTime::fromString(object.value(QStringLiteral("at")).toString(), Qt::ISODate);
    if (code == kindCodes.end() || !at.isValid())
        return std::nullopt;
    return HistoryEntry{.at = std::chrono::sys_seconds(std::chrono::seconds(at.toSecsSinceEpoch())),
                        .profileId = object.value(QStringLiteral("profile")).toString(),
                        .account = object.value(QStringLiteral("account")).toString(),
                        .kind = code->kind,
                        .token = access::TokenId{object.value(QStringLiteral("token")).toString().toStdString()},
                        .tokenName = object.value(QStringLiteral("name")).toString(),
                        .detail = object.value(QStringLiteral("detail")).toString()};
}

} // namespace

Result<void> History::append(const HistoryEntry& entry)
{
    QDir().mkpath(QFileInfo(m_path).absolutePath());
    QFile file(m_path);
    const bool isNew = !file.exists();
    if (!file.open(QIODevice::ReadWrite | QIODevice::Append | QIODevice::Unbuffered))
        return fail(ErrorCode::io, "The history cannot be written: " + file.errorString().toStdString(), m_path.toStdString());
    if (isNew)
        file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    QByteArray line = lineOf(entry);
    // A torn line of an earlier crash gets its end, so that it does not swallow this one.
    if (file.size() > 0) {
        file.seek(file.size() - 1);
        if (file.read(1) != "\n")
            line.prepend('\n');
    }
    if (file.write(line) != line.size())
        return fail(ErrorCode::io, "The history cannot be written: " + file.errorString().toStdString(), m_path.toStdString());
    return {};
}

std::vector<HistoryEntry> History::load() const
{
    std::vector<HistoryEntry> entries;
    QFile file(m_path);
    if (!file.open(QIODevice::ReadOnly))
        return entries;
    for (const QByteArray& line : file.readAll().split('\n')) {
        if (auto entry = entryFrom(line))
            entries.push_back(std::move(*entry));
    }
    std::ranges::reverse(entries);
    return entries;
}

} // namespace latchkey::app
