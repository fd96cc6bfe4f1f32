package org.bellwether.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images come whole into a disk, or leave none. */
final class DiskUploadTest {

    private static final String ID = "53786b73-17fd-469c-af72-33017e82eefe";
    private static final String DISK = "{'id':'" + ID + "','name':'tiny','status':'ok'}";

    private static final String JOBS = "/jobs?search=correlation_id%3D*";

    private final ScriptedEngine engine = new ScriptedEngine();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        engine.close();
    }

    private void ready() {
        engine.on("POST /api/disks", 202, DISK.replace('\'', '"'))
                .get("/disks/" + ID, DISK)
                .on("POST /api/imagetransfers", 201, "{\"id\":\"t\",\"phase\":\"initializing\"}")
                .get("/imagetransfers/t", "{'id':'t','phase':'initializing'}")
                .get(
                        "/imagetransfers/t",
                        "{'id':'t','phase':'transferring','transfer_url':'" + engine.url() + "/images/ticket'}")
                .on("POST /api/imagetransfers/t/finalize", 200, "{\"status\":\"complete\"}")
                .on("POST /api/imagetransfers/t/cancel", 200, "{\"status\":\"complete\"}")
                .on("PATCH /images/ticket", 200, "{}")
                .on("DELETE /api/disks/" + ID, 200, "{\"status\":\"complete\"}");
    }

    private Path qcow2(long virtualBytes, long backing) throws IOException {
        var header = ByteBuffer.allocate(512);
        header.putInt(0x514649fb)
                .putInt(3)
                .putLong(backing)
                .putInt(0)
                .putInt(16)
                .putLong(virtualBytes);
        return Files.write(directory.resolve("tiny.qcow2"), header.array());
    }

    @Test
    void an_image_of_qcow2_becomes_a_disk_of_its_virtual_size() throws IOException {
        engine.get(JOBS, "{}");
        ready();
        engine.on("PUT /images/ticket?flush=n", 200, "{}");

        var said = Said.to(engine, "disk", "upload", qcow2(1L << 30, 0).toString(), "--storage", "data");

        assertThat(said.err()).isEmpty();
        assertThat(said.code()).isZero();
        var disk = Json.parse(engine.requests("POST").getFirst().body()).orElseThrow();
        assertThat(disk.path("name").asText()).isEqualTo("tiny");
        assertThat(disk.path("format").asText()).isEqualTo("cow");
        assertThat(disk.path("provisioned_size").asText()).isEqualTo("1073741824");
        assertThat(engine.requests("PUT")).singleElement().satisfies(put -> {
            assertThat(put.range()).isEqualTo("bytes 0-511/*");
            assertThat(put.body()).startsWith("QFI").contains("\0");
        });
        assertThat(engine.requests()).anyMatch(each -> each.path().endsWith("/finalize"));
    }

    @Test
    void on_the_host_that_has_the_disk_the_bytes_go_by_its_socket() throws IOException {
        try (var host = new HostSocket(200)) {
            engine.get(JOBS, "{}");
            ready();
            var image = qcow2(1L << 30, 0);

            var said = Said.to(engine, "disk", "upload", image.toString(), "--storage", "data");

            assertThat(said.code()).isZero();
            assertThat(host.asked())
                    .contains("OPTIONS /ovirt-engine/images/ticket", "PUT /ovirt-engine/images/ticket?flush=n")
                    .endsWith("PATCH /ovirt-engine/images/ticket");
            assertThat(host.body()).isEqualTo(Files.readAllBytes(image));
            assertThat(engine.requests("PUT")).isEmpty();
        }
    }

    @Test
    void where_another_host_or_nobody_listens_the_bytes_go_to_the_address_that_was_told() throws IOException {
        try (var stranger = new HostSocket(403);
                var dead = new HostSocket(200)) {
            dead.dies();
            engine.get(JOBS, "{}");
            ready();
            engine.on("PUT /images/ticket?flush=n", 200, "{}");

            var said = Said.to(engine, "disk", "upload", qcow2(1L << 30, 0).toString(), "--storage", "data");

            assertThat(said.code()).isZero();
            assertThat(engine.requests("PUT")).isNotEmpty();
            assertThat(stranger.asked()).containsExactly("OPTIONS /ovirt-engine/images/ticket");
            assertThat(dead.asked()).isEmpty();
        }
    }

    @Test
    void bytes_that_are_refused_leave_no_disk() throws IOException {
        engine.get(JOBS, "{}");
        ready();
        engine.on(
                "PUT /images/ticket?flush=n",
                500,
                "{\"reason\":\"Operation Failed\",\"detail\":\"[The disk is full]\"}");
        var file = Files.write(directory.resolve("image"), new byte[700]);

        var said = Said.to(engine, "disk", "upload", file.toString(), "--storage", "data", "--name", "tiny");

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).isEqualTo("bw: The disk is full. The disk tiny was removed again.\n");
        assertThat(engine.requests()).anyMatch(each -> each.path().endsWith("/cancel"));
        assertThat(engine.requests("DELETE")).hasSize(1);
        var disk = Json.parse(engine.requests("POST").getFirst().body()).orElseThrow();
        assertThat(disk.path("format").asText()).isEqualTo("raw");
        assertThat(disk.path("provisioned_size").asText()).isEqualTo("1024");
    }

    @Test
    void an_image_that_turns_out_to_be_of_no_use_is_a_failure_though_the_disk_is_well() throws IOException {
        engine.get(JOBS, "{}")
                .get(JOBS, "{'job':[{'id':'j','status':'started'}]}")
                .get(JOBS, "{'job':[{'id':'j','status':'failed'}]}")
                .get(
                        "/events?search=correlation_id%3D*",
                        "{'event':[{'severity':'error','description':'What was sent is no qcow2'}]}");
        ready();
        engine.on("PUT /images/ticket?flush=n", 200, "{}");

        var said = Said.to(engine, "disk", "upload", qcow2(1L << 30, 0).toString(), "--storage", "data");

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).isEqualTo("bw: What was sent is no qcow2. The disk tiny was removed again.\n");
    }

    @Test
    void an_upload_that_was_cut_off_goes_on_and_sends_only_what_is_not_safe() throws IOException {
        long piece = ImageWork.PIECE;
        var file = directory.resolve("image");
        Files.write(file, new byte[] {1});
        try (var channel = java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
            var block = ByteBuffer.allocate((int) piece);
            java.util.Arrays.fill(block.array(), (byte) 7);
            channel.write(block, 0);
            channel.write(ByteBuffer.allocate(700), piece);
        }
        engine.get(JOBS, "{}").get("/imagetransfers/t", "{'id':'t','phase':'paused_system'}");
        ready();
        engine.on("POST /api/imagetransfers/t/resume", 200, "{\"status\":\"complete\"}")
                .on("PUT /images/ticket?flush=n", 200, "{}");
        Files.writeString(
                UploadNote.beside(file),
                Json.object()
                        .put("engine", engine.url())
                        .put("disk", ID)
                        .put("transfer", "t")
                        .put("bytes", piece + 700)
                        .put("modified", Files.getLastModifiedTime(file).toMillis())
                        .set("safe", Json.parse("[[0," + piece + "]]").orElseThrow())
                        .toString());

        var said = Said.to(engine, "disk", "upload", file.toString(), "--storage", "data", "--resumable");

        assertThat(said.err()).isEmpty();
        assertThat(engine.requests("POST"))
                .noneMatch(each -> each.path().endsWith("/disks"))
                .anyMatch(each -> each.path().endsWith("/resume"));
        assertThat(engine.requests("PUT"))
                .singleElement()
                .satisfies(put -> assertThat(put.range()).isEqualTo("bytes " + piece + "-" + (piece + 699) + "/*"));
        assertThat(UploadNote.beside(file)).doesNotExist();
    }

    @Test
    void what_cannot_become_a_disk_is_refused_before_anything_is_made() throws IOException {
        assertThat(Said.to(engine, "disk", "upload", qcow2(1L << 30, 104).toString(), "--storage", "data"))
                .matches(said -> said.code() == 2 && said.err().contains("qemu-img convert"));
        assertThat(Said.to(engine, "disk", "upload", directory.resolve("none").toString(), "--storage", "data"))
                .matches(said -> said.code() == 2 && said.err().contains("There is no file"));
        var empty = Files.createFile(directory.resolve("empty"));
        assertThat(Said.to(engine, "disk", "upload", empty.toString(), "--storage", "data"))
                .matches(said -> said.code() == 2 && said.err().contains("is empty"));
        assertThat(engine.requests()).isEmpty();
    }
}
