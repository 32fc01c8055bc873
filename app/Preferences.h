// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QString>
#include <QStringList>

namespace latchkey::app {

/// One setting with its type and default, named once: a misspelt one does not compile.
template <typename T>
class Preference {
public:
    Preference(QSettings& settings, const char* key, T fallback = {})
        : m_settings(settings)
        , m_key(QLatin1String(key))
        , m_fallback(std::move(fallback))
    {
    }

    [[nodiscard]] T get() const { return m_settings.value(m_key, QVariant::fromValue(m_fallback)).template value<T>(); }
    void set(const T& value) { m_settings.setValue(m_key, QVariant::fromValue(value)); }

private:
    QSettings& m_settings;
    QString m_key;
    T m_fallback;
};

/// What the app remembers between runs. Never a secret. GUI thread only.
class Preferences {
public:
    /// `file` empty: the platform's usual place.
    explicit Preferences(const QString& file = {});

    Preferences(const Preferences&) = delete;

    [[nodiscard]] static QString pathOf(const QString& file);   ///< Of the file that is meant by it.

private:
    QSettings m_settings;   // before what refers to it

public:
    Preference<QByteArray> windowLayout;
    Preference<QStringList> savedSearches;   ///< As SavedSearchMenu writes them; suggestions until the person changes them.
    Preference<QString> shownProfile;        ///< As Profiles names it; empty: the local agent.
    Preference<bool> environmentOffered;     ///< CLOUDFLARE_API_TOKEN was pointed out once.

    /// Tokens of a profile whose secret was put into the keychain, since a keychain cannot be asked for a list. An id
    /// stands here before the entry is written: after a crash the entry may be missing, never the id.
    [[nodiscard]] QStringList keptSecrets(const QString& profile) const;
    void setKeptSecret(const QString& profile, const QString& tokenId, bool kept);
};

} // namespace latchkey::app
