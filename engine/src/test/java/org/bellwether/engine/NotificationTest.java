package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.snmp4j.CommandResponder;
import org.snmp4j.CommandResponderEvent;
import org.snmp4j.Snmp;
import org.snmp4j.smi.Address;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.transport.DefaultUdpTransportMapping;

/** People and programs are told of events, by mail, HTTP and SNMP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NotificationTest {
    private static final String PAGE = "/ovirt-engine/services/notifications";
    private static final Duration SOON = Duration.ofSeconds(60);

    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        administrator = engine.administrator();
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    private void happen(String severity, String text) {
        administrator.post(
                "/events",
                "{\"origin\":\"test\",\"severity\":\"" + severity + "\",\"description\":\"" + text
                        + "\",\"custom_id\":\"1\"}");
    }

    /** What a receiver got, with the headers that prove whose it is. */
    private record Call(String body, String time, String signature) {}

    private static HttpServer receiver(List<Call> calls, AtomicInteger failures) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean fails = failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
            if (!fails) {
                calls.add(new Call(
                        body,
                        exchange.getRequestHeaders().getFirst("X-Bellwether-Timestamp"),
                        exchange.getRequestHeaders().getFirst("X-Bellwether-Signature")));
            }
            exchange.sendResponseHeaders(fails ? 503 : 200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void a_webhook_is_signed_filtered_and_tried_again_also_after_a_restart() throws Exception {
        List<Call> calls = new CopyOnWriteArrayList<>();
        var failures = new AtomicInteger(1);
        var server = receiver(calls, failures);
        try {
            administrator.post(
                    PAGE,
                    "{\"name\":\"hook\",\"kind\":\"webhook\",\"severity\":\"error\",\"secret\":\"s3cret\",\"url\":\"http://127.0.0.1:"
                            + server.getAddress().getPort() + "/\"}");
            happen("warning", "only a warning");
            happen("error", "a disk fell off");
            await().atMost(SOON).until(() -> failures.get() == 0);
            engine.restart();
            administrator = engine.administrator();
            await().atMost(SOON).until(() -> !calls.isEmpty());
            var call = calls.getFirst();
            assertThat(call.body()).contains("a disk fell off").contains("\"severity\":\"error\"");
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec("s3cret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            assertThat(call.signature())
                    .isEqualTo("sha256="
                            + HexFormat.of()
                                    .formatHex(mac.doFinal(
                                            (call.time() + "." + call.body()).getBytes(StandardCharsets.UTF_8))));
            assertThat(calls).noneMatch(each -> each.body().contains("only a warning"));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(administrator
                                    .call("GET", PAGE + "/hook/deliveries", "")
                                    .body())
                            .contains("\"state\":\"sent\"")
                            .contains("\"attempts\":2"));
            assertThat(administrator.call("GET", PAGE, "").body()).doesNotContain("s3cret");
        } finally {
            server.stop(0);
            administrator.status("DELETE", PAGE + "/hook", "");
        }
    }

    @Test
    void mail_goes_to_the_channel_and_to_users_who_subscribed() {
        try (var sink = new MailSink()) {
            administrator.post(
                    PAGE,
                    "{\"name\":\"post\",\"kind\":\"mail\",\"severity\":\"alert\",\"host\":\"127.0.0.1\",\"port\":"
                            + sink.port() + ",\"from\":\"bellwether@example.org\",\"to\":\"team@example.org\"}");
            assertThat(administrator.status("POST", PAGE + "/post/test", "{}")).isEqualTo(200);
            assertThat(sink.mails()).hasSize(1);
            assertThat(sink.mails().getFirst()).contains("team@example.org").contains("This is a test");
            administrator.user("jane");
            String user = "/users/" + administrator.userId("jane");
            administrator.add(
                    user + "/eventsubscriptions",
                    "{\"event\":\"engine_stop\",\"notification_method\":\"smtp\",\"address\":\"jane@example.org\"}");
            assertThat(
                            administrator.status(
                                    "POST",
                                    user + "/eventsubscriptions",
                                    "{\"event\":\"engine_stop\",\"notification_method\":\"smtp\",\"address\":\"jane@example.org\"}"))
                    .isEqualTo(409);
            assertThat(administrator.get(user + "/eventsubscriptions").toString())
                    .contains("jane@example.org");
            happen("alert", "the sky falls\\r\\nBcc: everybody@example.org");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(sink.mails())
                            .anyMatch(mail ->
                                    mail.contains("the sky falls") && mail.contains("RCPT TO:<team@example.org>")));
            assertThat(sink.mails())
                    .as("no line of an event becomes a header")
                    .noneMatch(mail -> mail.contains("RCPT TO:<everybody@example.org>"))
                    .noneMatch(mail -> mail.substring(0, mail.indexOf("\n\n")).contains("\nBcc:"));
            engine.restart();
            administrator = engine.administrator();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(sink.mails())
                            .anyMatch(mail ->
                                    mail.contains("RCPT TO:<jane@example.org>") && mail.contains("is stopping")));
            assertThat(administrator.status("DELETE", user + "/eventsubscriptions/engine_stop", ""))
                    .isEqualTo(200);
        } finally {
            administrator.status("DELETE", PAGE + "/post", "");
        }
    }

    @Test
    void a_trap_leaves_for_the_monitoring() throws IOException {
        List<String> traps = new CopyOnWriteArrayList<>();
        try (var transport = new DefaultUdpTransportMapping(new UdpAddress("127.0.0.1/0"));
                var snmp = new Snmp(transport)) {
            snmp.addCommandResponder(new CommandResponder() {
                @Override
                public <A extends Address> void processPdu(CommandResponderEvent<A> event) {
                    traps.add(new String(event.getSecurityName(), StandardCharsets.UTF_8) + " " + event.getPDU());
                }
            });
            transport.listen();
            administrator.post(
                    PAGE,
                    "{\"name\":\"trap\",\"kind\":\"snmp\",\"severity\":\"error\",\"secret\":\"flock\",\"address\":\"127.0.0.1/"
                            + transport.getListenAddress().getPort() + "\"}");
            happen("error", "monitor me");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(traps)
                            .anyMatch(trap -> trap.startsWith("flock ") && trap.contains("monitor me")));
        } finally {
            administrator.status("DELETE", PAGE + "/trap", "");
        }
    }

    @Test
    void what_cannot_work_is_refused_and_tests_tell_why() {
        assertThat(administrator.status("POST", PAGE, "{\"name\":\"x\",\"kind\":\"pigeon\"}"))
                .isEqualTo(400);
        assertThat(administrator.status("POST", PAGE, "{\"name\":\"x\",\"kind\":\"mail\"}"))
                .isEqualTo(400);
        assertThat(administrator.status(
                        "POST", PAGE, "{\"name\":\"x\",\"kind\":\"webhook\",\"url\":\"http://x\",\"colour\":\"red\"}"))
                .isEqualTo(400);
        administrator.post(PAGE, "{\"name\":\"dead\",\"kind\":\"webhook\",\"url\":\"http://127.0.0.1:1/\"}");
        var test = administrator.call("POST", PAGE + "/dead/test", "{}");
        assertThat(test.statusCode()).isEqualTo(409);
        assertThat(test.body()).contains("was not delivered");
        assertThat(administrator.status("DELETE", PAGE + "/dead", "")).isEqualTo(200);
        assertThat(engine.nobody().status("GET", PAGE, "")).isEqualTo(401);
        assertThat(administrator.user("curious").status("GET", PAGE, "")).isEqualTo(403);
    }
}
