// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ListExport.h"

namespace latchkey::app {

/// What ends when, to be printed or sent to people who do not have Latchkey: a PDF, most urgent first, in sections from "past"
/// to "never". Of very many tokens the first 2,000, and a line that says how many more there are. In any thread.
[[nodiscard]] QByteArray expiryReport(const ExportedList& list);

/// The same as a document of QTextDocument's HTML: what the report says.
[[nodiscard]] QString expiryReportText(const ExportedList& list);

} // namespace latchkey::app
