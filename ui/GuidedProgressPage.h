// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DateText.h"
#include "GuidedView.h"

#include <QWidget>

class QVBoxLayout;

namespace latchkey::ui {

class Button;
class ErrorCard;
class IconLabel;
class TextField;
class TextLabel;
class Theme;

/// The second page of GuidedRotationDialog: the four steps, what is done, what waits for the person.
class GuidedProgressPage final : public QWidget {
    Q_OBJECT

public:
    GuidedProgressPage(const Theme& theme, const QString& tokenName, const QString& account, QWidget* parent = nullptr);

    void setView(const GuidedView& view, std::chrono::sys_seconds now);
    void setUrlObjection(const QString& text);

Q_SIGNALS:
    void rotateRequested();                    ///< Once more: it failed, or the secret was lost.
    void keepRequested();                      ///< The keychain once more.
    void runRequested(int line);
    void copyRequested(int line);
    void tickRequested(int line, bool has);
    void urlChanged(const QString& url);
    void verifyRequested(const QString& url);
    void skipVerifyRequested();
    void endRequested();
    void leaveRequested();
    void abandonRequested();
    void laterRequested();

private:
    struct Section {
        IconLabel* icon;
        TextLabel* title;
        TextLabel* text;
        QVBoxLayout* content;
    };
    Section addSection(QVBoxLayout& column, const QString& title);
    void buildVerify();
    void buildEnd();
    void buildFoot(QVBoxLayout& column);
    void fillLines(const GuidedView& view);
    QWidget* lineWidget(const GuidedView::Line& line, int index, bool open);
    void mark(Section& section, GuidedView::Step step, const GuidedView& view, const QString& text);

    const Theme& m_theme;
    DateText m_dates;
    std::vector<GuidedView::Line> m_shownLines;
    bool m_linesOpen = false;
    Section m_rotate;
    Section m_deliver;
    Section m_verify;
    Section m_end;
    Button* m_again = nullptr;
    QWidget* m_lines = nullptr;
    QWidget* m_verifyFields = nullptr;
    TextField* m_url = nullptr;
    TextLabel* m_urlHint = nullptr;
    Button* m_send = nullptr;
    Button* m_skip = nullptr;
    QWidget* m_endButtons = nullptr;
    Button* m_endNow = nullptr;
    ErrorCard* m_error = nullptr;
    Button* m_abandon = nullptr;
    Button* m_later = nullptr;
    Button* m_finish = nullptr;
    bool m_unkept = false;
};

} // namespace latchkey::ui
