// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "StateFile.h"

#include "agent/access/Ids.h"
#include "ui/Consumer.h"
#include "ui/TokenNote.h"

#include <unordered_map>
#include <vector>

namespace latchkey::app {

/// Who owns a token, a note about it, and who consumes its secret: local, per profile and token, in one file that can be
/// copied to another computer. Never a secret.
class TokenNotes {
public:
    explicit TokenNotes(QString path) : m_file(std::move(path)) { }

    /// Whom a new secret has to reach, and the address that proves it works.
    struct Delivery {
        std::vector<ui::Consumer> consumers;
        QString verifyUrl;
        bool operator==(const Delivery&) const = default;
    };

    [[nodiscard]] ui::TokenNote note(const std::string& profile, const access::TokenId& id) const;
    [[nodiscard]] Result<void> setNote(const std::string& profile, const access::TokenId& id, const ui::TokenNote& note);
    [[nodiscard]] Delivery delivery(const std::string& profile, const access::TokenId& id) const;
    [[nodiscard]] Result<void> setDelivery(const std::string& profile, const access::TokenId& id, const Delivery& delivery);
    [[nodiscard]] std::unordered_map<access::TokenId, ui::TokenNote> notes(const std::string& profile) const;
    /// Everything of a profile that is no more.
    [[nodiscard]] Result<void> forget(const std::string& profile);

    /// The notes of a profile as CSV with a header: token id, name, owner, note. Names are the caller's to give.
    [[nodiscard]] QByteArray asCsv(const std::string& profile, const std::vector<std::pair<access::TokenId, QString>>& tokens) const;

private:
    [[nodiscard]] QJsonObject entry(const std::string& profile, const access::TokenId& id) const;
    [[nodiscard]] Result<void> setEntry(const std::string& profile, const access::TokenId& id, const QJsonObject& entry);

    StateFile m_file;
};

/// Consumers as they stand in files.
[[nodiscard]] QJsonObject consumerToJson(const ui::Consumer& consumer);
[[nodiscard]] ui::Consumer consumerFromJson(const QJsonObject& object);

} // namespace latchkey::app
