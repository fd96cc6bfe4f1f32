package org.bellwether.engine.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bellwether.engine.platform.Permit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Byte by byte, because well-behaved clients cannot misbehave. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HostileClientTest {
    private static final List<String> LISTING =
            List.of("GET /ovirt-engine/api/vms HTTP/1.1", "Host: x", "Authorization: Bearer admin-token", "", "");

    private final Flock flock = new Flock(3);
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private OpenDoor door;

    @BeforeAll
    void open(@TempDir Path folder) {
        ApiRoutes routes = new ApiRoutes();
        flock.declare(routes);
        routes.on("tags", "list", Permit.LOGIN, _ -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            try {
                Thread.sleep(50);
            } catch (InterruptedException impatient) {
                Thread.currentThread().interrupt();
            }
            atOnce.decrementAndGet();
            return Reply.list(List.of());
        });
        door = new OpenDoor(folder, routes, OpenDoor.limited(64 * 1024, Duration.ofSeconds(2)));
    }

    @AfterAll
    void close() {
        door.close();
    }

    @Test
    void what_is_no_http_is_answered_with_a_fault_and_never_html() throws Exception {
        for (String request : List.of(
                "NONSENSE\r\n\r\n",
                "GET /ovirt-engine/api HTTP/9.9\r\n\r\n",
                "GET /ovirt-engine/api HTTP/1.1\r\n\r\n",
                "GET /ovirt-engine/api HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n",
                "GET /ovirt-engine/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /ovirt-engine/api/../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /ovirt-engine/api/%2e%2e/%2f HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /ovirt-engine/api/vms?search=%zz HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin-token\r\nConnection: close\r\n\r\n",
                "POST /ovirt-engine/api/vms HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                "POST /ovirt-engine/api/vms HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                "POST /ovirt-engine/api/vms HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nAuthorization: Bearer admin-token\r\nConnection: close\r\n\r\nzz\r\n\r\n",
                "TRACE /ovirt-engine/api HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n")) {
            String answer = talk(request);
            String shown = request.substring(0, Math.min(60, request.length()));
            assertThat(answer).as(shown).startsWith("HTTP/1.1 ").doesNotContain("HTTP/1.1 2");
            assertThat(answer).as(shown).contains("<fault>").doesNotContainIgnoringCase("<html");
            assertThat(answer).as(shown).doesNotContain("org.eclipse").doesNotContain("Jetty");
        }
    }

    @Test
    void a_bomb_of_headers_is_refused() throws Exception {
        String bomb = "GET /ovirt-engine/api HTTP/1.1\r\nHost: x\r\n" + "X-A: aaaaaaaaaaaaaaaaaaaa\r\n".repeat(5000);
        assertThat(talk(bomb + "\r\n")).startsWith("HTTP/1.1 431").contains("<fault>");
        String one = "GET /ovirt-engine/api HTTP/1.1\r\nHost: x\r\nCookie: " + "a".repeat(100_000) + "\r\n\r\n";
        assertThat(talk(one)).startsWith("HTTP/1.1 431");
    }

    @Test
    void a_head_that_trickles_in_is_cut_off_and_others_are_served_meanwhile() throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write("GET /ovirt-engine/api HTTP/1.1\r\nHost: x\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII));
            long begin = System.nanoTime();
            boolean cut = false;
            while (!cut && System.nanoTime() - begin < Duration.ofSeconds(60).toNanos()) {
                try {
                    out.write('a');
                    out.flush();
                    cut = closed(socket);
                } catch (IOException reset) {
                    cut = true;
                }
                assertThat(door.get("/ovirt-engine/api/vms?max=1").statusCode()).isEqualTo(200);
            }
            assertThat(cut).isTrue();
        }
    }

    @Test
    void a_connection_that_is_used_politely_stays() throws Exception {
        try (Socket socket = connect()) {
            String request = "GET /ovirt-engine/services/health HTTP/1.1\r\nHost: x\r\n\r\n";
            for (int i = 0; i < 6; i++) {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                assertThat(readSome(socket)).contains("DB Up!Welcome to Health Status!");
                Thread.sleep(800);
            }
        }
    }

    @Test
    void a_body_that_never_comes_holds_up_nobody() throws Exception {
        List<Socket> stalled = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                Socket socket = connect();
                stalled.add(socket);
                socket.getOutputStream()
                        .write(
                                ("POST /ovirt-engine/api/vms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin-token\r\n"
                                                + "Content-Type: application/xml\r\nContent-Length: 5000\r\n\r\n<vm>")
                                        .getBytes(StandardCharsets.US_ASCII));
            }
            long begin = System.nanoTime();
            assertThat(door.get("/ovirt-engine/api/vms").statusCode()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
    }

    @Test
    void only_so_many_requests_are_worked_on_at_once_and_none_is_lost() {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            answers.add(door.client.sendAsync(
                    door.as(OpenDoor.ADMIN_TOKEN, "/ovirt-engine/api/tags").build(), BodyHandlers.ofString()));
        }
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        assertThat(most.get()).isBetween(1, door.settings().concurrent());
    }

    @Test
    void a_client_that_asks_before_sending_is_told_to_go_on_only_if_its_body_is_wanted() throws Exception {
        String head = String.join(
                "\r\n",
                "POST /ovirt-engine/api/vms HTTP/1.1",
                "Host: x",
                "Content-Type: application/json",
                "Accept: application/json",
                "Expect: 100-continue",
                "Connection: close",
                "");
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write((head + "Authorization: Bearer admin-token\r\nContent-Length: 2\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(readSome(socket)).startsWith("HTTP/1.1 100");
            socket.getOutputStream().write("{}".getBytes(StandardCharsets.US_ASCII));
            assertThat(readSome(socket)).contains("400").contains("Incomplete parameters");
        }
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write((head + "Authorization: Bearer wrong\r\nContent-Length: 2\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(readSome(socket)).startsWith("HTTP/1.1 401");
        }
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write((head + "Authorization: Bearer admin-token\r\nContent-Length: 99999999\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(readSome(socket)).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void a_client_that_reads_only_after_it_has_sent_everything_still_learns_that_it_was_too_much() throws Exception {
        byte[] body = new byte[40 * 1024 * 1024];
        String head = String.join(
                "\r\n",
                "POST /ovirt-engine/api/vms HTTP/1.1",
                "Host: x",
                "Authorization: Bearer admin-token",
                "Content-Type: application/json",
                "Accept: application/json",
                "Content-Length: " + body.length,
                "",
                "");
        try (Socket socket = connect()) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            assertThat(readSome(socket)).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void a_client_that_goes_away_in_the_middle_does_no_harm() throws Exception {
        CountDownLatch gone = new CountDownLatch(20);
        for (int i = 0; i < 20; i++) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = connect()) {
                    socket.setSoLinger(true, 0);
                    socket.getOutputStream().write(String.join("\r\n", LISTING).getBytes(StandardCharsets.US_ASCII));
                } catch (IOException closed) {
                    // That is what it is about.
                } finally {
                    gone.countDown();
                }
            });
        }
        gone.await();
        assertThat(door.get("/ovirt-engine/api/vms").statusCode()).isEqualTo(200);
    }

    @Test
    void plain_http_serves_health_and_certificates_only() throws Exception {
        HttpResponse<String> health = plain("/ovirt-engine/services/health");
        assertThat(health.body()).isEqualTo("DB Up!Welcome to Health Status!");
        assertThat(plain("/ca.crt").body()).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(plain("/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA")
                        .body())
                .startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(plain("/ovirt-engine/services/pki-resource?resource=engine-certificate&format=OPENSSH-PUBKEY")
                        .body())
                .startsWith("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBB");
        assertThat(plain("/ovirt-engine/services/pki-resource?resource=nosuch").statusCode())
                .isEqualTo(404);
        HttpResponse<String> api = plain("/ovirt-engine/api");
        assertThat(api.statusCode()).isEqualTo(403);
        assertThat(api.body()).contains("<fault>").contains("https");
    }

    @Test
    void what_is_not_there_is_a_fault_too() throws Exception {
        HttpResponse<String> nothing = door.send(door.as(OpenDoor.ADMIN_TOKEN, "/nothing"));
        assertThat(nothing.statusCode()).isEqualTo(404);
        assertThat(nothing.body()).contains("<fault>");
        HttpResponse<String> wrong =
                door.send(door.as(OpenDoor.ADMIN_TOKEN, "/ca.crt").POST(BodyPublishers.noBody()));
        assertThat(wrong.statusCode()).isEqualTo(405);
    }

    private HttpResponse<String> plain(String path) throws Exception {
        return door.client.send(
                java.net.http.HttpRequest.newBuilder(door.plain(path)).build(), BodyHandlers.ofString());
    }

    private Socket connect() throws IOException {
        Socket socket =
                OpenDoor.trusting(door.authority).getSocketFactory().createSocket("127.0.0.1", door.server.httpsPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private String talk(String request) throws IOException {
        try (Socket socket = connect()) {
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException answeredEarly) {
                // The answer may be there all the same.
            }
            return readSome(socket);
        }
    }

    /** What comes until it pauses; an answer of these tests comes in one piece. */
    private static String readSome(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[8192];
        int timeout = socket.getSoTimeout();
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                text.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
                socket.setSoTimeout(300);
            }
        } catch (SocketTimeoutException pause) {
            if (text.isEmpty()) {
                throw pause;
            }
        } finally {
            socket.setSoTimeout(timeout);
        }
        return text.toString();
    }

    private static boolean closed(Socket socket) throws IOException {
        socket.setSoTimeout(100);
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        }
    }
}
