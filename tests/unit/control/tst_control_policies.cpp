// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Reusable policies and groups: a change reaches every application that uses them, or none.
#include "Harness.h"
#include "TestProgram.h"

#include <QTemporaryDir>
#include <QtTest>

namespace tst_control_policies {

using namespace latchkey;
using namespace latchkey::control;
using namespace latchkey::control::test;

class TestControlPolicies : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void aPolicyReachesTheApplicationsThatListIt();
    void aPolicyInUseStays();
    void anApplicationListsOnlyWhatIsThere();
    void aGroupReachesPolicies();
    void groupsInUseStay();
    void groupsThatWouldUseThemselvesAreRefused();
    void whatDoesNotCommitChangesNothing();
    void everythingIsThereAfterARestart();
    void explainSaysWhatTheEdgeWouldDecide();

private:
    Control& control() { return m_agent->control(); }
    Result<ReusablePolicy> createPolicy(access::Policy wanted)
    {
        return answerOf<ReusablePolicy>([&](auto answer) { control().createPolicy(std::move(wanted), std::move(answer)); });
    }
    Result<ReusablePolicy> editPolicy(const access::PolicyId& id, access::Policy wanted)
    {
        return answerOf<ReusablePolicy>([&](auto answer) {
            control().editPolicy(id, [wanted](const access::Policy&) -> Result<access::Policy> { return wanted; }, std::move(answer));
        });
    }
    Result<access::Policy> deletePolicy(const access::PolicyId& id)
    {
        return answerOf<access::Policy>([&](auto answer) { control().deletePolicy(id, std::move(answer)); });
    }
    Result<access::Group> createGroup(std::string name, std::vector<access::Rule> include)
    {
        return answerOf<access::Group>([&](auto answer) {
            control().createGroup({{}, std::move(name), std::move(include), {}, {}, {}, {}, {}}, std::move(answer));
        });
    }
    Result<access::Group> editGroup(const access::Group& wanted)
    {
        return answerOf<access::Group>([&](auto answer) {
            control().editGroup(wanted.id, [wanted](const access::Group&) -> Result<access::Group> { return wanted; }, std::move(answer));
        });
    }
    Result<access::Group> deleteGroup(const access::GroupId& id)
    {
        return answerOf<access::Group>([&](auto answer) { control().deleteGroup(id, std::move(answer)); });
    }
    Result<access::Application> get(const access::ApplicationId& id)
    {
        return answerOf<access::Application>([&](auto answer) { control().getApplication(id, std::move(answer)); });
    }
    /// Whether the newest snapshot's application lets in whoever comes from there.
    bool bypasses(const access::ApplicationId& id, const char* address)
    {
        for (const auto& application : m_agent->edge.newest().applications) {
            if (application->id() != id)
                continue;
            access::Subject subject;
            subject.peer = access::IpAddress::parse(address).value();
            return application->decide(subject, access::Mode::strict, {}).outcome == access::Outcome::bypass;
        }
        return false;
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Agent> m_agent;
};

namespace {

access::Rule network(const char* text)
{
    return access::IpRule{access::IpNetwork::parse(text).value()};
}

access::Policy bypassFor(access::Rule rule)
{
    access::Policy policy;
    policy.name = "Offices";
    policy.decision = access::PolicyDecision::bypass;
    policy.include = {std::move(rule)};
    return policy;
}

access::Policy link(const access::PolicyId& id, int precedence)
{
    access::Policy policy;
    policy.id = id;
    policy.precedence = precedence;
    policy.reusable = true;
    return policy;
}

} // namespace

void TestControlPolicies::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_agent = std::make_unique<Agent>(m_directory->path().toStdString());
    QVERIFY(m_agent->start());
}

void TestControlPolicies::cleanup()
{
    m_agent.reset();
    m_directory.reset();
}

void TestControlPolicies::aPolicyReachesTheApplicationsThatListIt()
{
    const auto policy = createPolicy(bypassFor(network("10.0.0.0/8")));
    QVERIFY(policy.has_value());
    QCOMPARE(policy->applications, 0);
    std::vector<access::Application> made;
    for (const char* name : {"a", "b"}) {
        auto wanted = sampleApplication(name, std::string(name) + ".example.com");
        wanted.policies.push_back(link(policy->policy.id, name[0] == 'a' ? 7 : 8));
        const auto application = m_agent->createApplication(wanted);
        QVERIFY2(application, application ? "" : application.error().message.c_str());
        made.push_back(*application);
        QVERIFY(bypasses(application->id, "10.1.2.3"));
    }
    QVERIFY(made[0].policies[1].include == policy->policy.include);
    QCOMPARE(made[0].policies[1].precedence, 7);

    const auto changed = editPolicy(policy->policy.id, bypassFor(network("192.0.2.0/24")));
    QVERIFY(changed.has_value());
    QCOMPARE(changed->applications, 2);
    for (const auto& application : made) {
        QVERIFY(!bypasses(application.id, "10.1.2.3"));
        QVERIFY(bypasses(application.id, "192.0.2.9"));
    }
    QCOMPARE(get(made[1].id)->policies[1].precedence, 8);
    QVERIFY(get(made[1].id)->policies[1].include == changed->policy.include);
    const auto page = answerOf<store::Page<ReusablePolicy>>([&](auto answer) { control().listPolicies(1, 10, std::move(answer)); });
    QCOMPARE(page->totalCount, 1);
    QCOMPARE(page->items.front().applications, 2);
}

void TestControlPolicies::aPolicyInUseStays()
{
    const auto policy = createPolicy(bypassFor(network("10.0.0.0/8")));
    auto wanted = sampleApplication("a");
    wanted.policies = {link(policy->policy.id, 1)};
    auto application = m_agent->createApplication(wanted).value();
    const auto refused = deletePolicy(policy->policy.id);
    QCOMPARE(refused.error().code, ErrorCode::conflict);
    QVERIFY(bypasses(application.id, "10.1.2.3"));
    // What came back from a list can be sent again, and a policy is taken out by leaving it out.
    const auto update = [&](const access::Application& next) {
        return answerOf<access::Application>([&](auto answer) { control().updateApplication(next.id, next, std::move(answer)); });
    };
    QVERIFY(update(application).value().policies == application.policies);
    application.policies.clear();
    QVERIFY(update(application).has_value());
    QVERIFY(!bypasses(application.id, "10.1.2.3"));
    QVERIFY(deletePolicy(policy->policy.id).has_value());
    QCOMPARE(deletePolicy(policy->policy.id).error().code, ErrorCode::notFound);
}

void TestControlPolicies::anApplicationListsOnlyWhatIsThere()
{
    auto wanted = sampleApplication("a");
    wanted.policies = {link({"4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d"}, 1)};
    QCOMPARE(m_agent->createApplication(wanted).error().code, ErrorCode::invalidArgument);
    auto nameless = bypassFor(network("10.0.0.0/8"));
    nameless.name.clear();
    QCOMPARE(createPolicy(nameless).error().code, ErrorCode::invalidArgument);
    QCOMPARE(createPolicy(bypassFor(access::GroupRule{{"4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d"}})).error().code, ErrorCode::invalidArgument);
    auto empty = bypassFor(network("10.0.0.0/8"));
    empty.include.clear();
    QCOMPARE(createPolicy(empty).error().code, ErrorCode::invalidArgument);
}

void TestControlPolicies::aGroupReachesPolicies()
{
    auto inner = createGroup("Inner", {network("10.0.0.0/8")}).value();
    const auto outer = createGroup("Outer", {access::GroupRule{inner.id}}).value();
    auto own = sampleApplication("a");
    own.policies = {bypassFor(access::GroupRule{outer.id})};
    const auto first = m_agent->createApplication(own).value();
    const auto policy = createPolicy(bypassFor(access::GroupRule{outer.id})).value();
    auto listing = sampleApplication("b");
    listing.policies = {link(policy.policy.id, 1)};
    const auto second = m_agent->createApplication(listing).value();
    QVERIFY(bypasses(first.id, "10.1.2.3") && bypasses(second.id, "10.1.2.3"));
    inner.include = {network("192.0.2.0/24")};
    QVERIFY(editGroup(inner).has_value());
    for (const auto& application : {first, second}) {
        QVERIFY(!bypasses(application.id, "10.1.2.3"));
        QVERIFY(bypasses(application.id, "192.0.2.9"));
    }
}

void TestControlPolicies::groupsInUseStay()
{
    const auto inner = createGroup("Inner", {network("10.0.0.0/8")}).value();
    const auto outer = createGroup("Outer", {access::GroupRule{inner.id}}).value();
    auto own = sampleApplication("a");
    own.policies = {bypassFor(access::GroupRule{outer.id})};
    const auto application = m_agent->createApplication(own).value();
    QCOMPARE(deleteGroup(inner.id).error().code, ErrorCode::conflict);
    QVERIFY(deleteGroup(outer.id).error().message.find("“a”") != std::string::npos);
    QVERIFY(answerOf<access::Application>([&](auto answer) { control().deleteApplication(application.id, std::move(answer)); }).has_value());
    QVERIFY(deleteGroup(outer.id).has_value());
    QVERIFY(deleteGroup(inner.id).has_value());
    QCOMPARE(deleteGroup(inner.id).error().code, ErrorCode::notFound);
}

void TestControlPolicies::groupsThatWouldUseThemselvesAreRefused()
{
    auto inner = createGroup("Inner", {network("10.0.0.0/8")}).value();
    const auto outer = createGroup("Outer", {access::GroupRule{inner.id}}).value();
    auto round = inner;
    round.include.push_back(access::GroupRule{outer.id});
    QCOMPARE(editGroup(round).error().code, ErrorCode::invalidArgument);
    const auto still = answerOf<access::Group>([&](auto answer) { control().getGroup(inner.id, std::move(answer)); });
    QVERIFY(still->include == inner.include);
}

void TestControlPolicies::whatDoesNotCommitChangesNothing()
{
    const auto policy = createPolicy(bypassFor(network("10.0.0.0/8"))).value();
    auto wanted = sampleApplication("a");
    wanted.policies = {link(policy.policy.id, 1)};
    const auto application = m_agent->createApplication(wanted).value();
    m_agent->store.failCommit = true;
    QCOMPARE(editPolicy(policy.policy.id, bypassFor(network("192.0.2.0/24"))).error().code, ErrorCode::io);
    m_agent->store.failCommit = false;
    QVERIFY(bypasses(application.id, "10.1.2.3"));
    QVERIFY(get(application.id)->policies.front().include == policy.policy.include);
}

void TestControlPolicies::everythingIsThereAfterARestart()
{
    const auto group = createGroup("Office", {network("10.0.0.0/8")}).value();
    const auto policy = createPolicy(bypassFor(access::GroupRule{group.id})).value();
    auto wanted = sampleApplication("a");
    wanted.policies = {link(policy.policy.id, 1)};
    const auto application = m_agent->createApplication(wanted).value();
    m_agent->stop();
    QVERIFY(m_agent->start());
    QVERIFY(bypasses(application.id, "10.1.2.3"));
    QVERIFY(get(application.id).value() == application);
    const auto again = answerOf<ReusablePolicy>([&](auto answer) { control().getPolicy(policy.policy.id, std::move(answer)); });
    QVERIFY(again->policy == policy.policy);
    QCOMPARE(again->applications, 1);
}

void TestControlPolicies::explainSaysWhatTheEdgeWouldDecide()
{
    const auto token = m_agent->createToken("ci").value();
    const auto application = m_agent->createApplication(sampleApplication("a", "a.example.com/admin")).value();
    const auto ask = [&](ExplainQuery query) {
        query.address = access::IpAddress::parse("127.0.0.1").value();
        return answerOf<Explanation>([&](auto answer) { control().explain(std::move(query), std::move(answer)); });
    };
    const auto byId = [&] {
        ExplainQuery query;
        query.application = application.id;
        return query;
    };
    ExplainQuery query = byId();
    query.token = token.token.id;
    const auto allowed = ask(std::move(query));
    QVERIFY(allowed.has_value());
    QVERIFY(allowed->trace.decision.outcome == access::Outcome::allow);
    QCOMPARE(allowed->clientId, token.token.clientId.value);

    query = byId();
    query.token = token.token.id;
    query.at = *token.token.expiresAt;
    QVERIFY(ask(std::move(query))->trace.decision.reason == access::Reason::tokenExpired);
    query = byId();
    query.clientId = token.token.clientId.value;
    query.clientSecret = SecretBytes("wrong");
    QVERIFY(ask(std::move(query))->trace.decision.reason == access::Reason::wrongSecret);
    query = byId();
    query.clientId = token.token.clientId.value;
    query.clientSecret = token.secret.clone();
    QVERIFY(ask(std::move(query))->trace.decision.reason == access::Reason::allowed);
    query = byId();
    query.clientId = "nobody.access";
    QVERIFY(ask(std::move(query))->trace.decision.reason == access::Reason::unknownClientId);
    QVERIFY(ask(byId())->trace.decision.reason == access::Reason::missingCredentials);
    query = byId();
    query.isIncomplete = true;
    QVERIFY(ask(std::move(query))->trace.decision.reason == access::Reason::incompleteCredentials);

    query = {};
    query.port = application.port;
    QVERIFY(ask(std::move(query))->application->id() == application.id);
    query = {};
    query.host = "A.example.com:8400";
    query.path = "/admin/x?y";
    QVERIFY(ask(std::move(query))->application->id() == application.id);
    query = {};
    query.host = "a.example.com";
    query.path = "/other";
    const auto nowhere = ask(std::move(query));
    QVERIFY(nowhere->application == nullptr);
    QVERIFY(nowhere->trace.decision.reason == access::Reason::unknownApplication);
    query = {};
    query.host = "a.example.com";
    query.path = "/a/../admin";
    QCOMPARE(ask(std::move(query)).error().code, ErrorCode::invalidArgument);
    QCOMPARE(ask({}).error().code, ErrorCode::invalidArgument);
    query = {};
    query.application = {"none"};
    QCOMPARE(ask(std::move(query)).error().code, ErrorCode::notFound);
    query = byId();
    query.token = {"none"};
    QCOMPARE(ask(std::move(query)).error().code, ErrorCode::notFound);
}

LATCHKEY_TEST(TestControlPolicies)

} // namespace tst_control_policies

#include "tst_control_policies.moc"
