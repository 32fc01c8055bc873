// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <QJsonObject>
#include <QString>

namespace latchkey::app {

/// A small JSON file that the app writes for itself: what was told, the rules, what is under way. Never a secret. Written
/// by an atomic rename and readable by its owner only; reading never fails loudly, since each can be done without.
class StateFile {
public:
    explicit StateFile(QString path) : m_path(std::move(path)) { }

    [[nodiscard]] const QString& path() const { return m_path; }
    /// Empty when there is none, or it is not what we wrote.
    [[nodiscard]] QJsonObject read() const;
    [[nodiscard]] Result<void> write(const QJsonObject& object) const;
    void remove() const;

private:
    QString m_path;
};

} // namespace latchkey::app
