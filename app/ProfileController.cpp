// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProfileController.h"

#include "ApiTokenWords.h"

#include "agent/profiles/ProfileSecrets.h"
#include "ui/ConfirmDialog.h"

#include <QDesktopServices>
#include <QFileDialog>
#include <QUuid>

namespace latchkey::app {

using ui::ProfileTokenPanel;

namespace {

constexpr const char* tokenVariable = "CLOUDFLARE_API_TOKEN";
constexpr const char* accountVariable = "CLOUDFLARE_ACCOUNT_ID";

SecretBytes environmentToken()
{
    QByteArray value = qgetenv(tokenVariable);
    SecretBytes token(std::string_view(value.constData(), static_cast<std::size_t>(value.size())));
    base::wipe(value);
    return token;
}

} // namespace

ProfileController::ProfileController(Accounts& accounts, Preferences& preferences, LocalRecords& local, ui::MainWindow& window, const ui::Theme& theme, QObject* parent)
    : QObject(parent)
    , m_accounts(accounts)
    , m_preferences(preferences)
    , m_local(local)
    , m_window(window)
    , m_theme(theme)
{
}

ProfileController::~ProfileController()
{
    delete m_dialog;
}

void ProfileController::offerEnvironment()
{
    if (!m_accounts.profiles().empty() || m_preferences.environmentOffered.get() || qEnvironmentVariableIsEmpty(tokenVariable))
        return;
    m_preferences.environmentOffered.set(true);
    m_window.setBanner(ui::BannerKind::environmentToken);
}

void ProfileController::add(bool withEnvironment)
{
    open(nullptr, withEnvironment);
}

void ProfileController::edit(const std::string& id)
{
    if (const profiles::Profile* profile = m_accounts.find(id))
        open(profile, false);
}

void ProfileController::open(const profiles::Profile* existing, bool withEnvironment)
{
    if (m_dialog) {
        m_dialog->raise();
        m_dialog->activateWindow();
        return;
    }
    m_id = existing ? existing->id : std::string();
    ui::ProfileDialog::Facts facts{.existing = {},
                                   .usualApiBase = QString::fromUtf8(profiles::cloudflareApi.data(), static_cast<qsizetype>(profiles::cloudflareApi.size())),
                                   .tokenInEnvironment = !qEnvironmentVariableIsEmpty(tokenVariable),
                                   .beginWithEnvironment = withEnvironment,
                                   .accountInEnvironment = existing ? QString() : qEnvironmentVariable(accountVariable)};
    if (existing)
        facts.existing = ui::ProfileDraft{.name = QString::fromStdString(existing->name),
                                          .colour = static_cast<ui::ProfileColour>(existing->colour),
                                          .production = existing->production,
                                          .accountId = QString::fromStdString(existing->accountId),
                                          .accountName = QString::fromStdString(existing->accountName),
                                          .zoneId = QString::fromStdString(existing->zoneId),
                                          .apiBase = QString::fromStdString(existing->apiBase),
                                          .caFile = QString::fromStdString(existing->caFile)};
    m_dialog = new ui::ProfileDialog(m_theme, facts, &m_window);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_dialog, &ui::ProfileDialog::testRequested, this, [this] { test(false); });
    connect(m_dialog, &ui::ProfileDialog::saveRequested, this, [this](bool tried) {
        if (!tried)
            return test(true);
        if (auto wanted = attempt())
            save(std::move(*wanted));
    });
    connect(m_dialog, &ui::ProfileDialog::cancelRequested, this, [this] {
        ++m_round;
        m_check.reset();
        m_dialog->showError(tr("Stopped. Nothing was saved."));
    });
    connect(m_dialog, &ui::ProfileDialog::tokenPageRequested, this, [] { QDesktopServices::openUrl(apiTokenPage()); });
    connect(m_dialog, &ui::ProfileDialog::caFileRequested, this, &ProfileController::chooseCaFile);
    connect(m_dialog, &QDialog::finished, this, [this] {
        ++m_round;
        m_check.reset();
        m_dialog = nullptr;
    });
    m_dialog->open();
}

profiles::Profile ProfileController::profileIn(const ui::ProfileDraft& draft) const
{
    return {.id = m_id.empty() ? QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString() : m_id,
            .name = draft.name.toStdString(),
            .apiBase = draft.apiBase.toStdString(),
            .accountId = draft.accountId.toStdString(),
            .accountName = draft.accountName.toStdString(),
            .zoneId = draft.zoneId.toStdString(),
            .caFile = draft.caFile.toStdString(),
            .colour = static_cast<profiles::ProfileColour>(draft.colour),
            .production = draft.production};
}

/// What is in the dialog; nullopt, told there, when there is nothing to try yet.
std::optional<ProfileController::Attempt> ProfileController::attempt() const
{
    Attempt result{profileIn(m_dialog->draft()), std::nullopt};
    if (const auto base = profiles::parseApiBase(result.profile.apiBase); !base) {
        m_dialog->showError(QString::fromStdString(base.error().message));
        return std::nullopt;
    }
    switch (m_dialog->tokenSource()) {
    case ProfileTokenPanel::Source::typed: result.fresh = m_dialog->typedToken(); break;
    case ProfileTokenPanel::Source::environment: result.fresh = environmentToken(); break;
    case ProfileTokenPanel::Source::kept:
    case ProfileTokenPanel::Source::none: break;
    }
    return result;
}

void ProfileController::test(bool thenSave)
{
    auto wanted = attempt();
    if (!wanted)
        return;
    ++m_round;
    if (wanted->fresh) {
        SecretBytes token = wanted->fresh->clone();
        check(std::move(*wanted), std::move(token), thenSave);
        return;
    }
    auto shared = std::make_shared<Attempt>(std::move(*wanted));
    m_accounts.vaults().asking().read(profiles::profileTokenKey(m_id), [self = QPointer(this), round = m_round, shared, thenSave](Result<SecretBytes> token) {
        if (!self || !self->m_dialog || round != self->m_round)
            return;
        if (token)
            self->check(std::move(*shared), std::move(*token), thenSave);
        else
            self->m_dialog->showError(QString::fromStdString(token.error().message));
    });
}

void ProfileController::check(Attempt wanted, SecretBytes token, bool thenSave)
{
    client::ClientOptions options;
    if (!wanted.profile.caFile.empty()) {
        auto tls = client::trusting(QString::fromStdString(wanted.profile.caFile));
        if (!tls)
            return m_dialog->showError(QString::fromStdString(tls.error().message));
        options.tls = std::move(*tls);
    }
    m_check = std::make_unique<client::ApiTokenCheck>(*profiles::parseApiBase(wanted.profile.apiBase), std::move(token), wanted.profile.accountId, std::move(options));
    auto shared = std::make_shared<Attempt>(std::move(wanted));
    m_check->start([this, shared, thenSave](const client::ApiTokenReport& report) {
        m_check.release()->deleteLater();
        m_dialog->showReport(reportOf(report));
        if (!thenSave || !report.works())
            return;
        // Chosen for the person only where there was nothing to choose.
        if (shared->profile.accountId.empty() && report.accounts.size() > 1)
            return m_dialog->showError(tr("The API token reaches several accounts. Choose one, then save."));
        shared->profile = [&] {
            profiles::Profile chosen = profileIn(m_dialog->draft());
            chosen.id = shared->profile.id;
            return chosen;
        }();
        save(std::move(*shared));
    });
}

void ProfileController::save(Attempt wanted)
{
    if (const auto good = profiles::check(wanted.profile); !good)
        return m_dialog->showError(QString::fromStdString(good.error().message));
    const auto twin = std::ranges::find_if(m_accounts.profiles(), [&](const profiles::Profile& other) { return other.name == wanted.profile.name && other.id != wanted.profile.id; });
    if (twin != m_accounts.profiles().end())
        return m_dialog->showError(tr("Another profile is called “%1”. Give this one a name of its own.").arg(QString::fromStdString(twin->name)));
    const std::string id = wanted.profile.id;
    const bool isNew = m_id.empty();
    m_accounts.put(std::move(wanted.profile), std::move(wanted.fresh), [self = QPointer(this), dialog = m_dialog, id, isNew](Result<void> kept) {
        if (!self)
            return;
        if (!kept) {
            if (dialog)
                dialog->showError(QString::fromStdString(kept.error().message));
            return;
        }
        self->m_window.clearBanner(ui::BannerKind::environmentToken);
        if (dialog)
            dialog->accept();
        if (isNew)
            Q_EMIT self->added(id);
    });
}

void ProfileController::chooseCaFile()
{
    auto* files = new QFileDialog(m_dialog, tr("Choose the CA file"), {}, tr("Certificates (*.pem *.crt *.cer);;All files (*)"));
    files->setFileMode(QFileDialog::ExistingFile);
    files->setAttribute(Qt::WA_DeleteOnClose);
    connect(files, &QFileDialog::fileSelected, m_dialog, &ui::ProfileDialog::setCaFile);
    files->open();
}

void ProfileController::askToRemove(const std::string& id)
{
    const profiles::Profile* profile = m_accounts.find(id);
    if (!profile)
        return;
    const QString name = QString::fromStdString(profile->name);
    if (const auto unfinished = m_local.rotations.unfinished(id); !unfinished.empty()) {
        m_window.showNotice(tr("A guided rotation of “%1” waits to go on. Finish or abandon it, then remove the profile.").arg(unfinished.front().state().tokenName));
        return;
    }
    const auto kept = static_cast<int>(m_preferences.keptSecrets(QString::fromStdString(id)).size());
    auto* question = new ui::ConfirmDialog(m_theme,
                                           {.title = tr("Remove the profile “%1”?").arg(name),
                                            .text = (kept > 0 ? tr("Its API token and %n client secret(s) are removed from this computer's keychain, with owners and notes.", nullptr, kept)
                                                              : tr("Its API token is removed from this computer's keychain, and owners and notes with it."))
                                                + u' ' + tr("Nothing changes in the account itself."),
                                            .yes = tr("Remove profile"),
                                            .no = tr("Cancel"),
                                            .destructive = true},
                                           &m_window);
    question->setAttribute(Qt::WA_DeleteOnClose);
    connect(question, &QDialog::accepted, this, [this, id] { remove(id); });
    question->open();
}

void ProfileController::remove(const std::string& id)
{
    std::vector<std::string> kept;
    for (const QString& token : m_preferences.keptSecrets(QString::fromStdString(id)))
        kept.push_back(token.toStdString());
    m_accounts.remove(id, std::move(kept), [self = QPointer(this), id](Result<void> removed) {
        if (!self)
            return;
        if (!removed)
            return self->m_window.showNotice(tr("The profile was not removed: %1").arg(QString::fromStdString(removed.error().message)));
        if (const auto forgotten = self->m_local.notes.forget(id); !forgotten)
            self->m_window.showNotice(QString::fromStdString(forgotten.error().message));
    });
}

} // namespace latchkey::app
