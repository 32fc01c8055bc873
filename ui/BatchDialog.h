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

/// What RefreshDialog and DeleteDialog share: a plan of one or more tokens, a button that starts it, the outcome of each
/// token as it comes, cancel, and a second try for those that failed. GUI thread only.
///
/// Course: startRequested(ids) → showDone / showFailed for each id → (all told: the button becomes Done, or Retry for
/// the failed ones). cancelRequested: start no more; tell those not done as failed with ErrorCode::cancelled.
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
    struct Words;   ///< What differs between the two, in words.
    BatchDialog(const Theme& theme, std::vector<access::ServiceToken> tokens, QWidget* parent);

    void closeEvent(QCloseEvent* event) override;

    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace latchkey::ui
