// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/ServiceToken.h"

#include <QDialog>

#include <memory>
#include <vector>

class QVBoxLayout;

namespace latchkey::ui {

class Theme;
enum class Role;

/// What the dialogs share that change one or many tokens: a plan of one or more tokens, a button that starts it, the outcome of each
/// token as it comes, cancel, and a second try for those that failed. GUI thread only.
///
/// Course: startRequested(ids) → showDone / showFailed for each id → (all told: Done, or another try for the failed ones).
/// cancelRequested: start no more; tell those not done as failed with ErrorCode::cancelled.
class BatchDialog : public QDialog {
    Q_OBJECT

public:
    ~BatchDialog() override;

    void showDone(const access::TokenId& id);
    void showFailed(const access::TokenId& id, const Error& error);

    void reject() override;

Q_SIGNALS:
    void startRequested(const std::vector<latchkey::access::TokenId>& ids);
    void cancelRequested();

protected:
    /// What differs between the two, in words.
    struct Words {
        QString title;
        QString text;
        QString start;                ///< The button that begins: a verb.
        QString done;                 ///< The outcome of one token: "Refreshed", "Deleted".
        QStringList planHeader;       ///< Two columns between the name and the outcome.
        bool destructive = false;
        bool closesWhenOneIsDone = false;   ///< A single token's success needs no page of its own.
    };
    BatchDialog(const Theme& theme, std::vector<access::ServiceToken> tokens, const Words& words, QWidget* parent);

    [[nodiscard]] const Theme& theme() const;
    [[nodiscard]] const std::vector<access::ServiceToken>& tokens() const;
    [[nodiscard]] QVBoxLayout& body();                       ///< Between the text and the table.
    void setPlan(const access::TokenId& id, const QString& first, const QString& second, Role role);
    void leaveOut(const access::TokenId& id);                ///< Nothing to do for it: never asked for, counts as told.
    void takeIn(const access::TokenId& id);                  ///< The plan changed: there is something to do for it again.
    void setStart(const QString& start);                     ///< The plan changed: other words on the button.
    [[nodiscard]] int left() const;                          ///< How many are still to do.
    /// A run began or ended: fields that shape the plan are closed meanwhile.
    virtual void runningChanged(bool running);
    void setReady(bool ready);                               ///< Whether the start button may be pressed.
    void setOutcome(const access::TokenId& id, const QString& text, Role role);

    void showEvent(QShowEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void buildTable(const Words& words);
    void buildFoot();
    void start();
    void told(const access::TokenId& id);
    void showState();

    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace latchkey::ui
