// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CreateManyDialog.h"

#include "DateText.h"
#include "OperationNames.h"
#include "Theme.h"

#include <algorithm>

namespace latchkey::ui {

namespace {

std::vector<access::ServiceToken> placeholders(const std::vector<std::string>& names)
{
    std::vector<access::ServiceToken> tokens;
    for (const std::string& name : names) {
        access::ServiceToken token;
        token.id = {"new-" + std::to_string(tokens.size())};
        token.name = name;
        tokens.push_back(std::move(token));
    }
    return tokens;
}

} // namespace

CreateManyDialog::CreateManyDialog(const Theme& theme, const std::vector<std::string>& names, const access::Duration& duration, const QString& account,
                                   const std::unordered_set<std::string>& taken, std::chrono::sys_seconds now, QWidget* parent)
    : BatchDialog(theme, placeholders(names),
                  {.title = tr("Create %n token(s)?", nullptr, static_cast<int>(names.size())),
                   .text = tr("In %1. Each secret goes into this computer's keychain as soon as its token is made.").arg(account),
                   .start = tr("&Create %n token(s)", nullptr, static_cast<int>(names.size())),
                   .done = tr("Created, and kept"),
                   .planHeader = {tr("Ends"), tr("Remark")},
                   .destructive = false,
                   .closesWhenOneIsDone = false},
                  parent)
    , m_duration(duration)
{
    setObjectName(names::createManyDialog);
    const auto end = duration.endFrom(now);
    const QString ends = end ? DateText().date(*end) : tr("Never", "ends");
    for (const access::ServiceToken& token : tokens()) {
        const bool twin = taken.contains(token.name);
        setPlan(token.id, ends, twin ? tr("One is called so already") : QString(), twin ? Role::warning : Role::text);
    }
}

const std::string& CreateManyDialog::nameOf(const access::TokenId& id) const
{
    return std::ranges::find(tokens(), id, &access::ServiceToken::id)->name;
}

} // namespace latchkey::ui
