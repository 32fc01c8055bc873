// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Preferences.h"

#include "ui/SavedSearchMenu.h"

namespace latchkey::app {

namespace {

QString keptKey(const QString& profile)
{
    return QStringLiteral("profiles/%1/keptSecrets").arg(profile);
}

} // namespace

Preferences::Preferences(const QString& file)
    : m_settings(pathOf(file), QSettings::IniFormat)
    , windowLayout(m_settings, "window/layout")
    , savedSearches(m_settings, "list/savedSearches", ui::SavedSearchMenu::toStrings(ui::SavedSearchMenu::suggestions()))
    , shownProfile(m_settings, "window/profile")
    , environmentOffered(m_settings, "accounts/environmentOffered", false)
{
}

QString Preferences::pathOf(const QString& file)
{
    return file.isEmpty() ? QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("latchkey"), QStringLiteral("latchkey")).fileName() : file;
}

QStringList Preferences::keptSecrets(const QString& profile) const
{
    return m_settings.value(keptKey(profile)).toStringList();
}

void Preferences::setKeptSecret(const QString& profile, const QString& tokenId, bool kept)
{
    QStringList ids = keptSecrets(profile);
    if (ids.contains(tokenId) == kept)
        return;
    if (kept)
        ids.append(tokenId);
    else
        ids.removeAll(tokenId);
    m_settings.setValue(keptKey(profile), ids);
    m_settings.sync();   // now, not at some later turn of the event loop: see the header
}

} // namespace latchkey::app
