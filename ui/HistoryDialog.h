// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "HistoryEntry.h"

#include <QDialog>

#include <vector>

namespace latchkey::ui {

class HistoryModel;
class TextLabel;
class Theme;

/// What was changed from this computer, with a search.
class HistoryDialog final : public QDialog {
    Q_OBJECT

public:
    /// `search` is in the field at the beginning: the name of the token it was opened for, or empty.
    HistoryDialog(const Theme& theme, std::vector<HistoryEntry> newestFirst, const QString& search, QWidget* parent = nullptr);

private:
    void count();

    HistoryModel* m_model;
    TextLabel* m_count;
};

} // namespace latchkey::ui
