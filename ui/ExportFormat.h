// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace latchkey::ui {

/// As what the list is written into a file. None of them has a secret in it.
enum class ExportFormat { csv, json, calendar, report };

} // namespace latchkey::ui
