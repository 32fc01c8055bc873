// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "KeyBundle.h"

#include "agent/base/Encoding.h"
#include "agent/jose/LocalCa.h"

#include <charconv>

namespace latchkey::control {

namespace {

constexpr std::string_view kFirstLine = "latchkey-keys 1";

std::unexpected<Error> badBundle(std::string detail)
{
    return fail(ErrorCode::damaged, "The keys of the backup cannot be read.", std::move(detail));
}

void appendHex(SecretBytes& text, std::string_view bytes)
{
    std::string hex = base::toHex(bytes);
    text.append(hex);
    base::wipe(hex);
}

Result<SecretBytes> secretFromHex(std::string_view hex)
{
    auto bytes = base::fromHex(hex);
    if (!bytes)
        return badBundle("a key is not in hexadecimal digits");
    SecretBytes secret{std::string_view(*bytes)};
    base::wipe(*bytes);
    return secret;
}

/// Takes what comes before the separator, and the separator.
std::string_view take(std::string_view& text, char separator)
{
    const auto end = std::min(text.find(separator), text.size());
    const auto taken = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return taken;
}

std::optional<std::chrono::sys_seconds> timeFrom(std::string_view text)
{
    std::int64_t seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size())
        return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

Result<KeyBundle::SigningKey> signingKeyFrom(std::string_view line)
{
    const auto created = timeFrom(take(line, ' '));
    const auto retiredText = take(line, ' ');
    KeyBundle::SigningKey result;
    if (retiredText != "-")
        result.retiredAt = timeFrom(retiredText);
    if (!created || (retiredText != "-" && !result.retiredAt))
        return badBundle("a key's time is no number");
    const auto der = secretFromHex(line);
    if (!der)
        return std::unexpected(der.error());
    auto key = jose::SigningKey::fromPkcs8Der(*der, *created);
    if (!key)
        return badBundle("a signing key: " + key.error().message);
    result.key = std::move(*key);
    return result;
}

Result<KeyBundle::Authority> authorityFrom(std::string_view line)
{
    auto key = secretFromHex(take(line, ' '));
    auto pem = base::fromHex(line);
    if (!key)
        return std::unexpected(key.error());
    if (!pem)
        return badBundle("the authority's certificate is not in hexadecimal digits");
    if (const auto loaded = jose::LocalCa::load(*key, *pem); !loaded)
        return badBundle("the authority: " + loaded.error().message);
    return KeyBundle::Authority{std::move(*key), std::move(*pem)};
}

} // namespace

Result<void> checkPassphrase(const SecretBytes& passphrase)
{
    if (passphrase.size() < kShortestPassphrase || passphrase.size() > 1024)
        return fail(ErrorCode::invalidArgument,
                    "The passphrase must be " + std::to_string(kShortestPassphrase) + " to 1,024 bytes: the file may be copied, and guessed at for years.");
    return {};
}

Result<SecretBytes> encodeKeys(const KeyBundle& bundle)
{
    SecretBytes text(kFirstLine);
    for (const auto& each : bundle.signing) {
        const auto der = each.key->toPkcs8Der();
        if (!der)
            return std::unexpected(der.error());
        text.append("\nkey ");
        text.append(std::to_string(each.key->createdAt().time_since_epoch().count()));
        text.append(each.retiredAt ? ' ' + std::to_string(each.retiredAt->time_since_epoch().count()) + ' ' : std::string(" - "));
        appendHex(text, der->reveal());
    }
    if (bundle.authority) {
        text.append("\nca ");
        appendHex(text, bundle.authority->key.reveal());
        text.append(" ");
        appendHex(text, bundle.authority->certificatePem);
    }
    return text;
}

Result<KeyBundle> decodeKeys(const SecretBytes& text)
{
    std::string_view rest = text.reveal();
    if (take(rest, '\n') != kFirstLine)
        return badBundle("another form or version");
    KeyBundle bundle;
    int signing = 0;
    while (!rest.empty()) {
        std::string_view line = take(rest, '\n');
        const auto kind = take(line, ' ');
        if (kind == "key") {
            auto key = signingKeyFrom(line);
            if (!key)
                return std::unexpected(key.error());
            signing += key->retiredAt ? 0 : 1;
            bundle.signing.push_back(std::move(*key));
        } else if (kind == "ca" && !bundle.authority) {
            auto authority = authorityFrom(line);
            if (!authority)
                return std::unexpected(authority.error());
            bundle.authority = std::move(*authority);
        } else {
            return badBundle("a line of an unknown kind");
        }
    }
    if (signing != 1)
        return badBundle("not exactly one key signs");
    return bundle;
}

} // namespace latchkey::control
