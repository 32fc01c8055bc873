// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ApplicationOptions.h"

namespace latchkey::access {

namespace {

using Texts = std::vector<std::string>;

/// Reads the members of one object into fields; remembers the first that is of the wrong type.
class MemberReader {
public:
    MemberReader(const Json& object, bool lenient, std::vector<std::string_view>* read)
        : m_object(object)
        , m_lenient(lenient)
        , m_read(read)
    {
    }

    void take(std::string_view name, std::optional<bool>& field)
    {
        look(name, "true or false", [&](const Json& json) {
            field = json.asBool();
            return field.has_value();
        });
    }
    void take(std::string_view name, std::optional<std::string>& field)
    {
        look(name, "text", [&](const Json& json) {
            if (json.asString() != nullptr)
                field = *json.asString();
            return json.asString() != nullptr;
        });
    }
    void take(std::string_view name, std::optional<std::int64_t>& field)
    {
        look(name, "a whole number", [&](const Json& json) {
            field = json.asInteger();
            return field.has_value();
        });
    }
    void take(std::string_view name, Texts& field)
    {
        look(name, "an array of texts", [&](const Json& json) {
            Texts texts;
            if (json.asArray() == nullptr)
                return false;
            for (const Json& item : *json.asArray()) {
                if (item.asString() == nullptr)
                    return false;
                texts.push_back(*item.asString());
            }
            field = std::move(texts);
            return !field.empty(); // an empty list says nothing, and travels as what it is
        }, true);
    }

    template <typename Function>
    void look(std::string_view name, const char* what, Function function, bool emptyIsFine = false)
    {
        const Json* member = m_object.find(name);
        if (member == nullptr || member->isNull())
            return;
        if (function(*member)) {
            if (m_read != nullptr)
                m_read->push_back(name);
            return;
        }
        if (emptyIsFine && member->asArray() != nullptr && member->asArray()->empty())
            return;
        if (!m_lenient && m_error.empty())
            m_error = std::string(name) + " must be " + what;
    }

    void failed(std::string message)
    {
        if (m_error.empty())
            m_error = std::move(message);
    }
    [[nodiscard]] const std::string& error() const { return m_error; }

private:
    const Json& m_object;
    const bool m_lenient;
    std::vector<std::string_view>* m_read;
    std::string m_error;
};

Result<CorsHeaders> decodeCors(const Json& json, bool lenient)
{
    std::vector<std::string_view> understood;
    MemberReader reader(json, lenient, &understood);
    CorsHeaders cors;
    reader.take("allowed_headers", cors.allowedHeaders);
    reader.take("allowed_methods", cors.allowedMethods);
    reader.take("allowed_origins", cors.allowedOrigins);
    reader.take("allow_all_headers", cors.allowAllHeaders);
    reader.take("allow_all_methods", cors.allowAllMethods);
    reader.take("allow_all_origins", cors.allowAllOrigins);
    reader.take("allow_credentials", cors.allowCredentials);
    reader.take("max_age", cors.maxAge);
    if (!reader.error().empty())
        return fail(ErrorCode::invalidArgument, "cors_headers: " + reader.error());
    Json rest = json;
    for (const std::string_view name : understood)
        rest.remove(name);
    if (!rest.asObject()->empty())
        cors.extra = rest.dump();
    return cors;
}

Json encodeTexts(const Texts& texts)
{
    Json array = Json::array();
    for (const std::string& text : texts)
        array.push(text);
    return array;
}

Json encodeCors(const CorsHeaders& cors)
{
    Json json = Json::object();
    const auto list = [&](const char* name, const Texts& texts) {
        if (!texts.empty())
            json.set(name, encodeTexts(texts));
    };
    const auto flag = [&](const char* name, const std::optional<bool>& value) {
        if (value)
            json.set(name, *value);
    };
    list("allowed_headers", cors.allowedHeaders);
    list("allowed_methods", cors.allowedMethods);
    list("allowed_origins", cors.allowedOrigins);
    flag("allow_all_headers", cors.allowAllHeaders);
    flag("allow_all_methods", cors.allowAllMethods);
    flag("allow_all_origins", cors.allowAllOrigins);
    flag("allow_credentials", cors.allowCredentials);
    if (cors.maxAge)
        json.set("max_age", *cors.maxAge);
    if (const auto extra = cors.extra.empty() ? Result<Json>() : parseJson(cors.extra); extra && extra->isObject()) {
        for (const auto& [name, value] : *extra->asObject()) {
            if (json.find(name) == nullptr)
                json.set(name, value);
        }
    }
    return json;
}

/// nullopt: no object.
std::optional<std::vector<Destination>> decodeDestinations(const Json& json)
{
    if (json.asArray() == nullptr)
        return std::nullopt;
    std::vector<Destination> destinations;
    for (const Json& item : *json.asArray()) {
        if (!item.isObject())
            return std::nullopt;
        Destination destination{{}, item.dump()};
        const Json* type = item.find("type");
        const Json* uri = item.find("uri");
        const bool isPublic = type == nullptr || (type->asString() != nullptr && *type->asString() == "public");
        if (isPublic && (uri == nullptr || uri->asString() == nullptr))
            return std::nullopt;
        if (isPublic)
            destination.uri = *uri->asString();
        destinations.push_back(std::move(destination));
    }
    return destinations;
}

} // namespace

void encodeOptions(Json& object, const ApplicationOptions& options)
{
    const auto flag = [&](const char* name, const std::optional<bool>& value) {
        if (value)
            object.set(name, *value);
    };
    const auto text = [&](const char* name, const std::optional<std::string>& value) {
        if (value)
            object.set(name, *value);
    };
    if (!options.selfHostedDomains.empty())
        object.set("self_hosted_domains", encodeTexts(options.selfHostedDomains));
    if (!options.destinations.empty()) {
        Json array = Json::array();
        for (const Destination& destination : options.destinations)
            array.push(parseJson(destination.json).value_or(Json::object()));
        object.set("destinations", std::move(array));
    }
    flag("service_auth_401_redirect", options.serviceAuth401Redirect);
    text("read_service_tokens_from_header", options.readServiceTokensFromHeader);
    flag("http_only_cookie_attribute", options.httpOnlyCookie);
    text("same_site_cookie_attribute", options.sameSiteCookie);
    flag("path_cookie_attribute", options.pathCookie);
    flag("options_preflight_bypass", options.optionsPreflightBypass);
    if (options.cors)
        object.set("cors_headers", encodeCors(*options.cors));
    text("custom_deny_message", options.customDenyMessage);
    text("custom_deny_url", options.customDenyUrl);
    text("custom_non_identity_deny_url", options.customNonIdentityDenyUrl);
}

Result<ApplicationOptions> decodeOptions(const Json& object, bool lenient, std::vector<std::string_view>* read)
{
    ApplicationOptions options;
    MemberReader reader(object, lenient, read);
    reader.take("self_hosted_domains", options.selfHostedDomains);
    reader.look("destinations", "an array of objects, each with a type and, when that is public, a uri", [&](const Json& json) {
        auto destinations = decodeDestinations(json);
        if (destinations)
            options.destinations = std::move(*destinations);
        return !options.destinations.empty();
    }, true);
    reader.take("service_auth_401_redirect", options.serviceAuth401Redirect);
    reader.take("read_service_tokens_from_header", options.readServiceTokensFromHeader);
    reader.take("http_only_cookie_attribute", options.httpOnlyCookie);
    reader.take("same_site_cookie_attribute", options.sameSiteCookie);
    reader.take("path_cookie_attribute", options.pathCookie);
    reader.take("options_preflight_bypass", options.optionsPreflightBypass);
    reader.look("cors_headers", "an object", [&](const Json& json) {
        if (!json.isObject())
            return false;
        auto cors = decodeCors(json, lenient);
        if (cors)
            options.cors = std::move(*cors);
        else
            reader.failed(cors.error().message);
        return options.cors.has_value();
    });
    reader.take("custom_deny_message", options.customDenyMessage);
    reader.take("custom_deny_url", options.customDenyUrl);
    reader.take("custom_non_identity_deny_url", options.customNonIdentityDenyUrl);
    if (!reader.error().empty())
        return fail(ErrorCode::invalidArgument, reader.error());
    return options;
}

} // namespace latchkey::access
