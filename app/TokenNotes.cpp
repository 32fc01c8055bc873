// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenNotes.h"

#include "Csv.h"

#include <QJsonArray>

namespace latchkey::app {

using access::TokenId;
using namespace Qt::StringLiterals;

QJsonObject consumerToJson(const ui::Consumer& consumer)
{
    return {{u"kind"_s, consumer.kind == ui::Consumer::Kind::command ? u"command"_s : u"by_hand"_s},
            {u"name"_s, consumer.name},
            {u"command"_s, consumer.command}};
}

ui::Consumer consumerFromJson(const QJsonObject& object)
{
    const bool isCommand = object.value(u"kind"_s).toString() == u"command"_s;
    return {.kind = isCommand ? ui::Consumer::Kind::command : ui::Consumer::Kind::byHand,
            .name = object.value(u"name"_s).toString(),
            .command = isCommand ? object.value(u"command"_s).toString() : QString()};
}

QJsonObject TokenNotes::entry(const std::string& profile, const TokenId& id) const
{
    return m_file.read().value(QString::fromStdString(profile)).toObject().value(QString::fromStdString(id.value)).toObject();
}

Result<void> TokenNotes::setEntry(const std::string& profile, const TokenId& id, const QJsonObject& entry)
{
    QJsonObject all = m_file.read();
    QJsonObject ofProfile = all.value(QString::fromStdString(profile)).toObject();
    if (entry.isEmpty())
        ofProfile.remove(QString::fromStdString(id.value));
    else
        ofProfile.insert(QString::fromStdString(id.value), entry);
    all.insert(QString::fromStdString(profile), ofProfile);
    return m_file.write(all);
}

ui::TokenNote TokenNotes::note(const std::string& profile, const TokenId& id) const
{
    const QJsonObject object = entry(profile, id);
    return {.owner = object.value(u"owner"_s).toString(), .note = object.value(u"note"_s).toString()};
}

Result<void> TokenNotes::setNote(const std::string& profile, const TokenId& id, const ui::TokenNote& note)
{
    QJsonObject object = entry(profile, id);
    for (const auto& [name, text] : {std::pair(u"owner"_s, note.owner), std::pair(u"note"_s, note.note)}) {
        if (text.isEmpty())
            object.remove(name);
        else
            object.insert(name, text);
    }
    return setEntry(profile, id, object);
}

TokenNotes::Delivery TokenNotes::delivery(const std::string& profile, const TokenId& id) const
{
    const QJsonObject object = entry(profile, id);
    Delivery result{.consumers = {}, .verifyUrl = object.value(u"verify_url"_s).toString()};
    for (const auto& consumer : object.value(u"consumers"_s).toArray())
        result.consumers.push_back(consumerFromJson(consumer.toObject()));
    return result;
}

Result<void> TokenNotes::setDelivery(const std::string& profile, const TokenId& id, const Delivery& delivery)
{
    QJsonObject object = entry(profile, id);
    QJsonArray consumers;
    for (const ui::Consumer& consumer : delivery.consumers)
        consumers.append(consumerToJson(consumer));
    object.insert(u"consumers"_s, consumers);
    object.insert(u"verify_url"_s, delivery.verifyUrl);
    return setEntry(profile, id, object);
}

std::unordered_map<TokenId, ui::TokenNote> TokenNotes::notes(const std::string& profile) const
{
    std::unordered_map<TokenId, ui::TokenNote> result;
    const QJsonObject ofProfile = m_file.read().value(QString::fromStdString(profile)).toObject();
    for (auto it = ofProfile.begin(); it != ofProfile.end(); ++it) {
        const QJsonObject object = it.value().toObject();
        ui::TokenNote note{.owner = object.value(u"owner"_s).toString(), .note = object.value(u"note"_s).toString()};
        if (!note.isEmpty())
            result.emplace(TokenId{it.key().toStdString()}, std::move(note));
    }
    return result;
}

Result<void> TokenNotes::forget(const std::string& profile)
{
    QJsonObject all = m_file.read();
    const QString key = QString::fromStdString(profile);
    if (!all.contains(key))
        return {};
    all.remove(key);
    return m_file.write(all);
}

QByteArray TokenNotes::asCsv(const std::string& profile, const std::vector<std::pair<TokenId, QString>>& tokens) const
{
    const auto all = notes(profile);
    QByteArray csv = csvLine({u"token_id"_s, u"name"_s, u"owner"_s, u"note"_s});
    for (const auto& [id, name] : tokens) {
        const auto found = all.find(id);
        const ui::TokenNote note = found == all.end() ? ui::TokenNote() : found->second;
        csv += csvLine({QString::fromStdString(id.value), name, note.owner, note.note});
    }
    return csv;
}

} // namespace latchkey::app
