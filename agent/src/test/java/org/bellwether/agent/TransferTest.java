package org.bellwether.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.OpenTransferRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.TransferRequest;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Bytes of disks over HTTPS, from and to a host as it is: several at once, cut, taken up again, hostile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TransferTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 16 * MIB;

    @TempDir
    static Path directory;

    private TestNetwork network;
    private TestEngine engine;
    private TestHost host;
    private StorageConnection connection;
    private final String domain = UUID.randomUUID().toString();

    @BeforeAll
    void begin() throws Exception {
        network = new TestNetwork();
        engine = new TestEngine(network.address(1));
        host = new TestHost(engine, network, 2, directory);
        host.startLibvirt();
        host.enrol();
        host.startAgent();
        connection = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.LOCAL)
                .setPath(Files.createDirectories(directory.resolve("store")).toString())
                .build();
        host.agent().connectStorage(connection);
        host.agent()
                .createDomain(CreateDomainRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(domain)
                        .setName("store")
                        .build());
    }

    @AfterAll
    void end() throws Exception {
        if (host != null) {
            host.close();
        }
        if (engine != null) {
            engine.close();
        }
        if (network != null) {
            network.close();
        }
    }

    @Test
    void parallel_writers_fill_a_qcow2_disk_by_its_raw_view_and_parallel_readers_find_all_of_it() throws Exception {
        VolumeReference volume = volume(VolumeFormat.QCOW2);
        byte[] bytes = bytes(7);
        Arrays.fill(bytes, 4 * MIB, 6 * MIB, (byte) 0);
        TransferClient up = client(volume, true, true).open();
        assertThat(up.text("OPTIONS", "")).contains("\"zero\"").contains("\"max_writers\":8");
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 16)
                    .filter(part -> part != 4 && part != 5)
                    .<Callable<Integer>>mapToObj(part ->
                            () -> up.put((long) part * MIB, Arrays.copyOfRange(bytes, part * MIB, (part + 1) * MIB)))
                    .toList();
            for (Future<Integer> each : writers.invokeAll(all)) {
                assertThat(each.get()).isEqualTo(200);
            }
        }
        assertThat(up.zero(4 * MIB, 2 * MIB)).isEqualTo(200);
        assertThat(up.put(SIZE, new byte[1])).isEqualTo(416);
        assertThat(described(volume).getLegal()).isFalse();
        assertThat(up.close(true).getTransferredBytes()).isEqualTo(SIZE);
        assertThat(described(volume).getTrouble()).isEmpty();
        assertThat(up.ask("GET", "", new byte[0]).statusCode()).isEqualTo(403);

        TransferClient down = client(volume, false, true).open();
        assertThat(down.all()).isEqualTo(bytes);
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 16)
                    .<Callable<byte[]>>mapToObj(part -> () -> down.get((long) part * MIB, (long) (part + 1) * MIB - 1))
                    .toList();
            int part = 0;
            for (Future<byte[]> each : readers.invokeAll(all)) {
                assertThat(each.get()).isEqualTo(Arrays.copyOfRange(bytes, part * MIB, (part + 1) * MIB));
                part++;
            }
        }
        assertThat(down.text("GET", "/extents"))
                .contains("{\"start\":" + 4 * MIB + ",\"length\":" + 2 * MIB + ",\"zero\":true,\"hole\":true}");
        assertThat(down.ask("GET", "/extents?context=dirty", new byte[0]).statusCode())
                .isEqualTo(404);
        assertThat(down.put(0, new byte[1])).isEqualTo(403);
        down.close(false);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void an_upload_goes_on_after_the_agent_was_killed_and_is_cut_when_it_is_given_up() throws Exception {
        VolumeReference volume = volume(VolumeFormat.RAW);
        byte[] bytes = bytes(8);
        TransferClient up = client(volume, true, false).open();
        assertThat(up.put(0, Arrays.copyOf(bytes, 8 * MIB))).isEqualTo(200);
        host.killAgent();
        host.startAgent();
        assertThatThrownBy(() -> host.agent()
                        .inspectTransfer(TransferRequest.newBuilder()
                                .setTransferId(up.id())
                                .build()))
                .hasMessageContaining("NOT_FOUND");
        host.agent().connectStorage(connection);
        up.open(true, false);
        assertThat(up.put(8 * MIB, Arrays.copyOfRange(bytes, 8 * MIB, SIZE))).isEqualTo(200);
        up.open(true, true);
        assertThat(up.put(0, new byte[10])).as("while it is paused").isEqualTo(403);
        up.open(true, false);
        up.close(true);
        TransferClient down = client(volume, false, false).open();
        assertThat(down.all()).isEqualTo(bytes);
        down.close(false);

        TransferClient again = client(volume, true, false).open();
        assertThat(again.put(0, new byte[MIB])).isEqualTo(200);
        again.close(false);
        assertThat(described(volume).getLegal()).isFalse();
        assertThatThrownBy(() -> client(volume, false, false).open()).hasMessageContaining("is marked illegal");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void on_the_host_itself_bytes_go_by_a_socket_with_the_same_ticket() throws Exception {
        VolumeReference volume = volume(VolumeFormat.RAW);
        byte[] bytes = bytes(9);
        Path sent = Files.write(directory.resolve("sent"), bytes);
        TransferClient up = client(volume, true, false).open();
        String socket = up.text("OPTIONS", "").replaceFirst(".*\"unix_socket\":\"([^\"]+)\".*", "$1");
        assertThat(socket).startsWith("/run/bellwether-agent/");
        Path got = directory.resolve("got");
        assertThat(bySocket(socket, up.path(), got, "-X", "PUT", "--data-binary", "@" + sent))
                .isEqualTo("200");
        assertThat(bySocket(socket, up.path() + "x", got)).isEqualTo("403");
        up.close(true);
        assertThat(bySocket(socket, up.path(), got)).as("after its end").isEqualTo("403");

        TransferClient down = client(volume, false, false).open();
        assertThat(bySocket(socket, down.path(), got)).isEqualTo("200");
        assertThat(got).hasBinaryContent(bytes);
        assertThat(down.all()).isEqualTo(bytes);
        down.close(false);
    }

    /** Answers the status. */
    private String bySocket(String socket, String path, Path into, String... more) {
        List<String> words = new ArrayList<>(
                List.of("curl", "-sS", "-o", into.toString(), "-w", "%{http_code}", "--unix-socket", socket));
        words.addAll(List.of(more));
        words.add("http://here" + path);
        return host.run(words.toArray(String[]::new));
    }

    @Test
    void what_a_stranger_sends_cannot_reach_files_of_the_host() throws Exception {
        VolumeReference volume = volume(VolumeFormat.QCOW2);
        TransferClient up = client(volume, true, false).open();
        Path hostile = directory.resolve("hostile.qcow2");
        host.run(
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                "-u",
                "-b",
                "/etc/shadow",
                "-F",
                "raw",
                hostile.toString(),
                "1M");
        assertThat(up.put(0, Files.readAllBytes(hostile))).isEqualTo(200);
        assertThatThrownBy(() -> up.close(true)).hasMessageContaining("stands on another file");
        assertThat(described(volume).getLegal()).isFalse();

        // What looks like another format inside a raw disk is only bytes: nobody guesses formats here.
        VolumeReference raw = volume(VolumeFormat.RAW);
        byte[] descriptor = Arrays.copyOf("""
                # Disk DescriptorFile
                version=1
                CID=fffffffe
                parentCID=ffffffff
                createType="monolithicFlat"
                RW 2048 FLAT "/etc/shadow" 0
                """.getBytes(StandardCharsets.US_ASCII), 4096);
        TransferClient text = client(raw, true, true).open();
        assertThat(text.put(0, descriptor)).isEqualTo(200);
        text.close(true);
        TransferClient back = client(raw, false, true).open();
        assertThat(back.get(0, 4095)).isEqualTo(descriptor);
        back.close(false);
    }

    @Test
    void strangers_and_nonsense_are_answered_in_words() throws Exception {
        VolumeReference volume = volume(VolumeFormat.RAW);
        TransferClient up = client(volume, true, false).open();
        assertThat(up.ask("GET", "x", new byte[0]).statusCode()).isEqualTo(403);
        assertThat(up.ask("GET", "/../../etc/shadow", new byte[0]).statusCode()).isEqualTo(404);
        assertThat(up.ask("DELETE", "", new byte[0]).statusCode()).isEqualTo(405);
        assertThat(up.ask("PATCH", "", "{\"op\":\"zero\",\"size\":-1}".getBytes(StandardCharsets.UTF_8))
                        .statusCode())
                .isEqualTo(400);
        assertThat(up.ask("PATCH", "", "no json".getBytes(StandardCharsets.UTF_8))
                        .statusCode())
                .isEqualTo(400);
        assertThat(up.zero(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(416);
        assertThat(up.ask("PUT", "", new byte[5], "Content-Range", "bytes 0-9/*")
                        .statusCode())
                .isEqualTo(400);
        assertThat(up.ask("GET", "", new byte[0], "Range", "bytes=" + SIZE + "-")
                        .statusCode())
                .isEqualTo(416);
        assertThat(up.put(1, new byte[] {1, 2, 3})).as("and still it works").isEqualTo(200);
        assertThat(up.get(0, 4)).containsExactly(0, 1, 2, 3, 0);
        up.close(false);
    }

    private TransferClient client(VolumeReference volume, boolean upload, boolean rawView) throws Exception {
        return new TransferClient(
                host,
                engine,
                OpenTransferRequest.newBuilder()
                        .setConnection(connection)
                        .setVolume(volume)
                        .setUpload(upload)
                        .setRawView(rawView));
    }

    private VolumeReference volume(VolumeFormat format) throws IOException {
        VolumeReference volume = VolumeReference.newBuilder()
                .setDomainId(domain)
                .setImageId(UUID.randomUUID().toString())
                .setVolumeId(UUID.randomUUID().toString())
                .build();
        host.agent()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setConnection(connection)
                        .setVolume(volume)
                        .setFormat(format)
                        .setCapacityBytes(SIZE)
                        .build());
        return volume;
    }

    private VolumeDescription described(VolumeReference volume) throws IOException {
        return host.agent()
                .inspectImage(ImageRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(domain)
                        .setImageId(volume.getImageId())
                        .build())
                .getVolumes(0);
    }

    private static byte[] bytes(long seed) {
        byte[] bytes = new byte[SIZE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Sockets and servers of volumes that nobody serves any more. */
    private String leftovers() {
        return host.run(
                        "sh",
                        "-c",
                        "find /run/bellwether-agent -name '*.sock' ! -name engine-ha.sock; pgrep -l qemu-nbd || true")
                .strip();
    }
}
