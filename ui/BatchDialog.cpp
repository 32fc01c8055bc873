// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "BatchDialog.h"

#include "BatchDelegate.h"
#include "BusyIndicator.h"
#include "Button.h"
#include "DialogSize.h"
#include "ObjectNames.h"
#include "TextLabel.h"

#include <QCloseEvent>
#include <QHeaderView>
#include <QProgressBar>
#include <QTableWidget>
#include <QVBoxLayout>

#include <map>
#include <set>

namespace latchkey::ui {

using access::TokenId;

namespace {

constexpr int outcomeColumn = 3;

} // namespace

struct BatchDialog::Private {
    enum class Step { asking, running, finished };

    const Theme& theme;
    std::vector<access::ServiceToken> tokens;
    Words words;
    Step step = Step::asking;
    bool ready = true;
    bool stopping = false;
    std::set<TokenId> wanted{};               ///< Still to do, or failed.
    std::set<TokenId> done{};
    std::set<TokenId> pending{};              ///< Asked for and not told yet.
    std::map<TokenId, Error> failures{};
    std::map<TokenId, int> rows{};
    int total = 0;

    TextLabel* text = nullptr;
    QVBoxLayout* body = nullptr;
    QTableWidget* table = nullptr;
    TextLabel* error = nullptr;
    QProgressBar* progress = nullptr;
    BusyIndicator* busy = nullptr;
    Button* start = nullptr;
    Button* cancel = nullptr;
};

BatchDialog::BatchDialog(const Theme& theme, std::vector<access::ServiceToken> tokens, const Words& words, QWidget* parent)
    : QDialog(parent)
    , d(new Private{.theme = theme, .tokens = std::move(tokens), .words = words})
{
    setWindowTitle(words.title);
    setModal(true);
    for (const access::ServiceToken& token : d->tokens)
        d->wanted.insert(token.id);

    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::heading, words.title);
    title->setWordWrap(true);
    d->text = new TextLabel(theme, Role::text, TextLabel::Size::body, words.text);
    d->text->setWordWrap(true);
    d->text->setVisible(!words.text.isEmpty());
    d->body = new QVBoxLayout;
    d->body->setSpacing(grid);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 2 * grid);
    column->setSpacing(grid);
    column->addWidget(title);
    column->addWidget(d->text);
    column->addLayout(d->body);
    if (d->tokens.size() > 1)
        buildTable(words);
    buildFoot();
    setMinimumWidth(fontMetrics().averageCharWidth() * (d->tokens.size() > 1 ? 118 : 66));
    showState();
}

BatchDialog::~BatchDialog() = default;

void BatchDialog::buildTable(const Words& words)
{
    auto* table = new QTableWidget(static_cast<int>(d->tokens.size()), outcomeColumn + 1);
    table->setObjectName(names::batchTable);
    table->setAccessibleName(words.title);
    table->setHorizontalHeaderLabels({tr("Name"), words.planHeader.value(0), words.planHeader.value(1), tr("Outcome")});
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 14);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setResizeContentsPrecision(50);
    // The name and what became of it share what the plan leaves; each keeps room to be read.
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setSectionResizeMode(outcomeColumn, QHeaderView::Stretch);
    table->horizontalHeader()->setMaximumSectionSize(fontMetrics().averageCharWidth() * 32);
    table->setSelectionMode(QAbstractItemView::NoSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setItemDelegate(new BatchDelegate(d->theme, table));
    table->setFrameShape(QFrame::NoFrame);
    d->table = table;
    for (std::size_t i = 0; i < d->tokens.size(); ++i) {
        const int row = static_cast<int>(i);
        d->rows[d->tokens[i].id] = row;
        for (int column = 0; column <= outcomeColumn; ++column) {
            auto* item = new QTableWidgetItem(column == 0 ? QString::fromStdString(d->tokens[i].name) : QString());
            item->setData(BatchDelegate::RoleRole, static_cast<int>(Role::text));
            table->setItem(row, column, item);   // the table owns its items
        }
    }
    const int visible = std::min<int>(static_cast<int>(d->tokens.size()), 9);
    table->setMinimumHeight((visible + 1) * (fontMetrics().height() + 14) + 4);
    static_cast<QVBoxLayout*>(layout())->addWidget(table, 1);
}

void BatchDialog::buildFoot()
{
    d->error = new TextLabel(d->theme, Role::danger, TextLabel::Size::body);
    d->error->setObjectName(names::batchError);
    d->error->setWordWrap(true);
    d->progress = new QProgressBar;
    d->progress->setObjectName(names::batchProgress);
    d->progress->setAccessibleName(tr("Progress"));
    d->progress->setTextVisible(false);
    d->progress->setFixedHeight(6);
    d->busy = new BusyIndicator(d->theme, 2 * grid);
    d->start = new Button(d->theme, d->words.destructive ? Button::Kind::destructive : Button::Kind::primary, d->words.start);
    d->start->setObjectName(names::batchStart);
    d->cancel = new Button(d->theme, Button::Kind::standard, tr("Cancel"));
    d->cancel->setObjectName(names::batchCancel);
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(d->busy);
    row->addStretch(1);
    row->addWidget(d->cancel);
    row->addWidget(d->start);
    auto* column = static_cast<QVBoxLayout*>(layout());
    if (!d->table)
        column->addStretch(1);
    column->addWidget(d->error);
    column->addWidget(d->progress);
    column->addSpacing(grid);
    column->addLayout(row);
    // Enter begins what can be undone, and leaves what cannot.
    (d->words.destructive ? d->cancel : d->start)->setDefault(true);
    connect(d->start, &Button::clicked, this, &BatchDialog::start);
    connect(d->cancel, &Button::clicked, this, &BatchDialog::reject);
}

const Theme& BatchDialog::theme() const
{
    return d->theme;
}

const std::vector<access::ServiceToken>& BatchDialog::tokens() const
{
    return d->tokens;
}

QVBoxLayout& BatchDialog::body()
{
    return *d->body;
}

void BatchDialog::setPlan(const TokenId& id, const QString& first, const QString& second, Role role)
{
    if (!d->table)
        return;
    const int row = d->rows.at(id);
    d->table->item(row, 1)->setText(first);
    d->table->item(row, 2)->setText(second);
    d->table->item(row, 2)->setData(BatchDelegate::RoleRole, static_cast<int>(role));
}

void BatchDialog::setOutcome(const TokenId& id, const QString& text, Role role)
{
    if (!d->table)
        return;
    QTableWidgetItem* item = d->table->item(d->rows.at(id), outcomeColumn);
    item->setText(text);
    item->setToolTip(text);
    item->setData(BatchDelegate::RoleRole, static_cast<int>(role));
}

void BatchDialog::leaveOut(const TokenId& id)
{
    d->wanted.erase(id);
    showState();
}

void BatchDialog::takeIn(const TokenId& id)
{
    // What was done stays done; a new plan is for the rest.
    if (d->done.contains(id))
        return;
    d->wanted.insert(id);
    setOutcome(id, {}, Role::text);
    showState();
}

void BatchDialog::setStart(const QString& start)
{
    d->words.start = start;
    showState();
}

int BatchDialog::left() const
{
    return static_cast<int>(d->wanted.size());
}

void BatchDialog::runningChanged(bool) { }

void BatchDialog::setReady(bool ready)
{
    d->ready = ready;
    showState();
}

void BatchDialog::showEvent(QShowEvent* event)
{
    fitHeight(*this);
    if (!focusWidget() || focusWidget() == d->table)
        (d->words.destructive || d->wanted.empty() ? d->cancel : d->start)->setFocus();
    QDialog::showEvent(event);
}

void BatchDialog::start()
{
    if (d->step == Private::Step::running || !d->ready || d->wanted.empty())
        return;
    std::vector<TokenId> ids;
    for (const access::ServiceToken& token : d->tokens) {
        if (!d->wanted.contains(token.id))
            continue;
        ids.push_back(token.id);
        setOutcome(token.id, tr("Waiting"), Role::mutedText);
    }
    d->pending = d->wanted;
    d->failures.clear();
    d->total = static_cast<int>(ids.size());
    d->step = Private::Step::running;
    d->stopping = false;
    showState();
    runningChanged(true);
    d->cancel->setFocus();
    Q_EMIT startRequested(ids);
}

void BatchDialog::showDone(const TokenId& id)
{
    if (!d->pending.contains(id))
        return;
    d->wanted.erase(id);
    d->done.insert(id);
    setOutcome(id, d->words.done, Role::success);
    told(id);
}

void BatchDialog::showFailed(const TokenId& id, const Error& error)
{
    if (!d->pending.contains(id))
        return;
    d->failures[id] = error;
    const bool cancelled = error.code == ErrorCode::cancelled;
    setOutcome(id, cancelled ? tr("Not done") : QString::fromStdString(error.message), cancelled ? Role::mutedText : Role::danger);
    told(id);
}

void BatchDialog::told(const TokenId& id)
{
    d->pending.erase(id);
    if (d->pending.empty()) {
        d->step = d->wanted.empty() ? Private::Step::finished : Private::Step::asking;
        runningChanged(false);
        if (d->wanted.empty() && d->tokens.size() == 1 && d->words.closesWhenOneIsDone) {
            accept();
            return;
        }
    }
    showState();
    if (d->pending.empty())
        (d->wanted.empty() ? d->cancel : d->start)->setFocus();
}

void BatchDialog::showState()
{
    const bool running = d->step == Private::Step::running;
    const bool nothingToDo = d->wanted.empty();
    const int failed = static_cast<int>(d->failures.size());

    d->start->setVisible(!nothingToDo || running);
    d->start->setEnabled(!running && d->ready);
    if (!running && failed)
        d->start->setText(d->tokens.size() == 1 ? tr("Try again") : tr("Try %n again", "tokens that failed", failed));
    else
        d->start->setText(d->words.start);

    d->cancel->setEnabled(!d->stopping);
    d->cancel->setText(running ? tr("Stop") : d->step == Private::Step::finished ? tr("Done") : failed || nothingToDo ? tr("Close") : tr("Cancel"));
    d->cancel->setKind(nothingToDo && !running ? Button::Kind::primary : Button::Kind::standard);

    d->busy->setVisible(running);
    d->progress->setVisible(running && d->tokens.size() > 1);
    d->progress->setMaximum(std::max(1, d->total));
    d->progress->setValue(d->total - static_cast<int>(d->pending.size()));

    QString words;
    if (!running && failed) {
        const Error& first = d->failures.begin()->second;
        words = d->tokens.size() == 1 ? QString::fromStdString(first.message)
                                      : tr("%n token(s) not done; the outcome column says why.", nullptr, failed);
    }
    d->error->setText(words);
    d->error->setVisible(!words.isEmpty());
}

void BatchDialog::reject()
{
    if (d->step == Private::Step::running) {
        if (!d->stopping) {
            d->stopping = true;
            showState();
            Q_EMIT cancelRequested();
        }
        return;
    }
    if (d->step == Private::Step::finished)
        accept();
    else
        QDialog::reject();
}

void BatchDialog::closeEvent(QCloseEvent* event)
{
    reject();
    if (isVisible())
        event->ignore();
    else
        event->accept();
}

} // namespace latchkey::ui
