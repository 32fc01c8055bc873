// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/ServiceToken.h"

#include <QCoreApplication>
#include <QString>
#include <QTimeZone>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::ui {

/// What a query is asked about. Texts are case-folded UTF-8 (TokenQuery::folded), made once per token.
struct QuerySubject {
    const access::ServiceToken& token;
    std::string_view haystack;                     ///< Name, line feed, Client ID.
    std::string_view name;
    std::span<const std::string* const> applications;   ///< Names of those whose policies name the token.
    std::string_view owner;
};

/// The search field's language, as a value: terms apart by blanks, all of which must hold.
///   free text        part of name or Client ID; "quoted text" keeps its blanks and colons
///   name:ci          part of the name; with * or ? the whole name: name:ci*
///   expires:<30d     ends within 30 days (units h, d, w, y); expires:>30d later than that; neither is over or never
///   expires:>2027-01-01  < <= > >= or nothing before a day, a month (2027-01) or a year, in the person's time zone
///   expires:never
///   seen:<7d         used within 7 days; seen:>30d longer ago; days, months and years as above; seen:never
///   state:expired    active, expiring, expired, disabled; several apart by commas
///   app:grafana      named by a policy of an application so called, part or pattern; app:none
///   owner:ada        part of the owner, or pattern; owner:none
///   -term            must not hold
/// A term that is wrong is left out, and problem() says what is meant instead: the query stays usable as it is typed.
class TokenQuery {
    Q_DECLARE_TR_FUNCTIONS(latchkey::ui::TokenQuery)

public:
    struct Problem {
        qsizetype position = 0;   ///< Where the wrong term begins, and how long it is.
        qsizetype length = 0;
        QString message;
        bool operator==(const Problem&) const = default;
    };

    TokenQuery() = default;
    [[nodiscard]] static TokenQuery parse(const QString& text, const QTimeZone& zone = QTimeZone::systemTimeZone());

    [[nodiscard]] bool isEmpty() const { return m_terms.empty(); }
    [[nodiscard]] const std::optional<Problem>& problem() const { return m_problem; }   ///< The first one.
    [[nodiscard]] bool matches(const QuerySubject& subject, std::chrono::sys_seconds now) const;
    [[nodiscard]] bool dependsOnTime() const;
    /// Whatever matches this matched `earlier`: true when terms were added or free text grew, as happens on typing.
    [[nodiscard]] bool narrows(const TokenQuery& earlier) const;

    [[nodiscard]] static std::string folded(const QString& text);

private:
    enum class Field { text, name, expires, seen, state, app, owner };
    struct Term {
        Field field = Field::text;
        bool negated = false;
        std::string text;                        ///< Folded: what is looked for.
        bool pattern = false;                    ///< `text` has wildcards and means the whole.
        bool none = false;                       ///< never, none.
        std::optional<std::chrono::seconds> within;   ///< A distance from now,
        bool beyond = false;                          ///< and whether farther than it is meant.
        std::optional<std::chrono::sys_seconds> from, to;
        unsigned states = 0;                     ///< A bit per access::TokenState.
        bool operator==(const Term&) const = default;
    };

    struct Raw;
    void addTerm(const Raw& raw, const QTimeZone& zone);
    [[nodiscard]] static QString readTime(const QString& value, bool expires, const QTimeZone& zone, Term& term);
    [[nodiscard]] static QString readStates(const QString& value, Term& term);
    [[nodiscard]] static bool holds(const Term& term, const QuerySubject& subject, std::chrono::sys_seconds now);

    std::vector<Term> m_terms;
    std::optional<Problem> m_problem;
};

} // namespace latchkey::ui
