// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ConsumerCommand.h"
#include "GuidedRotation.h"
#include "SecretProbe.h"
#include "Session.h"

#include "ui/GuidedRotationDialog.h"

#include <QObject>
#include <QPointer>

#include <map>
#include <memory>
#include <optional>

namespace latchkey::app {

/// Carries a GuidedRotation out: each of its changes is written to disk first, then acted on. One rotation has the dialog
/// at a time; any number may wait, and the window says so.
class GuidedController final : public QObject {
    Q_OBJECT
public:
    explicit GuidedController(Session& session, QObject* parent = nullptr);
    ~GuidedController() override;

    void open(const access::TokenId& id);

private:
    void openDialog(const access::TokenId& id);
    void begin(const access::TokenId& id, const ui::GuidedPlan& plan);
    void resume(GuidedRotation rotation);
    void rotate();
    void callRotate();
    void store();
    void runCommand(int line);
    void copy();
    void tick(int line, bool has);
    void verify(const QString& url);
    void answered(const ProbeAnswer& answer);
    void endPrevious();
    void finish();
    void promote();
    void abandon();
    void withSecret(std::function<void(SecretBytes)> use);   ///< From memory, else from the keychain.

    /// To disk, then to the screen; false when the disk refused, which stops what was to be done.
    bool advance();
    void show();
    void showUnfinished();
    void failStep(const QString& why);
    [[nodiscard]] ui::GuidedView view() const;
    [[nodiscard]] access::ServiceToken tokenForRecord() const;

    Session& m_session;
    std::optional<GuidedRotation> m_rotation;
    QPointer<ui::GuidedRotationDialog> m_dialog;
    SecretBytes m_secret;                          ///< Only between the API's answer and the keychain's.
    bool m_unkept = false;
    bool m_busy = false;                           ///< Something of ours runs that the rotation's own state does not tell.
    std::map<int, std::unique_ptr<ConsumerCommand>> m_commands;
    std::unique_ptr<SecretProbe> m_probe;
    client::CallHandle m_call;
    QString m_trouble;                             ///< Said on the page, not part of the rotation: the disk, the keychain.
};

} // namespace latchkey::app
