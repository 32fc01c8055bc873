// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "GuidedRotationDialog.h"

#include "ConfirmDialog.h"
#include "DialogSize.h"
#include "GuidedProgressPage.h"
#include "OperationNames.h"
#include "Theme.h"

#include <QScreen>
#include <QScrollArea>
#include <QVBoxLayout>

namespace latchkey::ui {

GuidedRotationDialog::GuidedRotationDialog(const Theme& theme, const GuidedPlanForm::Facts& facts, QWidget* parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_now(facts.now)
    , m_plan(new GuidedPlanForm(theme, facts))
    , m_progress(new GuidedProgressPage(theme, facts.tokenName, facts.account))
{
    setObjectName(names::guidedDialog);
    setWindowTitle(tr("Guided rotation"));
    setModal(true);
    auto* pages = new QWidget;
    auto* pageColumn = new QVBoxLayout(pages);
    pageColumn->setContentsMargins(0, 0, 0, 0);
    pageColumn->addWidget(m_plan);
    pageColumn->addWidget(m_progress);
    m_progress->hide();
    // Twenty consumers are higher than a screen.
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(pages);
    scroll->viewport()->setAutoFillBackground(false);
    pages->setAutoFillBackground(false);
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->addWidget(scroll);
    setMinimumWidth(fontMetrics().averageCharWidth() * 84);

    connect(m_plan, &GuidedPlanForm::submitted, this, &GuidedRotationDialog::planned);
    connect(m_plan, &GuidedPlanForm::urlChanged, this, &GuidedRotationDialog::urlChanged);
    connect(m_plan, &GuidedPlanForm::cancelled, this, &GuidedRotationDialog::reject);
    connect(m_plan, &GuidedPlanForm::sizeChanged, this, &GuidedRotationDialog::fit);
    connect(m_progress, &GuidedProgressPage::rotateRequested, this, &GuidedRotationDialog::rotateRequested);
    connect(m_progress, &GuidedProgressPage::keepRequested, this, &GuidedRotationDialog::keepRequested);
    connect(m_progress, &GuidedProgressPage::runRequested, this, &GuidedRotationDialog::runRequested);
    connect(m_progress, &GuidedProgressPage::copyRequested, this, &GuidedRotationDialog::copyRequested);
    // Queued: the line that was ticked is built anew by its own effect.
    connect(m_progress, &GuidedProgressPage::tickRequested, this, &GuidedRotationDialog::tickRequested, Qt::QueuedConnection);
    connect(m_progress, &GuidedProgressPage::urlChanged, this, &GuidedRotationDialog::urlChanged);
    connect(m_progress, &GuidedProgressPage::verifyRequested, this, &GuidedRotationDialog::verifyRequested);
    connect(m_progress, &GuidedProgressPage::skipVerifyRequested, this, &GuidedRotationDialog::skipVerifyRequested);
    connect(m_progress, &GuidedProgressPage::endRequested, this, &GuidedRotationDialog::endRequested);
    connect(m_progress, &GuidedProgressPage::leaveRequested, this, &GuidedRotationDialog::leaveRequested);
    connect(m_progress, &GuidedProgressPage::abandonRequested, this, &GuidedRotationDialog::askToAbandon);
    connect(m_progress, &GuidedProgressPage::laterRequested, this, &GuidedRotationDialog::reject);
}

void GuidedRotationDialog::setNow(std::chrono::sys_seconds now)
{
    m_now = now;
    m_plan->setNow(now);
}

void GuidedRotationDialog::showPlanError(const QString& text)
{
    m_plan->showError(text);
}

void GuidedRotationDialog::setUrlObjection(const QString& text)
{
    m_plan->setUrlObjection(text);
    m_progress->setUrlObjection(text);
}

void GuidedRotationDialog::setView(const GuidedView& view)
{
    m_view = view;
    m_plan->hide();
    m_progress->show();
    m_progress->setView(view, m_now);
    fit();
    // Once more when the new lines have their fonts and wraps.
    QMetaObject::invokeMethod(this, &GuidedRotationDialog::fit, Qt::QueuedConnection);
}

void GuidedRotationDialog::fit()
{
    QWidget* page = m_plan->isVisibleTo(this) ? static_cast<QWidget*>(m_plan) : m_progress;
    page->layout()->activate();
    const int width = qMax(this->width(), minimumWidth());
    const int height = page->layout()->hasHeightForWidth() ? page->layout()->totalHeightForWidth(width) : page->layout()->totalSizeHint().height();
    const int most = screen() ? screen()->availableGeometry().height() * 9 / 10 : height;
    resize(width, qMin(height + 2 * grid, most));
}

void GuidedRotationDialog::showEvent(QShowEvent* event)
{
    fit();
    QDialog::showEvent(event);
}

void GuidedRotationDialog::askToAbandon()
{
    const bool nothingMade = m_view.step == GuidedView::Step::rotate && !m_view.secretLost;
    auto* question = new ConfirmDialog(m_theme,
                                       {.title = tr("Stop the guided rotation here?"),
                                        .text = nothingMade ? tr("Nothing was changed.")
                                                            : tr("The new secret stays the token's secret. The previous one is accepted until its end; you can end it or give it more time in the "
                                                                 "token's details. What is not delivered yet is forgotten."),
                                        .yes = tr("Stop here"),
                                        .no = tr("Go back"),
                                        .destructive = !nothingMade},
                                       this);
    question->setAttribute(Qt::WA_DeleteOnClose);
    connect(question, &QDialog::accepted, this, &GuidedRotationDialog::abandonRequested);
    question->open();
}

void GuidedRotationDialog::reject()
{
    if (!m_view.secretUnkept) {
        QDialog::reject();
        return;
    }
    auto* question = new ConfirmDialog(m_theme,
                                       {.title = tr("Close and lose the new secret?"),
                                        .text = tr("It is not in the keychain and nowhere else. If this window closes, it is lost and another one has to be made."),
                                        .yes = tr("Close and lose it"),
                                        .no = tr("Go back"),
                                        .destructive = true},
                                       this);
    question->setAttribute(Qt::WA_DeleteOnClose);
    connect(question, &QDialog::accepted, this, [this] { QDialog::reject(); });
    question->open();
}

} // namespace latchkey::ui
