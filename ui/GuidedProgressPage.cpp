// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "GuidedProgressPage.h"

#include "Button.h"
#include "ErrorCard.h"
#include "FlowLayout.h"
#include "IconLabel.h"
#include "OperationNames.h"
#include "Panel.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QCheckBox>
#include <QVBoxLayout>

namespace latchkey::ui {

using Step = GuidedView::Step;

GuidedProgressPage::GuidedProgressPage(const Theme& theme, const QString& tokenName, const QString& account, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
{
    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::heading, tr("Guided rotation of “%1”").arg(tokenName));
    title->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 3 * grid);
    column->setSpacing(6);
    column->addWidget(title);
    column->addWidget(new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("In %1", "account or profile").arg(account)));
    m_rotate = addSection(*column, tr("1. Make the new secret"));
    m_again = new Button(theme, Button::Kind::primary, tr("&Try again"));
    m_again->setObjectName(names::guidedAgain);
    auto* againRow = new QHBoxLayout;
    againRow->addWidget(m_again);
    againRow->addStretch(1);
    m_rotate.content->addLayout(againRow);
    connect(m_again, &Button::clicked, this, [this] {
        if (m_unkept)
            Q_EMIT keepRequested();
        else
            Q_EMIT rotateRequested();
    });
    m_deliver = addSection(*column, tr("2. Bring it to everyone who uses it"));
    m_verify = addSection(*column, tr("3. Verify it with a request"));
    buildVerify();
    m_end = addSection(*column, tr("4. End the previous secret"));
    buildEnd();
    column->addStretch(1);
    buildFoot(*column);
}

GuidedProgressPage::Section GuidedProgressPage::addSection(QVBoxLayout& column, const QString& title)
{
    Section section{new IconLabel(m_theme, IconName::soon, Role::mutedText), new TextLabel(m_theme, Role::text, TextLabel::Size::strong, title),
                    new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body), new QVBoxLayout};
    section.text->setWordWrap(true);
    section.content->setSpacing(6);
    auto* right = new QVBoxLayout;
    right->setSpacing(4);
    right->addWidget(section.title);
    right->addWidget(section.text);
    right->addLayout(section.content);
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(section.icon, 0, Qt::AlignTop);
    row->addLayout(right, 1);
    column.addSpacing(10);
    column.addLayout(row);
    return section;
}

void GuidedProgressPage::buildVerify()
{
    m_verifyFields = new QWidget;
    m_url = new TextField;
    m_url->setObjectName(names::guidedProbeUrl);
    m_url->setAccessibleName(tr("Address that the new secret is verified with"));
    m_url->setLayoutDirection(Qt::LeftToRight);
    m_urlHint = new TextLabel(m_theme, Role::danger, TextLabel::Size::caption);
    m_urlHint->setWordWrap(true);
    m_urlHint->hide();
    m_send = new Button(m_theme, Button::Kind::primary, tr("&Send the request"));
    m_send->setObjectName(names::guidedVerify);
    m_skip = new Button(m_theme, Button::Kind::standard, tr("Go on &without"));
    m_skip->setObjectName(names::guidedSkip);
    auto* buttons = new FlowLayout(6);
    buttons->addWidget(m_send);
    buttons->addWidget(m_skip);
    auto* column = new QVBoxLayout(m_verifyFields);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_url);
    column->addWidget(m_urlHint);
    column->addLayout(buttons);
    m_verify.content->addWidget(m_verifyFields);
    m_verify.text->setObjectName(names::guidedVerifyText);
    connect(m_url, &QLineEdit::textEdited, this, [this](const QString& url) { Q_EMIT urlChanged(url.trimmed()); });
    connect(m_send, &Button::clicked, this, [this] { Q_EMIT verifyRequested(m_url->text().trimmed()); });
    connect(m_skip, &Button::clicked, this, &GuidedProgressPage::skipVerifyRequested);
}

void GuidedProgressPage::buildEnd()
{
    m_endButtons = new QWidget;
    m_endNow = new Button(m_theme, Button::Kind::destructive, tr("&End it now"));
    m_endNow->setObjectName(names::guidedEnd);
    auto* leave = new Button(m_theme, Button::Kind::standard, tr("&Leave it until its end"));
    leave->setObjectName(names::guidedLeave);
    auto* row = new FlowLayout(6, m_endButtons);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_endNow);
    row->addWidget(leave);
    m_end.content->addWidget(m_endButtons);
    connect(m_endNow, &Button::clicked, this, &GuidedProgressPage::endRequested);
    connect(leave, &Button::clicked, this, &GuidedProgressPage::leaveRequested);
}

void GuidedProgressPage::buildFoot(QVBoxLayout& column)
{
    m_error = new ErrorCard(m_theme);
    auto* line = new Panel(m_theme, Role::hairline);
    line->setFixedHeight(1);
    m_abandon = new Button(m_theme, Button::Kind::danger, tr("Stop &here…"));
    m_abandon->setObjectName(names::guidedAbandon);
    m_later = new Button(m_theme, Button::Kind::standard, tr("Go on later"));
    m_later->setObjectName(names::guidedLater);
    m_finish = new Button(m_theme, Button::Kind::primary, tr("&Try again"));
    m_finish->setObjectName(names::guidedFinish);
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(m_abandon);
    row->addStretch(1);
    row->addWidget(m_later);
    row->addWidget(m_finish);
    column.addSpacing(grid);
    column.addWidget(m_error);
    column.addSpacing(grid);
    column.addWidget(line);
    column.addSpacing(grid);
    column.addLayout(row);
    connect(m_abandon, &Button::clicked, this, &GuidedProgressPage::abandonRequested);
    connect(m_later, &Button::clicked, this, &GuidedProgressPage::laterRequested);
    connect(m_finish, &Button::clicked, this, &GuidedProgressPage::keepRequested);
}

void GuidedProgressPage::mark(Section& section, Step step, const GuidedView& view, const QString& text)
{
    const bool past = view.step > step;
    const bool now = view.step == step;
    section.icon->setIcon(past ? IconName::ok : now && view.busy ? IconName::busy : now ? IconName::arrow : IconName::soon,
                          past ? Role::success : now ? Role::accentText : Role::mutedText);
    section.title->setRole(past || now ? Role::text : Role::mutedText);
    section.text->setText(text);
    section.text->setVisible(!text.isEmpty());
}

QWidget* GuidedProgressPage::lineWidget(const GuidedView::Line& line, int index, bool open)
{
    using State = GuidedView::Line::State;
    const bool byHand = line.consumer.kind == Consumer::Kind::byHand;
    auto* card = new Panel(m_theme, Role::surface);
    card->setCard(true);
    auto* icon = new IconLabel(m_theme, line.state == State::done ? IconName::ok : line.state == State::failed ? IconName::warning : line.state == State::running ? IconName::busy : IconName::soon,
                               line.state == State::done ? Role::success : line.state == State::failed ? Role::danger : Role::mutedText);
    auto* name = new TextLabel(m_theme, Role::text, TextLabel::Size::body, line.consumer.name);
    name->setWordWrap(true);
    auto* head = new QHBoxLayout;
    head->setSpacing(grid);
    head->addWidget(icon, 0, Qt::AlignTop);
    head->addWidget(name, 1);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(10, grid, 10, grid);
    column->setSpacing(6);
    column->addLayout(head);
    if (!byHand) {
        auto* command = new TextLabel(m_theme, Role::mutedText, TextLabel::Size::code);
        command->setElided(Qt::ElideRight);
        command->setFullText(line.consumer.command);
        column->addWidget(command);
    }
    if (!line.message.isEmpty()) {
        auto* message = new TextLabel(m_theme, line.state == State::failed ? Role::danger : Role::warning, TextLabel::Size::caption, line.message);
        message->setWordWrap(true);
        column->addWidget(message);
    }
    if (!open)
        return card;
    auto* buttons = new FlowLayout(6);
    if (byHand) {
        auto* copy = new Button(m_theme, Button::Kind::standard, tr("&Copy the new secret"));
        copy->setObjectName(names::guidedCopy + QString::number(index));
        buttons->addWidget(copy);
        connect(copy, &Button::clicked, this, [this, index] { Q_EMIT copyRequested(index); });
    } else if (line.state != State::done) {
        auto* run = new Button(m_theme, Button::Kind::primary, line.state == State::running ? tr("Running…") : line.state == State::waiting ? tr("&Run it") : tr("&Run it again"));
        run->setObjectName(names::guidedRun + QString::number(index));
        run->setEnabled(line.state != State::running);
        buttons->addWidget(run);
        connect(run, &Button::clicked, this, [this, index] { Q_EMIT runRequested(index); });
    }
    auto* has = new QCheckBox(tr("%1 has it", "a consumer").arg(line.consumer.name));
    has->setObjectName(names::guidedTick + QString::number(index));
    has->setChecked(line.state == State::done);
    has->setEnabled(line.state != State::running);
    buttons->addWidget(has);
    connect(has, &QCheckBox::toggled, this, [this, index](bool checked) { Q_EMIT tickRequested(index, checked); });
    column->addLayout(buttons);
    return card;
}

void GuidedProgressPage::fillLines(const GuidedView& view)
{
    const bool open = view.step == Step::deliver && !view.secretLost;
    delete m_lines;
    m_lines = new QWidget;
    auto* column = new QVBoxLayout(m_lines);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    for (std::size_t i = 0; i < view.lines.size(); ++i)
        column->addWidget(lineWidget(view.lines[i], static_cast<int>(i), open));
    m_deliver.content->addWidget(m_lines);
    m_lines->setVisible(!view.lines.empty() && view.step <= Step::deliver);
}

void GuidedProgressPage::setView(const GuidedView& view, std::chrono::sys_seconds now)
{
    m_unkept = view.secretUnkept;
    QString rotateText;
    if (view.secretLost)
        rotateText = tr("The new secret was lost before it reached the keychain. Make another one: the one your consumers use now then stops at once, since only one "
                        "earlier secret is accepted.");
    else if (view.secretUnkept)
        rotateText = tr("The secret is made, but the keychain did not take it. Keep this window open: it is nowhere else.");
    else if (view.step > Step::rotate)
        rotateText = tr("Made, and in this computer's keychain.");
    else if (view.busy)
        rotateText = tr("Asking for it…");
    mark(m_rotate, Step::rotate, view, rotateText);
    if (view.secretLost)
        m_rotate.icon->setIcon(IconName::warning, Role::danger);
    m_rotate.text->setRole(view.secretLost || view.secretUnkept ? Role::danger : Role::mutedText);
    m_again->setText(view.secretUnkept ? tr("Put it into the keychain") : view.secretLost ? tr("&Make another secret") : tr("&Try again"));
    m_again->setVisible(view.secretLost || (view.step == Step::rotate && (!view.busy || view.secretUnkept)));

    mark(m_deliver, Step::deliver, view, view.lines.empty() ? tr("Nobody was listed.") : view.step > Step::deliver ? tr("%n consumer(s) have it.", nullptr, static_cast<int>(view.lines.size())) : QString());
    fillLines(view);

    QString verifyText;
    switch (view.verified) {
    case GuidedView::Verified::open: verifyText = view.step == Step::verify && view.busy ? tr("Waiting for an answer…") : QString(); break;
    case GuidedView::Verified::passed: verifyText = tr("Accepted: %1").arg(view.verifyText); break;
    case GuidedView::Verified::failed: verifyText = view.busy ? tr("Waiting for an answer…") : tr("Not proven: %1").arg(view.verifyText); break;
    case GuidedView::Verified::skipped: verifyText = tr("Not verified with a request."); break;
    }
    mark(m_verify, Step::verify, view, verifyText);
    m_verify.text->setRole(view.verified == GuidedView::Verified::failed && !view.busy ? Role::danger : Role::mutedText);
    m_verifyFields->setVisible(view.step == Step::verify && !view.secretLost);
    if (!m_url->hasFocus())
        m_url->setText(view.verifyUrl);
    m_send->setEnabled(!view.busy && !m_url->text().trimmed().isEmpty() && !m_url->isInvalid());
    m_skip->setEnabled(!view.busy);

    QString endText;
    if (view.previousEnded)
        endText = tr("Ended.");
    else if (view.previousEnd && *view.previousEnd <= now)
        endText = tr("It has ended by itself.");
    else if (view.previousEnd)
        endText = tr("Accepted until %1.").arg(m_dates.both(*view.previousEnd, now));
    mark(m_end, Step::endPrevious, view, endText);
    m_endButtons->setVisible(view.step == Step::endPrevious);
    m_endNow->setEnabled(!view.busy);

    m_error->setText(view.failure);
    const bool over = view.step == Step::done;
    m_finish->setVisible(view.step == Step::finish && !view.failure.isEmpty());
    m_abandon->setVisible(view.step < Step::finish);
    m_abandon->setEnabled(!view.busy);
    m_later->setText(over ? tr("Done") : tr("Go on later"));
    m_later->setKind(over ? Button::Kind::primary : Button::Kind::standard);
}

void GuidedProgressPage::setUrlObjection(const QString& text)
{
    m_url->setInvalid(!text.isEmpty());
    m_urlHint->setText(text);
    m_urlHint->setVisible(!text.isEmpty());
    m_send->setEnabled(text.isEmpty() && !m_url->text().trimmed().isEmpty());
}

} // namespace latchkey::ui
