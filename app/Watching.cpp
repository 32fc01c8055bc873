// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Watching.h"

#include "NoticeText.h"

#include "ui/TokenModel.h"

#include <QFileInfo>

#include <algorithm>

#ifdef Q_OS_LINUX
#include "DBusNotifier.h"

#include <QDBusConnectionInterface>
#include <QDBusServiceWatcher>
#endif

namespace latchkey::app {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t endsInTray = 5;
constexpr std::chrono::seconds endsInTrayWithin = std::chrono::days(365);
constexpr std::chrono::seconds lately = std::chrono::days(7);
constexpr std::chrono::seconds longestTrayWait = 60s;
constexpr QLatin1StringView testTarget{"test"};

std::unique_ptr<Notifier> desktopNotifier()
{
#ifdef Q_OS_LINUX
    return std::make_unique<DBusNotifier>(QDBusConnection::sessionBus());
#else
    return nullptr;   // the tray's
#endif
}

} // namespace

Watching::Choices::Choices(const QString& file)
    : settings(file.isEmpty() ? QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("latchkey"), QStringLiteral("latchkey")).fileName() : file,
               QSettings::IniFormat)
    , notifications(settings, "watch/notifications", true)
    , hideToTray(settings, "watch/hideToTray", true)
    , saidTray(settings, "watch/saidTray", false)
    , saidNoTray(settings, "watch/saidNoTray", false)
{
}

Watching::Watching(ui::MainWindow& window, const ui::Theme& theme, const Clock& clock, Options options, QObject* parent)
    : QObject(parent)
    , m_window(window)
    , m_theme(theme)
    , m_clock(clock)
    , m_choices(options.settingsFile)
    , m_toldFile(QFileInfo(m_choices.settings.fileName()).absolutePath() + QStringLiteral("/told.json"))
    , m_watcher(clock)
    , m_autoRefresh(m_watcher, clock, QFileInfo(m_choices.settings.fileName()).absolutePath())
    , m_notifier(options.notifier ? std::move(options.notifier) : desktopNotifier())
    , m_autoStart(options.autoStart ? std::move(options.autoStart) : makeAutoStart())
    , m_tray(theme, ui::DateText())
{
    m_saved = m_toldFile.read();
    m_notices.restore(m_saved);
    connect(&m_watcher, &Watcher::looked, this, [this] {
        tell();
        showState();
    });
    connect(&m_watcher, &Watcher::failed, this, &Watching::showState);
    connect(&m_watcher, &Watcher::timePassed, this, [this] {
        tell();
        showState();
    });
    connect(&m_autoRefresh, &AutoRefresh::refreshed, this, [this](const access::ServiceToken& token) {
        if (m_window.tokenModel().find(token.id))
            m_window.putToken(token);
    });
    connect(&m_autoRefresh, &AutoRefresh::failed, this, [this](const WatchedToken& token, const QString& name, const QString& reason) {
        Notification notification;
        notification.target = NoticeTarget{token}.text();
        notification.title = tr("%1 could not be refreshed automatically").arg(nameAmongAccounts(name, token.profileId));
        notification.body = tr("%1 It is tried again in some hours.", "reason").arg(reason);
        notification.pressing = true;
        notification.actions = {{QString(NoticeText::refreshAction), tr("Refresh…")}};
        deliver(notification, {});
    });
    if (m_notifier)
        connect(m_notifier.get(), &Notifier::activated, this, &Watching::activated);
    connect(&m_trayNotifier, &Notifier::activated, this, &Watching::activated);

    connect(&m_tray, &Tray::openRequested, this, &Watching::comeForwardRequested);
    connect(&m_tray, &Tray::quitRequested, this, &Watching::quitRequested);
    connect(&m_tray, &Tray::settingsRequested, this, &Watching::openSettings);
    connect(&m_tray, &Tray::tokenRequested, this, [this](const WatchedToken& token) { showToken(token, false); });
    connect(&m_tray, &Tray::createRequested, this, [this] {
        Q_EMIT comeForwardRequested();
        Q_EMIT m_window.createRequested();
    });

    const auto said = [this]() -> Preference<bool>& { return m_tray.isShown() ? m_choices.saidTray : m_choices.saidNoTray; };
    m_close = std::make_unique<CloseBehaviour>(m_window, m_theme,
                                               CloseBehaviour::Options{.hasTray = [this] { return m_tray.isShown(); },
                                                                       .hidesToTray = [this] { return m_choices.hideToTray.get(); },
                                                                       .wasSaid = [said] { return said().get(); },
                                                                       .setSaid = [said] { said().set(true); }});
    connect(m_close.get(), &CloseBehaviour::hiddenFirstTime, this, [this] {
        Notification notification;
        notification.target = NoticeTarget{}.text();
        notification.title = tr("Latchkey goes on watching");
        notification.body = tr("It stays in the tray. Its menu quits it; Watching… there changes what closing the window does.");
        deliver(notification, {});
    });
}

Watching::~Watching() = default;

void Watching::start(bool background)
{
    if (background)
        awaitTray();
    else
        showTray();
}

void Watching::showTray()
{
    if (!m_tray.isShown() && m_tray.show()) {
        m_trayNotifier.setTray(m_tray.icon());
        showState();
    }
}

/// Qt asks only once whether there is a tray, and at login the panel may start after us: so ask when it has come.
void Watching::awaitTray()
{
#ifdef Q_OS_LINUX
    const QString name = QStringLiteral("org.kde.StatusNotifierWatcher");
    const QDBusConnection bus = QDBusConnection::sessionBus();
    if (bus.isConnected() && !bus.interface()->isServiceRegistered(name).value()) {
        auto* watcher = new QDBusServiceWatcher(name, bus, QDBusServiceWatcher::WatchForRegistration, this);
        connect(watcher, &QDBusServiceWatcher::serviceRegistered, this, [this] { QTimer::singleShot(1s, this, &Watching::showTray); });
        QTimer::singleShot(longestTrayWait, this, &Watching::showTray);
        return;
    }
#endif
    showTray();
}

void Watching::setAgentStatus(const ui::AgentStatus& status)
{
    const bool news = status.phase != m_agent.phase || status.edgeAddress != m_agent.edgeAddress;
    m_agent = status;
    if (news)
        showState();
}

void Watching::watch(std::unique_ptr<WatchedSource> source)
{
    m_watcher.add(std::move(source));
}

void Watching::unwatch(const std::string& profileId)
{
    m_watcher.remove(profileId);
    showState();
}

void Watching::tell()
{
    if (!m_choices.notifications.get())
        return;
    auto news = m_notices.due(m_watcher.lists(), m_clock.now());
    if (m_notices.isSettling())
        QTimer::singleShot(60s, this, &Watching::tell);
    // Before it is shown: after a crash between the two a step may go untold, but none is told at every start.
    if (QJsonObject now = m_notices.save(); now != m_saved) {
        m_saved = std::move(now);
        if (const auto written = m_toldFile.write(m_saved); !written)
            m_window.showNotice(QString::fromStdString(written.error().message));
    }
    if (news.empty())
        return;
    const NoticeText text(ui::DateText(), [this](const std::string& profileId) {
        const WatchedSource* source = m_watcher.source(profileId);
        return m_watcher.sourceCount() > 1 && source ? source->name() : QString();
    });
    const Notification notification = text.about(news, m_clock.now());
    deliver(notification, std::move(news));
}

void Watching::deliver(const Notification& notification, std::vector<ExpiryNotice> notices)
{
    auto failedToo = [this, title = notification.title, notices = std::move(notices)](bool shown) {
        if (shown)
            return;
        // Whoever has the window before them sees it there; else it is due again at the next look.
        if (m_window.isVisible())
            m_window.showNotice(title);
        else
            m_notices.untell(notices);
    };
    if (!m_notifier) {
        m_trayNotifier.show(notification, std::move(failedToo));
        return;
    }
    m_notifier->show(notification, [this, notification, failedToo = std::move(failedToo)](bool shown) mutable {
        if (!shown)
            m_trayNotifier.show(notification, std::move(failedToo));
    });
}

void Watching::activated(const QString& target, const QString& action)
{
    if (target == testTarget)
        return;
    if (const auto token = NoticeTarget::from(target).token)
        showToken(*token, action == NoticeText::refreshAction);
    else
        Q_EMIT comeForwardRequested();
}

void Watching::showToken(const WatchedToken& token, bool refresh)
{
    Q_EMIT comeForwardRequested();
    Q_EMIT profileRequested(token.profileId);
    if (!m_window.tokenModel().find(token.id)) {
        m_window.showNotice(tr("That token is not in this list (any more)."));
        return;
    }
    m_window.selectToken(token.id);
    if (refresh)
        Q_EMIT m_window.refreshRequested({token.id});
}

void Watching::showState()
{
    const std::chrono::sys_seconds now = m_clock.now();
    TrayState state;
    state.agent = m_agent;
    state.unwatched = m_watcher.failing();
    struct End {
        const access::ServiceToken* token;
        const std::string* profileId;
    };
    std::vector<End> ends;
    const auto lists = m_watcher.lists();
    for (const WatchedList& list : lists) {
        for (const access::ServiceToken& token : list.tokens) {
            if (!token.enabled || !token.expiresAt)
                continue;
            const auto left = *token.expiresAt - now;
            if (left <= 0s && left > -lately)
                ++state.ended;
            else if (left > 0s && left <= endsInTrayWithin)
                ends.push_back({&token, &list.profileId});
        }
    }
    const auto soonest = ends.begin() + static_cast<std::ptrdiff_t>(std::min(endsInTray, ends.size()));
    std::ranges::partial_sort(ends, soonest, {}, [](const End& end) { return *end.token->expiresAt; });
    for (auto end = ends.begin(); end != soonest; ++end) {
        state.next.push_back({{*end->profileId, end->token->id}, nameAmongAccounts(QString::fromStdString(end->token->name), *end->profileId), *end->token->expiresAt});
    }
    m_tray.setState(std::move(state), now);
}

QString Watching::nameAmongAccounts(const QString& token, const std::string& profileId) const
{
    const WatchedSource* source = m_watcher.source(profileId);
    return source && m_watcher.sourceCount() > 1 ? tr("%1 (%2)", "token, account").arg(token, source->name()) : token;
}

ui::WatchOptions Watching::optionsNow() const
{
    return {.notifications = m_choices.notifications.get(),
            .hideToTray = m_choices.hideToTray.get(),
            .startAtLogin = m_autoStart->isEnabled(),
            .hasTray = m_tray.isShown(),
            .startAtLoginProblem = m_autoStartProblem};
}

void Watching::openSettings()
{
    Q_EMIT comeForwardRequested();
    if (m_dialog) {
        m_dialog->raise();
        return;
    }
    m_dialog = new ui::WatchDialog(m_theme, optionsNow(), &m_window);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_dialog, &ui::WatchDialog::optionsChosen, this, &Watching::chosen);
    connect(m_dialog, &ui::WatchDialog::testRequested, this, [this] {
        Notification notification;
        notification.target = testTarget;
        notification.title = tr("Latchkey can reach you");
        notification.body = tr("Notifications about tokens that expire look like this.");
        deliver(notification, {});
    });
    addRules(*m_dialog);
    m_dialog->open();
}

void Watching::addRules(ui::WatchDialog& dialog)
{
    auto* panel = new ui::RefreshRulesPanel(m_theme);
    ui::RefreshRuleDialog::Accounts accounts;
    for (const std::string& id : m_watcher.profileIds())
        accounts.push_back({id, m_watcher.source(id)->name()});
    panel->setAccounts(std::move(accounts));
    panel->setRules(m_autoRefresh.rules());
    panel->setLog(refreshLog());
    connect(panel, &ui::RefreshRulesPanel::rulesChanged, this, [this](const std::vector<ui::RefreshRule>& rules) {
        if (const auto kept = m_autoRefresh.setRules(rules); !kept)
            m_window.showNotice(QString::fromStdString(kept.error().message));
    });
    connect(panel, &ui::RefreshRulesPanel::dryRunRequested, this,
            [this](ui::RefreshRuleDialog* rule, const ui::RefreshRule& wanted) { showDryRun(*rule, wanted); });
    connect(&m_autoRefresh, &AutoRefresh::logChanged, panel, [this, panel] { panel->setLog(refreshLog()); });
    dialog.addSection(panel);
}

void Watching::showDryRun(ui::RefreshRuleDialog& dialog, const ui::RefreshRule& rule) const
{
    const AutoRefresh::DryRun run = m_autoRefresh.dryRun(rule);
    const ui::DateText dates;
    QStringList lines;
    for (const PlannedRefresh& planned : run.now)
        lines << tr("%1 · ends %2", "token, in 3 days").arg(nameAmongAccounts(QString::fromStdString(planned.name), planned.token.profileId), dates.both(planned.end, m_clock.now()));
    dialog.setDryRun(lines, run.meant);
}

std::vector<ui::RefreshLogLine> Watching::refreshLog() const
{
    constexpr std::size_t shown = 100;
    const ui::DateText dates;
    std::vector<ui::RefreshLogLine> lines;
    for (const AutoRefresh::LogLine& line : m_autoRefresh.log()) {
        if (lines.size() == shown)
            break;
        const bool failed = !line.error.isEmpty();
        lines.push_back({dates.absolute(line.at), nameAmongAccounts(line.name, line.token.profileId),
                         failed     ? tr("Failed: %1").arg(line.error)
                         : line.end ? tr("Refreshed; ends on %1").arg(dates.absolute(*line.end))
                                    : tr("Refreshed"),
                         failed});
    }
    return lines;
}

void Watching::chosen(const ui::WatchOptions& options)
{
    m_choices.notifications.set(options.notifications);
    m_choices.hideToTray.set(options.hideToTray);
    m_autoStartProblem.clear();
    if (options.startAtLogin != m_autoStart->isEnabled()) {
        if (const auto changed = m_autoStart->setEnabled(options.startAtLogin); !changed)
            m_autoStartProblem = QString::fromStdString(changed.error().message);
    }
    if (m_dialog)
        m_dialog->setOptions(optionsNow());
    tell();
}

} // namespace latchkey::app
