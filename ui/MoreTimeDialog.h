// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/ServiceToken.h"

#include <QDialog>

#include <chrono>

namespace latchkey::ui {

class BusyIndicator;
class Button;
class ErrorCard;
class GraceField;
class Theme;

/// Moves the end of a token's previous secret. Course: requested(end) → accept() by the app, or showError.
class MoreTimeDialog final : public QDialog {
    Q_OBJECT

public:
    MoreTimeDialog(const Theme& theme, const access::ServiceToken& token, std::chrono::sys_seconds now, QWidget* parent = nullptr);

    void showError(const Error& error);

Q_SIGNALS:
    void requested(std::chrono::sys_seconds end);

private:
    void submit();
    void setBusy(bool busy);

    std::chrono::sys_seconds m_now;
    GraceField* m_grace;
    ErrorCard* m_error;
    BusyIndicator* m_busySign;
    Button* m_submit;
};

} // namespace latchkey::ui
