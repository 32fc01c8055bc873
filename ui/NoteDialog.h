// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "TokenNote.h"

#include <QDialog>

class QPlainTextEdit;

namespace latchkey::ui {

class ErrorCard;
class TextField;
class Theme;

/// Owner and note of a token, kept on this computer only. Course: saveRequested → accept() by the app, or showError.
class NoteDialog final : public QDialog {
    Q_OBJECT

public:
    NoteDialog(const Theme& theme, const QString& tokenName, const TokenNote& note, QWidget* parent = nullptr);

    void showError(const QString& text);

Q_SIGNALS:
    void saveRequested(const latchkey::ui::TokenNote& note);
    void exportRequested();   ///< Of all tokens.

private:
    TextField* m_owner;
    QPlainTextEdit* m_note;
    ErrorCard* m_error;
};

} // namespace latchkey::ui
