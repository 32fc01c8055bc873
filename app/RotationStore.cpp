// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RotationStore.h"

#include <QJsonArray>

namespace latchkey::app {

namespace {

const QString rotationsMember = QStringLiteral("rotations");

} // namespace

Result<void> RotationStore::save(const GuidedRotation& rotation)
{
    const QString profile = QString::fromStdString(rotation.state().profileId);
    const QString token = QString::fromStdString(rotation.state().token.value);
    QJsonArray kept;
    for (const auto& value : m_file.read().value(rotationsMember).toArray()) {
        const QJsonObject other = value.toObject();
        if (other.value(QStringLiteral("profile")).toString() != profile || other.value(QStringLiteral("token")).toString() != token)
            kept.append(other);
    }
    if (!rotation.isDone())
        kept.append(rotation.toJson());
    return m_file.write({{rotationsMember, kept}});
}

std::vector<GuidedRotation> RotationStore::unfinished(const std::string& profileId) const
{
    std::vector<GuidedRotation> found;
    for (const auto& value : m_file.read().value(rotationsMember).toArray()) {
        auto rotation = GuidedRotation::fromJson(value.toObject());
        if (rotation && rotation->state().profileId == profileId && !rotation->isDone())
            found.push_back(std::move(*rotation));
    }
    return found;
}

std::optional<GuidedRotation> RotationStore::find(const std::string& profileId, const access::TokenId& token) const
{
    for (GuidedRotation& rotation : unfinished(profileId)) {
        if (rotation.state().token == token)
            return std::move(rotation);
    }
    return std::nullopt;
}

} // namespace latchkey::app
