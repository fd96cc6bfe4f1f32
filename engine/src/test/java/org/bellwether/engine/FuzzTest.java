package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.bellwether.api.Route;
import org.bellwether.api.Routes;
import org.bellwether.engine.inventory.Seeds;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is sent, to whichever route: the answer is never a failure of the engine (5xx; 501 says that something is not served)
 * and never HTML. More than the short run with {@code -Dbellwether.fuzz=100000}, the same one with {@code -Dbellwether.seed=…}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FuzzTest {
    private static final int REQUESTS = Integer.getInteger("bellwether.fuzz", 3_000);
    private static final int NOT_SERVED = 501;

    private RunningEngine engine;
    private RunningEngine.Caller administrator;
    private long seed;
    private Random random;
    private String vm;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        administrator = engine.administrator();
        seed = Long.getLong("bellwether.seed", System.nanoTime());
        random = new Random(seed);
        System.out.println("seed " + seed);
        vm = administrator.add(
                "/vms", "{\"name\":\"fuzzed\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}}");
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    @Test
    void nothing_that_is_sent_breaks_the_engine() {
        List<String> wrong = new ArrayList<>();
        List<Route> routes = List.copyOf(Routes.all());
        for (int i = 0; i < REQUESTS; i++) {
            Route route = routes.get(random.nextInt(routes.size()));
            String path = path(route);
            boolean xml = random.nextInt(3) == 0;
            byte[] body = body(xml);
            var answer = engine.send(engine.request(RunningEngine.API + path + query())
                    .header("Authorization", administrator.authorization())
                    .header("Accept", random.nextBoolean() ? "application/json" : "application/xml")
                    .header("Content-Type", xml ? "application/xml" : "application/json")
                    .method(
                            random.nextInt(20) == 0 ? "PATCH" : route.verb(),
                            route.verb().equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body)));
            String type = answer.headers().firstValue("Content-Type").orElse("");
            boolean broken = answer.statusCode() >= 500 && answer.statusCode() != NOT_SERVED;
            if (broken || type.contains("html")) {
                wrong.add(answer.statusCode() + " " + type + " " + route + " " + path + " <- "
                        + new String(body, 0, Math.min(200, body.length), StandardCharsets.ISO_8859_1) + " -> "
                        + answer.body().substring(0, Math.min(300, answer.body().length())));
            }
        }
        assertThat(wrong).as("seed " + seed).isEmpty();
        assertThat(administrator.get("/vms").toString()).as("it still answers").isNotEmpty();
    }

    /** What stands beside the API: sign-on, accounts, notifications and the rest; with paths, queries, forms and JSON. */
    private static final List<String> BESIDE = List.of(
            "services/audit",
            "services/directories",
            "services/engine-machine",
            "services/enrolment",
            "services/health",
            "services/host-token",
            "services/licence-zones",
            "services/metrics",
            "services/notifications",
            "services/openapi.json",
            "services/password",
            "services/pki-resource",
            "services/placement",
            "services/preferences",
            "services/schedules/vms",
            "services/second-factor",
            "services/served",
            "services/sessions",
            "services/sso-clients",
            "services/sso-logout",
            "services/tokens",
            "services/usage",
            "sso/oauth/authorize",
            "sso/oauth/revoke",
            "sso/oauth/token",
            "sso/oauth/token-http-auth",
            "sso/oauth/token-info",
            "sso/openid/.well-known/openid-configuration",
            "sso/openid/jwks",
            "sso/openid/token",
            "sso/openid/userinfo",
            "sso/profiles",
            "sso/session",
            "sso/status");

    private static final String[] VERBS = {"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"};

    @Test
    void nothing_that_is_sent_beside_the_api_breaks_the_engine() {
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            String place = "/ovirt-engine/" + BESIDE.get(random.nextInt(BESIDE.size())) + below();
            String verb = VERBS[random.nextInt(VERBS.length)];
            byte[] body = random.nextBoolean() ? body(false) : form("%ZZ%").getBytes(StandardCharsets.UTF_8);
            var answer = engine.send(engine.request(place)
                    .header("Authorization", random.nextInt(4) == 0 ? "Bearer x" : administrator.authorization())
                    .header("Accept", random.nextBoolean() ? "application/json" : "*/*")
                    .header(
                            "Content-Type",
                            random.nextBoolean() ? "application/json" : "application/x-www-form-urlencoded")
                    .method(
                            verb,
                            verb.equals("GET") || verb.equals("HEAD")
                                    ? BodyPublishers.noBody()
                                    : BodyPublishers.ofByteArray(body)));
            String type = answer.headers().firstValue("Content-Type").orElse("");
            if (answer.statusCode() >= 500 || type.contains("html")) {
                wrong.add(answer.statusCode() + " " + type + " " + verb + " " + place + " <- "
                        + new String(body, 0, Math.min(200, body.length), StandardCharsets.ISO_8859_1) + " -> "
                        + answer.body().substring(0, Math.min(300, answer.body().length())));
            }
        }
        assertThat(wrong).as("seed " + seed).isEmpty();
        assertThat(administrator.get("/vms").toString()).as("it still answers").isNotEmpty();
    }

    private String below() {
        return switch (random.nextInt(8)) {
            case 0 -> "/" + vm;
            case 1 -> "/" + UUID.randomUUID() + "/" + UUID.randomUUID();
            case 2 -> "/%00%ff";
            case 3 -> "?" + form("%25");
            case 4 -> "?id=" + RunningEngine.encoded(text());
            case 5 -> "/" + "x".repeat(random.nextInt(300)) + "?" + form("%25");
            default -> "";
        };
    }

    /** @param malformed what no client that takes care sends; an address cannot hold all of it */
    private String form(String malformed) {
        String[] names = {
            "grant_type",
            "username",
            "scope",
            "token",
            "code",
            "otp",
            "client_id",
            "client_secret",
            "redirect_uri",
            "state",
            "response_type",
            "name",
            "days",
            "read_only",
            "new_password",
            "id",
            "user",
            "resource",
            "format",
            "kind",
            "from",
            "to",
            "host",
            "vm",
            "cluster",
            "after"
        };
        StringBuilder form = new StringBuilder();
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            String value = switch (random.nextInt(6)) {
                case 0 -> "password";
                case 1 -> "authorization_code";
                case 2 -> "ovirt-app-api";
                case 3 -> "-99999999999999999999";
                case 4 -> malformed;
                default -> RunningEngine.encoded(text());
            };
            form.append(i == 0 ? "" : "&")
                    .append(names[random.nextInt(names.length)])
                    .append('=')
                    .append(value);
        }
        return form.toString();
    }

    private String path(Route route) {
        String path = route.path();
        while (path.contains("{")) {
            int begin = path.indexOf('{');
            int end = path.indexOf('}');
            String id = switch (random.nextInt(6)) {
                case 0 -> path.startsWith("/vms") ? vm : Seeds.CLUSTER.toString();
                case 1 -> Seeds.DATA_CENTER.toString();
                case 2 -> "00000000-0000-0000-0000-000000000000";
                case 3 -> "%00%ff%2e%2e";
                case 4 -> "x".repeat(1 + random.nextInt(400));
                default -> UUID.randomUUID().toString();
            };
            path = path.substring(0, begin) + id + path.substring(end + 1);
        }
        return path;
    }

    private String query() {
        return switch (random.nextInt(8)) {
            case 0 -> "?search=" + RunningEngine.encoded(text());
            case 1 -> "?follow=" + RunningEngine.encoded(text());
            case 2 -> "?max=" + RunningEngine.encoded(text());
            case 3 -> ";max=" + random.nextInt() + "?from=" + random.nextLong();
            case 4 -> "?follow=" + "permissions.".repeat(random.nextInt(30));
            default -> "";
        };
    }

    private String text() {
        return switch (random.nextInt(8)) {
            case 0 -> "";
            case 1 -> "name=\"";
            case 2 -> "name=x and (or";
            case 3 -> "\u0000\u0001\uFFFF";
            case 4 -> "sortby page page 99999999999";
            case 5 -> "*".repeat(200);
            case 6 -> "' ; drop table vms; --";
            default -> "Ω≈ç√∫˜µ≤≥÷".repeat(random.nextInt(40));
        };
    }

    private byte[] body(boolean xml) {
        return switch (random.nextInt(10)) {
            case 0 -> new byte[0];
            case 1 -> {
                byte[] noise = new byte[random.nextInt(2_000)];
                random.nextBytes(noise);
                yield noise;
            }
            case 2 -> (xml ? "<a>".repeat(5_000) : "[".repeat(5_000)).getBytes(StandardCharsets.UTF_8);
            case 3 ->
                (xml ? "<vm><name>\u00ff</name></vm>" : "{\"name\":\"\u00ff\"}").getBytes(StandardCharsets.ISO_8859_1);
            case 4 -> (xml ? "<vm><name>x</name></vm>" : "{\"name\":\"x\"}").getBytes(StandardCharsets.UTF_16);
            case 5 ->
                "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><vm><name>&b;</name></vm>"
                        .getBytes(StandardCharsets.UTF_8);
            default -> document(xml).getBytes(StandardCharsets.UTF_8);
        };
    }

    /** Members that many types have, with values of any kind. */
    private String document(boolean xml) {
        StringBuilder text = new StringBuilder(xml ? "<x>" : "{");
        String[] names = {
            "name",
            "id",
            "description",
            "cluster",
            "template",
            "vm",
            "host",
            "data_center",
            "memory",
            "cpu",
            "status",
            "type",
            "version",
            "user",
            "role",
            "disk",
            "size",
            "mac",
            "address",
            "ranges",
            "range",
            "enabled",
            "comment",
            "storage_domain",
            "quota",
            "expiry",
            "from",
            "to",
            "event",
            "provisioned_size",
            "topology",
            "vnic_profile"
        };
        int count = random.nextInt(8);
        for (int i = 0; i < count; i++) {
            String name = names[random.nextInt(names.length)];
            if (xml) {
                text.append('<')
                        .append(name)
                        .append('>')
                        .append(xmlValue())
                        .append("</")
                        .append(name)
                        .append('>');
            } else {
                text.append(i == 0 ? "" : ",")
                        .append('"')
                        .append(name)
                        .append("\":")
                        .append(jsonValue(3));
            }
        }
        return text.append(xml ? "</x>" : "}").toString();
    }

    private String xmlValue() {
        return switch (random.nextInt(5)) {
            case 0 -> "";
            case 1 -> "-99999999999999999999";
            case 2 -> "<id>" + UUID.randomUUID() + "</id>";
            case 3 -> "&#x1F411;";
            default -> "<name>Default</name>";
        };
    }

    private String jsonValue(int depth) {
        return switch (random.nextInt(depth == 0 ? 7 : 10)) {
            case 0 -> "null";
            case 1 -> "true";
            case 2 -> "-1e309";
            case 3 -> "99999999999999999999";
            case 4 -> "\"" + "y".repeat(random.nextInt(5_000)) + "\"";
            case 5 -> "\"\\u0000\\ud800\"";
            case 6 -> "\"" + UUID.randomUUID() + "\"";
            case 7 -> "[" + jsonValue(depth - 1) + "," + jsonValue(depth - 1) + "]";
            case 8 -> "{\"id\":" + jsonValue(depth - 1) + "}";
            default -> "{\"name\":" + jsonValue(depth - 1) + "}";
        };
    }
}
