// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/ServiceToken.h"

#include <QDialog>

#include <chrono>
#include <optional>

namespace latchkey::ui {

class BusyIndicator;
class Button;
class DurationField;
class ErrorCard;
class NameField;
class Theme;

/// Only what was changed.
struct EditTokenRequest {
    std::optional<std::string> name;
    std::optional<access::Duration> duration;
};

/// A token's name and duration, checked as in creating one. Course: saveRequested → accept() by the app, or showError.
class EditTokenDialog final : public QDialog {
    Q_OBJECT

public:
    enum class Begin { atName, atDuration };
    EditTokenDialog(const Theme& theme, const access::ServiceToken& token, const QString& account, std::chrono::sys_seconds now, Begin begin,
                    QWidget* parent = nullptr);

    void showError(const Error& error);
    void reject() override;

Q_SIGNALS:
    void saveRequested(const latchkey::ui::EditTokenRequest& request);
    void cancelRequested();

private:
    [[nodiscard]] EditTokenRequest request() const;
    void check();
    void submit();
    void setBusy(bool busy);

    access::ServiceToken m_token;
    bool m_busy = false;
    NameField* m_name;
    DurationField* m_duration;
    ErrorCard* m_error;
    BusyIndicator* m_busySign;
    Button* m_save;
};

} // namespace latchkey::ui
