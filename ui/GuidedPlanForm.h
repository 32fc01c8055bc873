// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "GuidedView.h"

#include <QWidget>

class QVBoxLayout;

namespace latchkey::ui {

class Button;
class ConsumerRow;
class ErrorCard;
class GraceField;
class TextField;
class TextLabel;
class Theme;

/// The first page of GuidedRotationDialog: how long the old secret lives, who needs the new one, and what proves it.
class GuidedPlanForm final : public QWidget {
    Q_OBJECT

public:
    struct Facts {
        QString tokenName;
        QString account;
        std::vector<Consumer> consumers;   ///< As they were the last time.
        QString verifyUrl;
        std::optional<QString> keychainUnusable;
        std::chrono::sys_seconds now;
    };
    GuidedPlanForm(const Theme& theme, const Facts& facts, QWidget* parent = nullptr);

    void setNow(std::chrono::sys_seconds now);
    void showError(const QString& text);
    void setUrlObjection(const QString& text);   ///< The app's verdict on the address; empty: it is fine.

Q_SIGNALS:
    void submitted(const latchkey::ui::GuidedPlan& plan);
    void urlChanged(const QString& url);         ///< Answer with setUrlObjection.
    void cancelled();
    void sizeChanged();

private:
    void buildConsumers(QVBoxLayout& column, const std::vector<Consumer>& consumers);
    ConsumerRow* addRow(const Consumer& consumer);
    void check();
    void submit();

    const Theme& m_theme;
    std::chrono::sys_seconds m_now;
    bool m_usable;
    std::vector<ConsumerRow*> m_rows;
    QVBoxLayout* m_list;
    GraceField* m_grace;
    TextField* m_url;
    TextLabel* m_urlHint;
    ErrorCard* m_error;
    Button* m_begin;
};

} // namespace latchkey::ui
