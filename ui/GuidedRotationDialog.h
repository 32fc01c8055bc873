// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "GuidedPlanForm.h"
#include "GuidedView.h"

#include <QDialog>

namespace latchkey::ui {

class GuidedProgressPage;

/// A rotation without an outage, step by step: plan, then progress. It can be closed at any time; the app goes on later
/// from where it stood. The dialog decides nothing: it emits what the person wants and shows the view it is given.
/// GUI thread only; delete it when finished() comes.
class GuidedRotationDialog final : public QDialog {
    Q_OBJECT

public:
    GuidedRotationDialog(const Theme& theme, const GuidedPlanForm::Facts& facts, QWidget* parent = nullptr);

    void setNow(std::chrono::sys_seconds now);
    void showPlanError(const QString& text);
    void setUrlObjection(const QString& text);
    void setView(const GuidedView& view);   ///< From the first one on, the second page is shown.

    void reject() override;

Q_SIGNALS:
    void planned(const latchkey::ui::GuidedPlan& plan);
    void urlChanged(const QString& url);
    void rotateRequested();
    void keepRequested();
    void runRequested(int line);
    void copyRequested(int line);
    void tickRequested(int line, bool has);
    void verifyRequested(const QString& url);
    void skipVerifyRequested();
    void endRequested();
    void leaveRequested();
    void abandonRequested();                ///< Confirmed.

protected:
    void showEvent(QShowEvent* event) override;

private:
    void fit();
    void askToAbandon();

    const Theme& m_theme;
    std::chrono::sys_seconds m_now;
    GuidedPlanForm* m_plan;
    GuidedProgressPage* m_progress;
    GuidedView m_view;
};

} // namespace latchkey::ui
