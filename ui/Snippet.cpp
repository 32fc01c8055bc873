// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Snippet.h"

#include <QCoreApplication>

namespace latchkey::ui {

using namespace Qt::StringLiterals;

namespace {

/// In templates: `@ID@` and `@URL@` as the language writes them in its strings, `@SECRET@` likewise. Each template comes
/// twice, since a secret that stands there needs no import of what reads the environment.
struct SnippetTemplate {
    const char* shared;        ///< Refers to the secret.
    const char* withSecret;    ///< Holds it.
};

enum class Quoting { plain, shell, doubleQuoted };

SnippetTemplate templateOf(SnippetKind kind)
{
    switch (kind) {
    case SnippetKind::headers:
        return {"CF-Access-Client-Id: @ID@\nCF-Access-Client-Secret: $CF_ACCESS_CLIENT_SECRET\n",
                "CF-Access-Client-Id: @ID@\nCF-Access-Client-Secret: @SECRET@\n"};
    case SnippetKind::curl:
        return {"curl '@URL@' \\\n  -H 'CF-Access-Client-Id: @ID@' \\\n  -H \"CF-Access-Client-Secret: $CF_ACCESS_CLIENT_SECRET\"\n",
                "curl '@URL@' \\\n  -H 'CF-Access-Client-Id: @ID@' \\\n  -H 'CF-Access-Client-Secret: @SECRET@'\n"};
    case SnippetKind::fetch:
        return {"const response = await fetch(\"@URL@\", {\n  headers: {\n    \"CF-Access-Client-Id\": \"@ID@\",\n"
                "    \"CF-Access-Client-Secret\": process.env.CF_ACCESS_CLIENT_SECRET,\n  },\n});\n",
                "const response = await fetch(\"@URL@\", {\n  headers: {\n    \"CF-Access-Client-Id\": \"@ID@\",\n"
                "    \"CF-Access-Client-Secret\": \"@SECRET@\",\n  },\n});\n"};
    case SnippetKind::go:
        return {"package main\n\nimport (\n\t\"fmt\"\n\t\"log\"\n\t\"net/http\"\n\t\"os\"\n)\n\nfunc main() {\n"
                "\treq, err := http.NewRequest(http.MethodGet, \"@URL@\", nil)\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n"
                "\treq.Header.Set(\"CF-Access-Client-Id\", \"@ID@\")\n"
                "\treq.Header.Set(\"CF-Access-Client-Secret\", os.Getenv(\"CF_ACCESS_CLIENT_SECRET\"))\n"
                "\tresp, err := http.DefaultClient.Do(req)\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n\tdefer resp.Body.Close()\n"
                "\tfmt.Println(resp.Status)\n}\n",
                "package main\n\nimport (\n\t\"fmt\"\n\t\"log\"\n\t\"net/http\"\n)\n\nfunc main() {\n"
                "\treq, err := http.NewRequest(http.MethodGet, \"@URL@\", nil)\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n"
                "\treq.Header.Set(\"CF-Access-Client-Id\", \"@ID@\")\n\treq.Header.Set(\"CF-Access-Client-Secret\", \"@SECRET@\")\n"
                "\tresp, err := http.DefaultClient.Do(req)\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n\tdefer resp.Body.Close()\n"
                "\tfmt.Println(resp.Status)\n}\n"};
    case SnippetKind::python:
        return {"import os\nimport urllib.request\n\nrequest = urllib.request.Request(\n    \"@URL@\",\n    headers={\n"
                "        \"CF-Access-Client-Id\": \"@ID@\",\n        \"CF-Access-Client-Secret\": os.environ[\"CF_ACCESS_CLIENT_SECRET\"],\n    },\n)\n"
                "with urllib.request.urlopen(request) as response:\n    print(response.status)\n",
                "import urllib.request\n\nrequest = urllib.request.Request(\n    \"@URL@\",\n    headers={\n"
                "        \"CF-Access-Client-Id\": \"@ID@\",\n        \"CF-Access-Client-Secret\": \"@SECRET@\",\n    },\n)\n"
                "with urllib.request.urlopen(request) as response:\n    print(response.status)\n"};
    case SnippetKind::terraform:
        // TF_VAR_<name> in the environment sets a variable; what is sensitive is kept out of plans, but not out of the state.
        return {"# export TF_VAR_cf_access_client_secret=\"$CF_ACCESS_CLIENT_SECRET\"\nvariable \"cf_access_client_secret\" {\n  type      = string\n  sensitive = true\n}\n\n"
                "data \"http\" \"service\" {\n  url = \"@URL@\"\n  request_headers = {\n    \"CF-Access-Client-Id\"     = \"@ID@\"\n"
                "    \"CF-Access-Client-Secret\" = var.cf_access_client_secret\n  }\n}\n",
                "data \"http\" \"service\" {\n  url = \"@URL@\"\n  request_headers = {\n    \"CF-Access-Client-Id\"     = \"@ID@\"\n"
                "    \"CF-Access-Client-Secret\" = \"@SECRET@\"\n  }\n}\n"};
    case SnippetKind::githubActions:
        return {"# gh secret set CF_ACCESS_CLIENT_SECRET\n- name: Call the service\n  env:\n    CF_ACCESS_CLIENT_ID: \"@ID@\"\n"
                "    CF_ACCESS_CLIENT_SECRET: ${{ secrets.CF_ACCESS_CLIENT_SECRET }}\n  run: |\n    curl --fail '@URL@' \\\n"
                "      -H \"CF-Access-Client-Id: $CF_ACCESS_CLIENT_ID\" \\\n      -H \"CF-Access-Client-Secret: $CF_ACCESS_CLIENT_SECRET\"\n",
                "- name: Call the service\n  env:\n    CF_ACCESS_CLIENT_ID: \"@ID@\"\n    CF_ACCESS_CLIENT_SECRET: \"@SECRET@\"\n"
                "  run: |\n    curl --fail '@URL@' \\\n      -H \"CF-Access-Client-Id: $CF_ACCESS_CLIENT_ID\" \\\n"
                "      -H \"CF-Access-Client-Secret: $CF_ACCESS_CLIENT_SECRET\"\n"};
    case SnippetKind::gitlabCi:
        return {"# Settings > CI/CD > Variables: CF_ACCESS_CLIENT_SECRET, masked and protected\ncall-service:\n  variables:\n    CF_ACCESS_CLIENT_ID: \"@ID@\"\n"
                "  script:\n    - >\n      curl --fail '@URL@'\n      -H \"CF-Access-Client-Id: $CF_ACCESS_CLIENT_ID\"\n"
                "      -H \"CF-Access-Client-Secret: $CF_ACCESS_CLIENT_SECRET\"\n",
                "call-service:\n  variables:\n    CF_ACCESS_CLIENT_ID: \"@ID@\"\n    CF_ACCESS_CLIENT_SECRET: \"@SECRET@\"\n  script:\n    - >\n"
                "      curl --fail '@URL@'\n      -H \"CF-Access-Client-Id: $CF_ACCESS_CLIENT_ID\"\n"
                "      -H \"CF-Access-Client-Secret: $CF_ACCESS_CLIENT_SECRET\"\n"};
    case SnippetKind::compose:
        return {"services:\n  app:\n    environment:\n      SERVICE_URL: \"@URL@\"\n      CF_ACCESS_CLIENT_ID: \"@ID@\"\n"
                "      CF_ACCESS_CLIENT_SECRET: \"${CF_ACCESS_CLIENT_SECRET:?}\"\n",
                "services:\n  app:\n    environment:\n      SERVICE_URL: \"@URL@\"\n      CF_ACCESS_CLIENT_ID: \"@ID@\"\n"
                "      CF_ACCESS_CLIENT_SECRET: \"@SECRET@\"\n"};
    case SnippetKind::kubernetes:
        // envsubst fills the variable in: envsubst < secret.yaml | kubectl apply -f -
        return {"# envsubst < secret.yaml | kubectl apply -f -\napiVersion: v1\nkind: Secret\nmetadata:\n  name: cf-access\ntype: Opaque\nstringData:\n"
                "  CF_ACCESS_CLIENT_ID: \"@ID@\"\n  CF_ACCESS_CLIENT_SECRET: \"${CF_ACCESS_CLIENT_SECRET}\"\n",
                "apiVersion: v1\nkind: Secret\nmetadata:\n  name: cf-access\ntype: Opaque\nstringData:\n"
                "  CF_ACCESS_CLIENT_ID: \"@ID@\"\n  CF_ACCESS_CLIENT_SECRET: \"@SECRET@\"\n"};
    }
    Q_UNREACHABLE();
}

/// How the address stands in the text; the Client ID and the secret stand as the rest of it does.
Quoting addressQuoting(SnippetKind kind)
{
    switch (kind) {
    case SnippetKind::curl:
    case SnippetKind::githubActions:
    case SnippetKind::gitlabCi: return Quoting::shell;
    default: return Quoting::doubleQuoted;
    }
}

Quoting secretQuoting(SnippetKind kind)
{
    switch (kind) {
    case SnippetKind::headers: return Quoting::plain;
    case SnippetKind::curl: return Quoting::shell;
    default: return Quoting::doubleQuoted;
    }
}

/// Appends `text` so that it cannot end the quotes it stands in. Terraform and Compose would read `${` as a reference.
void appendEscaped(SecretBytes& out, std::string_view text, Quoting quoting, SnippetKind kind)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoting == Quoting::shell && c == '\'')
            out.append("'\\''");
        else if (quoting == Quoting::doubleQuoted && (c == '"' || c == '\\'))
            (out.append("\\"), out.append(text.substr(i, 1)));
        else if (quoting != Quoting::plain && (c == '\n' || c == '\r'))
            out.append(" ");
        else if (c == '$' && (kind == SnippetKind::compose || (kind == SnippetKind::terraform && text.substr(i, 2) == "${")))
            out.append("$$");
        else
            out.append(text.substr(i, 1));
    }
}

SecretBytes fill(SnippetKind kind, std::string_view text, const access::ClientId& clientId, const QString& url, std::string_view secret)
{
    const std::string address = url.toStdString();
    const Quoting quoting = secretQuoting(kind);
    SecretBytes out;
    while (!text.empty()) {
        const std::size_t at = text.find('@');
        if (at == std::string_view::npos) {
            out.append(text);
            break;
        }
        out.append(text.substr(0, at));
        text.remove_prefix(at);
        if (text.starts_with("@ID@")) {
            appendEscaped(out, clientId.value, quoting, kind);
            text.remove_prefix(4);
        } else if (text.starts_with("@URL@")) {
            appendEscaped(out, address, addressQuoting(kind), kind);
            text.remove_prefix(5);
        } else {
            appendEscaped(out, secret, quoting, kind);
            text.remove_prefix(std::string_view("@SECRET@").size());
        }
    }
    return out;
}

} // namespace

QString snippetTitle(SnippetKind kind)
{
    switch (kind) {
    case SnippetKind::headers: return QCoreApplication::translate("latchkey::ui::Snippet", "Request headers");
    case SnippetKind::curl: return u"curl"_s;
    case SnippetKind::fetch: return u"fetch (JavaScript)"_s;
    case SnippetKind::go: return u"Go"_s;
    case SnippetKind::python: return u"Python"_s;
    case SnippetKind::terraform: return u"Terraform"_s;
    case SnippetKind::githubActions: return u"GitHub Actions"_s;
    case SnippetKind::gitlabCi: return u"GitLab CI"_s;
    case SnippetKind::compose: return u"Docker Compose"_s;
    case SnippetKind::kubernetes: return u"Kubernetes Secret"_s;
    }
    Q_UNREACHABLE();
}

QString snippetText(SnippetKind kind, const access::ClientId& clientId, const QString& url)
{
    const SecretBytes text = fill(kind, templateOf(kind).shared, clientId, url, {});
    return QString::fromUtf8(text.reveal().data(), static_cast<qsizetype>(text.size()));
}

SecretBytes snippetWithSecret(SnippetKind kind, const access::ClientId& clientId, const QString& url, const SecretBytes& secret)
{
    return fill(kind, templateOf(kind).withSecret, clientId, url, secret.reveal());
}

} // namespace latchkey::ui
