// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ProfileTokenPanel.h"

#include <QDialog>

#include <optional>

class QCheckBox;
class QComboBox;

namespace latchkey::ui {

class ErrorCard;
class ProfileAdvanced;
class TextField;

/// Adds a Cloudflare account, or changes one. It asks for a try of the API token before anything is kept, because which
/// accounts there are to choose from comes with it. Course: testRequested → showReport or showError; saveRequested →
/// accept() by the app, showReport or showError. Whatever fails, what was typed stays.
class ProfileDialog final : public QDialog {
    Q_OBJECT

public:
    struct Facts {
        std::optional<ProfileDraft> existing;   ///< nullopt: a new one.
        QString usualApiBase;
        bool tokenInEnvironment = false;        ///< CLOUDFLARE_API_TOKEN is set.
        bool beginWithEnvironment = false;      ///< The person came here to use it.
        QString accountInEnvironment;           ///< CLOUDFLARE_ACCOUNT_ID.
    };
    ProfileDialog(const Theme& theme, const Facts& facts, QWidget* parent = nullptr);

    [[nodiscard]] ProfileDraft draft() const;
    [[nodiscard]] ProfileTokenPanel::Source tokenSource() const { return m_token->source(); }
    [[nodiscard]] SecretBytes typedToken() const { return m_token->typed(); }

    void showReport(const ProfileReport& report);
    void showError(const QString& text);
    void setCaFile(const QString& path);

    void reject() override;

Q_SIGNALS:
    void testRequested();
    /// `tried`: what would be saved is what the last report was about, or the person wants it although it does not work.
    void saveRequested(bool tried);
    void cancelRequested();      ///< While something is under way.
    void tokenPageRequested();
    void caFileRequested();

private:
    void build(const Theme& theme, const Facts& facts);
    [[nodiscard]] QWidget* buildAccount(const Theme& theme);
    [[nodiscard]] QLayout* buildLook(const Theme& theme);
    [[nodiscard]] QLayout* buildButtons(const Theme& theme);
    void fillAccounts(const std::vector<std::pair<QString, QString>>& accounts, const QString& current);
    void touched();
    void showAccount();
    void check();
    void setBusy(bool busy);

    enum class Tried { no, works, fails };
    bool m_busy = false;
    Tried m_tried = Tried::no;
    TextField* m_name;
    ProfileTokenPanel* m_token;
    QComboBox* m_account;
    TextField* m_accountId;
    QComboBox* m_colour;
    QCheckBox* m_production;
    ProfileAdvanced* m_advanced;
    ErrorCard* m_error;
    Button* m_save;
    Button* m_cancel = nullptr;
};

} // namespace latchkey::ui
