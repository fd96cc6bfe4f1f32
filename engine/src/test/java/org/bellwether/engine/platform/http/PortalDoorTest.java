package org.bellwether.engine.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What browsers need beside the API: the portals' files and the stream of changes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class PortalDoorTest {
    private static final String CHANGES = "/ovirt-engine/services/changes";
    private OpenDoor door;

    @BeforeAll
    void open(@TempDir Path folder) {
        door = new OpenDoor(folder, new ApiRoutes());
    }

    @AfterAll
    void close() {
        door.close();
    }

    private HttpResponse<String> fetch(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(door.at(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return door.send(request);
    }

    @Test
    void every_address_of_the_portals_shows_the_page_which_lets_nothing_else_in() throws Exception {
        for (String path : new String[] {"/", "/admin", "/admin/vms/123/disks", "/portal", "/portal/"}) {
            HttpResponse<String> page = fetch(path);
            assertThat(page.statusCode()).as(path).isEqualTo(200);
            assertThat(page.body()).contains("The page");
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'");
            assertThat(page.headers().firstValue("Cache-Control")).contains("no-cache");
        }
    }

    @Test
    void the_address_that_people_know_leads_to_the_page() throws Exception {
        HttpResponse<String> answer = fetch("/ovirt-engine/");
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location")).contains("/");
    }

    @Test
    void a_page_that_is_the_same_is_not_sent_again() throws Exception {
        String tag = fetch("/").headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> again = fetch("/", "If-None-Match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void assets_are_kept_for_good_and_leave_as_the_build_compressed_them() throws Exception {
        HttpResponse<String> script = fetch("/assets/app-1234.js");
        assertThat(script.body()).isEqualTo("export {};\n");
        assertThat(script.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
        assertThat(script.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/javascript");
        HttpResponse<String> compressed = fetch("/assets/app-1234.js", "Accept-Encoding", "gzip, br");
        assertThat(compressed.headers().firstValue("Content-Encoding")).contains("gzip");
    }

    @Test
    void nothing_outside_the_portals_files_is_served() throws Exception {
        for (String path : new String[] {"/assets/none.js", "/assets/..%2f..%2flogback.xml", "/assets/%2e%2e/x"}) {
            assertThat(fetch(path).statusCode()).as(path).isIn(400, 404);
        }
    }

    @Test
    void changes_are_told_to_nobody_who_is_not_signed_on() throws Exception {
        assertThat(fetch(CHANGES).statusCode()).isEqualTo(401);
        assertThat(fetch(CHANGES, "Authorization", "Bearer forged").statusCode())
                .isEqualTo(401);
    }

    @Test
    void a_stream_tells_changes_as_they_come_and_goes_on_after_a_break() throws Exception {
        UUID first = UUID.randomUUID();
        UUID missed = UUID.randomUUID();
        String place;
        try (BufferedReader stream = stream(OpenDoor.ADMIN_TOKEN, "")) {
            assertThat(until(stream, "event")).isEqualTo("everything");
            until(stream, "id");
            door.feed.changed("vms", first);
            assertThat(until(stream, "data")).contains(first.toString(), "\"vms\"");
            place = until(stream, "id");
        }
        door.feed.changed("hosts", missed);
        try (BufferedReader stream = stream(OpenDoor.ADMIN_TOKEN, place)) {
            assertThat(until(stream, "event")).isEqualTo("change");
            assertThat(until(stream, "data")).contains(missed.toString());
        }
    }

    @Test
    void a_user_hears_nothing_of_what_permissions_cannot_show() throws Exception {
        try (BufferedReader stream = stream(OpenDoor.USER_TOKEN, door.feed.place())) {
            door.feed.changed("jobs", UUID.randomUUID());
            assertThat(until(stream, "data")).isEqualTo("{\"collection\":\"jobs\"}");
        }
    }

    private BufferedReader stream(String token, String place) throws Exception {
        HttpResponse<InputStream> answer = door.client.send(
                door.as(token, CHANGES)
                        .header("Last-Event-ID", place)
                        .header("Accept-Encoding", "gzip")
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    /** The value of the next field of that name. */
    private static String until(BufferedReader stream, String field) throws IOException {
        for (String line = stream.readLine(); line != null; line = stream.readLine()) {
            if (line.startsWith(field + ": ")) {
                return line.substring(field.length() + 2);
            }
        }
        throw new IOException("The stream ended");
    }
}
