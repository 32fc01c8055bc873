// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/ServiceToken.h"
#include "ui/ExportFormat.h"
#include "ui/TokenNote.h"

#include <QByteArray>
#include <QStringList>

namespace latchkey::app {

/// The list as it is exported: what is known of each token, in the order shown. There is no secret in it to leave out.
struct ExportedList {
    struct Row {
        access::ServiceToken token;
        QStringList applications;   ///< Names of those whose policies name it.
        ui::TokenNote note;
    };
    QString account;                ///< The profile's name.
    std::chrono::sys_seconds now;   ///< When it was made; states are those of then.
    std::vector<Row> rows;
};

/// In any thread; English, RFC 3339 times and the API's words in CSV and JSON, the person's language in calendar and report.
[[nodiscard]] QByteArray exported(const ExportedList& list, ui::ExportFormat format);

/// RFC 4180 with a header line, UTF-8.
[[nodiscard]] QByteArray asCsv(const ExportedList& list);
/// An array of objects with the API's members and `state`, `applications`, `owner`, `note`.
[[nodiscard]] QByteArray asJson(const ExportedList& list);
/// RFC 5545: an event at the end of every token that has one ahead, with a reminder a week and a day before. Imported again
/// an event replaces the one it made before.
[[nodiscard]] QByteArray asCalendar(const ExportedList& list);

} // namespace latchkey::app
