// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProfileList.h"

#include <QHostAddress>
#include <QStringList>

#include <algorithm>
#include <array>
#include <utility>

namespace latchkey::profiles {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array colourCodes{
    std::pair{ProfileColour::none, std::string_view("none")},     std::pair{ProfileColour::blue, std::string_view("blue")},
    std::pair{ProfileColour::green, std::string_view("green")},   std::pair{ProfileColour::amber, std::string_view("amber")},
    std::pair{ProfileColour::violet, std::string_view("violet")}, std::pair{ProfileColour::red, std::string_view("red")},
};

constexpr auto orderKey = "accounts/order"_L1;

QString keyOf(std::string_view id, QLatin1StringView name)
{
    return u"profiles/%1/%2"_s.arg(QString::fromUtf8(id.data(), static_cast<qsizetype>(id.size())), name);
}

/// The texts of a profile by their names in the settings; one table for reading and writing.
constexpr std::array texts{
    std::pair{"name"_L1, &Profile::name},          std::pair{"apiBase"_L1, &Profile::apiBase},
    std::pair{"accountId"_L1, &Profile::accountId}, std::pair{"accountName"_L1, &Profile::accountName},
    std::pair{"zoneId"_L1, &Profile::zoneId},      std::pair{"caFile"_L1, &Profile::caFile},
};

bool isHex32(std::string_view text)
{
    return text.size() == 32 && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool isThisMachine(const QString& host)
{
    return host == "localhost"_L1 || QHostAddress(host).isLoopback();
}

} // namespace

std::string_view code(ProfileColour colour)
{
    for (const auto& [value, name] : colourCodes) {
        if (value == colour)
            return name;
    }
    return "none";
}

ProfileColour colourFrom(std::string_view text)
{
    for (const auto& [value, name] : colourCodes) {
        if (name == text)
            return value;
    }
    return ProfileColour::none;
}

Result<QUrl> parseApiBase(std::string_view text)
{
    QString typed = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).trimmed();
    while (typed.endsWith(u'/'))
        typed.chop(1);
    const QUrl url(typed, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != "https"_L1 && url.scheme() != "http"_L1))
        return fail(ErrorCode::invalidArgument, "The API base URL must look like " + std::string(cloudflareApi) + '.');
    if (!url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment())
        return fail(ErrorCode::invalidArgument, "The API base URL must have neither credentials, nor a query, nor a # in it.");
    if (url.scheme() == "http"_L1 && !isThisMachine(url.host()))
        return fail(ErrorCode::invalidArgument,
                    "The API base URL must begin with https:// (http:// only on this computer): the API token could be read on its way.");
    return url;
}

Result<void> check(const Profile& profile)
{
    if (profile.name.empty())
        return fail(ErrorCode::invalidArgument, "Enter a name for the profile.");
    if (const auto base = parseApiBase(profile.apiBase); !base)
        return std::unexpected(base.error());
    if (!isHex32(profile.accountId))
        return fail(ErrorCode::invalidArgument, "The account ID has 32 characters, 0 to 9 and a to f. It stands in the dashboard's address.");
    if (!profile.zoneId.empty() && !isHex32(profile.zoneId))
        return fail(ErrorCode::invalidArgument, "The zone ID has 32 characters, 0 to 9 and a to f, or is left empty.");
    return {};
}

ProfileList::ProfileList(QSettings& settings)
    : m_settings(settings)
{
    for (const QString& id : m_settings.value(orderKey).toStringList()) {
        Profile profile;
        profile.id = id.toStdString();
        for (const auto& [name, member] : texts) {
            const QString key = keyOf(profile.id, name);
            if (m_settings.contains(key))
                profile.*member = m_settings.value(key).toString().toStdString();
        }
        profile.colour = colourFrom(m_settings.value(keyOf(profile.id, "colour"_L1)).toString().toStdString());
        profile.production = m_settings.value(keyOf(profile.id, "production"_L1)).toBool();
        if (!profile.id.empty() && !find(profile.id))
            m_profiles.push_back(std::move(profile));
    }
}

const Profile* ProfileList::find(std::string_view id) const
{
    const auto found = std::ranges::find(m_profiles, id, &Profile::id);
    return found != m_profiles.end() ? &*found : nullptr;
}

const Profile* ProfileList::findByName(std::string_view name) const
{
    if (std::ranges::count(m_profiles, name, &Profile::name) != 1)
        return nullptr;
    return &*std::ranges::find(m_profiles, name, &Profile::name);
}

void ProfileList::put(const Profile& profile)
{
    // The profile before its place in the order: a crash between the two leaves nothing that is half there.
    write(profile);
    if (const auto found = std::ranges::find(m_profiles, profile.id, &Profile::id); found != m_profiles.end())
        *found = profile;
    else
        m_profiles.push_back(profile);
    writeOrder();
}

void ProfileList::remove(std::string_view id)
{
    std::erase_if(m_profiles, [&](const Profile& profile) { return profile.id == id; });
    writeOrder();
    m_settings.remove(u"profiles/"_s + QString::fromUtf8(id.data(), static_cast<qsizetype>(id.size())));
    m_settings.sync();
}

void ProfileList::write(const Profile& profile)
{
    for (const auto& [name, member] : texts)
        m_settings.setValue(keyOf(profile.id, name), QString::fromStdString(profile.*member));
    const std::string_view colour = code(profile.colour);
    m_settings.setValue(keyOf(profile.id, "colour"_L1), QString::fromUtf8(colour.data(), static_cast<qsizetype>(colour.size())));
    m_settings.setValue(keyOf(profile.id, "production"_L1), profile.production);
}

void ProfileList::writeOrder()
{
    QStringList order;
    for (const Profile& profile : m_profiles)
        order << QString::fromStdString(profile.id);
    m_settings.setValue(orderKey, order);
    m_settings.sync();
}

} // namespace latchkey::profiles
