// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "VaultFile.h"

#include "PrivateFile.h"

#include "agent/base/Encoding.h"
#include "agent/base/Json.h"

namespace latchkey::vault {
namespace {

constexpr std::string_view kHead = R"({"version":1,"entries":{)";
constexpr std::string_view kTail = "\n}}\n";

std::unexpected<Error> damaged(const std::string& path, std::string detail)
{
    return fail(ErrorCode::damaged, "The vault's file " + path + " is damaged and was left as it is. Put it back from a backup, "
                                    "or move it away and run latchkey-agent repair.", std::move(detail));
}

/// Wipes every text of a value, as some of them are secrets.
void wipeTexts(Json& json)
{
    if (JsonObject* object = json.asObject()) {
        for (auto& [name, value] : *object)
            wipeTexts(value);
    } else if (const std::string* text = json.asString()) {
        base::wipe(const_cast<std::string&>(*text));
    }
}

Result<VaultFile::Entries> entriesFrom(const Json& json, const std::string& path)
{
    const Json* version = json.find("version");
    const Json* entries = json.find("entries");
    if (!version || version->asInteger() != 1 || !entries || !entries->asObject())
        return damaged(path, "not a vault of version 1");
    VaultFile::Entries result;
    for (const auto& [key, value] : *entries->asObject()) {
        const std::string* text = value.asString();
        if (!text)
            return damaged(path, "an entry is no text");
        auto bytes = base::fromBase64Url(*text);
        if (!bytes)
            return damaged(path, "an entry is no base64url");
        result.emplace(key, SecretBytes(std::string_view(*bytes)));
        base::wipe(*bytes);
    }
    return result;
}

/// One entry a line, so that people can count them. Its size is reserved, so that no copy is left behind.
SecretBytes textOf(const VaultFile::Entries& entries)
{
    std::size_t size = kHead.size() + kTail.size();
    for (const auto& [key, value] : entries)
        size += key.size() * 6 + value.size() * 2 + 16;
    std::string text;
    text.reserve(size);
    text += kHead;
    bool isFirst = true;
    for (const auto& [key, value] : entries) {
        text += isFirst ? "\n  " : ",\n  ";
        isFirst = false;
        base::appendJsonString(text, key);
        text += ":\"";
        std::string encoded = base::toBase64Url(value.reveal());
        text += encoded;
        base::wipe(encoded);
        text += '"';
    }
    text += kTail;
    SecretBytes result{std::string_view(text)};
    base::wipe(text);
    return result;
}

} // namespace

VaultFile::VaultFile(std::string directory) : m_directory(std::move(directory)), m_path(m_directory + "/vault.json") { }

Result<VaultFile::Entries> VaultFile::load() const
{
    const auto text = readPrivateFile(m_path);
    if (!text)
        return std::unexpected(text.error());
    if (!text->has_value())
        return Entries{};
    auto json = parseJson((*text)->reveal());
    if (!json)
        return damaged(m_path, json.error().message);
    auto entries = entriesFrom(*json, m_path);
    wipeTexts(*json);
    return entries;
}

Result<void> VaultFile::change(const std::function<bool(Entries&)>& edit) const
{
    if (auto prepared = preparePrivateDirectory(m_directory); !prepared)
        return prepared;
    const auto lock = lockDirectory(m_directory);
    if (!lock)
        return std::unexpected(lock.error());
    auto entries = load();
    if (!entries)
        return std::unexpected(entries.error());
    if (!edit(*entries))
        return {};
    return replacePrivateFile(m_path, textOf(*entries));
}

} // namespace latchkey::vault
