// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CredentialText.h"

namespace latchkey::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr std::string_view idHeader = "CF-Access-Client-Id";
constexpr std::string_view secretHeader = "CF-Access-Client-Secret";

/// In single quotes, as a POSIX shell reads it unchanged.
void appendQuoted(SecretBytes& out, std::string_view prefix, std::string_view text)
{
    out.append("'");
    out.append(prefix);
    for (std::size_t i = 0; i < text.size(); ++i)
        out.append(text[i] == '\'' ? std::string_view("'\\''") : text.substr(i, 1));
    out.append("'");
}

void appendJson(SecretBytes& out, std::string_view text)
{
    out.append("\"");
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"' || text[i] == '\\')
            out.append("\\");
        out.append(text.substr(i, 1));
    }
    out.append("\"");
}

} // namespace

SecretBytes credentialText(CopyKind kind, const access::ClientId& clientId, const SecretBytes& secret, const QString& url)
{
    const std::string_view id = clientId.value;
    SecretBytes out;
    switch (kind) {
    case CopyKind::clientId:
        out.append(id);
        break;
    case CopyKind::clientSecret:
        out.append(secret.reveal());
        break;
    case CopyKind::headers:
        out.append(idHeader);
        out.append(": ");
        out.append(id);
        out.append("\n");
        out.append(secretHeader);
        out.append(": ");
        out.append(secret.reveal());
        out.append("\n");
        break;
    case CopyKind::environment:
        out.append("CF_ACCESS_CLIENT_ID=");
        out.append(id);
        out.append("\nCF_ACCESS_CLIENT_SECRET=");
        out.append(secret.reveal());
        out.append("\n");
        break;
    case CopyKind::curl:
        out.append("curl ");
        appendQuoted(out, "", url.toStdString());
        out.append(" \\\n  -H ");
        appendQuoted(out, "CF-Access-Client-Id: ", id);
        out.append(" \\\n  -H ");
        appendQuoted(out, "CF-Access-Client-Secret: ", secret.reveal());
        out.append("\n");
        break;
    case CopyKind::json:
        // The form the single-header mode takes as its value. Source: access-facts, "The edge".
        out.append("{\"cf-access-client-id\":");
        appendJson(out, id);
        out.append(",\"cf-access-client-secret\":");
        appendJson(out, secret.reveal());
        out.append("}");
        break;
    }
    return out;
}

QString curlSnippet(const access::ClientId& clientId, const QString& url)
{
    QString quotedUrl = url;
    quotedUrl.replace("'"_L1, "'\\''"_L1);
    return u"curl '%1' \\\n  -H \"CF-Access-Client-Id: %2\" \\\n  -H \"CF-Access-Client-Secret: $CF_ACCESS_CLIENT_SECRET\""_s.arg(
        quotedUrl, QString::fromStdString(clientId.value));
}

} // namespace latchkey::ui
