// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace latchkey::app {

/// A field of RFC 4180, quoted; one that a spreadsheet would take for a formula gets an apostrophe before it.
[[nodiscard]] QByteArray csvField(const QString& text);

/// A line of them, with its end.
[[nodiscard]] QByteArray csvLine(const QStringList& fields);

} // namespace latchkey::app
