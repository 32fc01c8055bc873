// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "LogQuery.h"

#include "ListQuery.h"

#include "agent/access/Email.h"
#include "agent/base/Encoding.h"
#include "agent/base/Rfc3339.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace latchkey::wire {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// The last value of a name; nullptr when it is missing or empty.
const std::string* valueOf(const Pairs& pairs, std::string_view name)
{
    const std::string* found = nullptr;
    for (const auto& [key, value] : pairs) {
        if (key == name && !value.empty())
            found = &value;
    }
    return found;
}

std::unexpected<Error> must(std::string_view name, std::string_view what)
{
    return fail(ErrorCode::invalidArgument, std::string(name) + " must be " + std::string(what));
}

Result<void> readTime(const Pairs& pairs, std::string_view name, std::optional<std::chrono::sys_seconds>& into)
{
    const auto* text = valueOf(pairs, name);
    if (!text)
        return {};
    const auto time = base::parseRfc3339(*text);
    if (!time)
        return must(name, "a date and time as RFC 3339 writes it");
    into = *time;
    return {};
}

Result<void> readBool(const Pairs& pairs, std::string_view name, std::optional<bool>& into)
{
    const auto* text = valueOf(pairs, name);
    if (!text)
        return {};
    if (*text != "true" && *text != "false")
        return must(name, "true or false");
    into = *text == "true";
    return {};
}

Result<void> readNumber(const Pairs& pairs, std::string_view name, int most, int& into)
{
    const auto* text = valueOf(pairs, name);
    if (!text)
        return {};
    int value = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
    if (read.ec != std::errc() || read.ptr != text->data() + text->size() || value < 1)
        return must(name, "a whole number from 1");
    into = std::min(value, most);
    return {};
}

/// `<name>Op`: whether it asks for what does not match.
Result<bool> negated(const Pairs& pairs, std::string_view name)
{
    const std::string parameter = std::string(name) + "Op";
    const auto* text = valueOf(pairs, parameter);
    if (text && *text != "eq" && *text != "neq")
        return must(parameter, "eq or neq");
    return text && *text == "neq";
}

Result<void> readFilter(const Pairs& pairs, std::string_view name, std::optional<LogQuery::Filter>& into)
{
    const auto* text = valueOf(pairs, name);
    const auto negation = negated(pairs, name);
    if (!negation)
        return std::unexpected(negation.error());
    if (!text)
        return {};
    if (!base::isUtf8(*text))
        return must(name, "UTF-8");
    into = {*text, *negation ? LogQuery::Match::notEqual : LogQuery::Match::equal};
    return {};
}

/// The one filter that looks for a part unless it is told not to.
Result<void> readEmail(const Pairs& pairs, std::optional<LogQuery::Filter>& into)
{
    std::optional<bool> exact;
    if (auto read = readBool(pairs, "email_exact", exact); !read)
        return read;
    const auto* operation = valueOf(pairs, "emailOp");
    if (operation && *operation != "eq" && *operation != "neq" && *operation != "contains")
        return must("emailOp", "eq, neq or contains");
    const auto* text = valueOf(pairs, "email");
    if (!text)
        return {};
    using Match = LogQuery::Match;
    const bool isWhole = exact.value_or(false);
    Match match = isWhole || (operation && *operation == "eq") ? Match::equal : Match::contains;
    if (operation && *operation == "neq")
        match = isWhole ? Match::notEqual : Match::notContains;
    // Our choice: what no address can be or hold would match nothing (or, negated, everything) without a word.
    if ((match == Match::equal || match == Match::notEqual) && !access::isEmailAddress(*text))
        return must("email", "an address like ada@example.com, as it is compared with whole ones");
    if (!access::isPartOfEmailAddress(*text))
        return must("email", "an address like ada@example.com, or a part of one");
    into = {*text, match};
    return {};
}

Result<void> readAllowed(const Pairs& pairs, std::optional<bool>& into)
{
    if (auto read = readBool(pairs, "allowed", into); !read)
        return read;
    const auto negation = negated(pairs, "allowed");
    if (!negation)
        return std::unexpected(negation.error());
    if (into && *negation)
        into = !*into;
    return {};
}

Result<void> readNonIdentity(const Pairs& pairs, std::optional<LogQuery::Filter>& into)
{
    std::optional<bool> value;
    if (auto read = readBool(pairs, "non_identity", value); !read)
        return read;
    return readFilter(pairs, "non_identity", into);
}

Result<void> readDirection(const Pairs& pairs, bool& oldestFirst)
{
    const auto* text = valueOf(pairs, "direction");
    if (text && *text != "asc" && *text != "desc")
        return must("direction", "asc or desc");
    oldestFirst = text && *text == "asc";
    return {};
}

void readFields(const Pairs& pairs, std::vector<std::string>& into)
{
    const auto* text = valueOf(pairs, "fields");
    if (!text)
        return;
    for (std::string_view rest = *text; !rest.empty();) {
        const auto end = std::min(rest.find(','), rest.size());
        if (end > 0)
            into.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

} // namespace

Result<LogQuery> decodeLogQuery(const Pairs& pairs)
{
    LogQuery query;
    query.perPage = 0;
    Result<void> read;
    const auto then = [&read](auto step) {
        if (read)
            read = step();
    };
    then([&] { return readTime(pairs, "since", query.since); });
    then([&] { return readTime(pairs, "until", query.until); });
    then([&] { return readAllowed(pairs, query.allowed); });
    then([&] { return readFilter(pairs, "app_uid", query.application); });
    then([&] { return readFilter(pairs, "app_domain", query.domain); });
    then([&] { return readFilter(pairs, "app_type", query.applicationType); });
    then([&] { return readFilter(pairs, "country_code", query.country); });
    then([&] { return readFilter(pairs, "idp", query.identityProvider); });
    then([&] { return readFilter(pairs, "ray_id", query.rayId); });
    then([&] { return readNonIdentity(pairs, query.nonIdentity); });
    then([&] { return readEmail(pairs, query.email); });
    then([&] { return readDirection(pairs, query.oldestFirst); });
    then([&] { return readNumber(pairs, "limit", 1'000'000, query.limit); });
    then([&] { return readNumber(pairs, "page", 1'000'000, query.page); });
    then([&] { return readNumber(pairs, "per_page", ListQuery::largestPerPage, query.perPage); });
    if (!read)
        return std::unexpected(read.error());
    if (query.perPage == 0)   // A limit alone means the one page that holds it.
        query.perPage = query.limit > 0 ? std::min(query.limit, ListQuery::largestPerPage) : ListQuery::defaultPerPage;
    readFields(pairs, query.fields);
    return query;
}

} // namespace latchkey::wire
