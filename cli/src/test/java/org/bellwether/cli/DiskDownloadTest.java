package org.bellwether.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads leave a whole file, or none. */
final class DiskDownloadTest {

    private static final String ID = "53786b73-17fd-469c-af72-33017e82eefe";
    private static final String JOBS = "/jobs?search=correlation_id%3D*";

    private final ScriptedEngine engine = new ScriptedEngine();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        engine.close();
    }

    private void ready() {
        engine.get(JOBS, "{}")
                .get("/disks/" + ID, "{'id':'" + ID + "','name':'data','status':'ok'}")
                .on("POST /api/imagetransfers", 201, "{\"id\":\"t\",\"phase\":\"initializing\"}")
                .get(
                        "/imagetransfers/t",
                        "{'id':'t','phase':'transferring','transfer_url':'" + engine.url() + "/images/ticket'}")
                .on("POST /api/imagetransfers/t/finalize", 200, "{\"status\":\"complete\"}")
                .on("POST /api/imagetransfers/t/cancel", 200, "{\"status\":\"complete\"}");
    }

    @Test
    void the_bytes_of_a_disk_come_into_a_file() throws IOException {
        ready();
        engine.on("GET /images/ticket", 200, "what is on the disk");
        var file = directory.resolve("data.raw");

        var said = Said.to(engine, "disk", "download", ID, file.toString());

        assertThat(said.err()).isEmpty();
        assertThat(Files.readString(file)).isEqualTo("what is on the disk");
        assertThat(engine.requests()).anyMatch(each -> each.path().endsWith("/finalize"));
    }

    @Test
    void a_download_that_is_refused_leaves_no_file() throws IOException {
        ready();
        engine.on("GET /images/ticket", 409, "{\"reason\":\"Operation Failed\",\"detail\":\"[The disk is thin]\"}");

        var said = Said.to(
                engine, "disk", "download", ID, directory.resolve("data.raw").toString());

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).isEqualTo("bw: The disk is thin.\n");
        assertThat(directory).isEmptyDirectory();
        assertThat(engine.requests()).anyMatch(each -> each.path().endsWith("/cancel"));
    }
}
