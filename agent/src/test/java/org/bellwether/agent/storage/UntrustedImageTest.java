package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images made by hand to do harm are refused with the reason, and what examines them can reach nothing. */
class UntrustedImageTest {
    private static final long CAPACITY = 64L << 20;
    private static final int CLUSTER = 65536;

    @TempDir
    Path directory;

    private Path good;

    @BeforeEach
    void make() throws IOException {
        good = directory.resolve("good.qcow2");
        Path raw = directory.resolve("raw");
        byte[] bytes = new byte[1 << 20];
        new Random(5).nextBytes(bytes);
        Files.write(raw, bytes);
        run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.toString(), good.toString());
        Ownership.OVIRT.give(good, Ownership.DATA);
    }

    @Test
    void a_harmless_image_passes() {
        assertThatCode(() -> UntrustedImage.requireHarmless(good, "", CAPACITY)).doesNotThrowAnyException();
    }

    @Test
    void a_harmless_image_on_a_device_passes_whoever_udev_gave_it_to() throws IOException {
        Path space = directory.resolve("space");
        run("truncate", "-s", "80M", space.toString());
        run("dd", "if=" + good, "of=" + space, "conv=notrunc", "status=none");
        Command.Outcome loop =
                Command.of("losetup", "-f", "--show", space.toString()).run(Duration.ofSeconds(10));
        Assumptions.assumeTrue(loop.worked(), "this machine has no free loop device");
        Path device = Path.of(loop.output().strip());
        Object before = Files.getAttribute(device, "unix:uid");
        try {
            for (int owner : new int[] {0, 36}) {
                Files.setAttribute(device, "unix:uid", owner);
                assertThatCode(() -> UntrustedImage.requireHarmless(device, "", CAPACITY))
                        .as("the device is " + owner + "'s")
                        .doesNotThrowAnyException();
            }
        } finally {
            Files.setAttribute(device, "unix:uid", before);
            run("losetup", "-d", device.toString());
        }
    }

    @Test
    void each_lie_in_the_header_is_named() throws IOException {
        refused("encrypted", header -> header.putInt(32, 1));
        refused("encrypted", header -> header.putInt(32, 2));
        refused("features that are not known here (0x8000000000000000)", header -> header.putLong(72, 1L << 63));
        refused("holds its data", header -> header.putLong(72, 4));
        refused("says itself that it is corrupt", header -> header.putLong(72, 2));
        refused("not written back", header -> header.putLong(72, 1));
        refused("L1 table would take", header -> header.putInt(36, -1));
        refused("is too small for", header -> header.putInt(36, 0));
        refused("L1 table lies outside", header -> header.putLong(40, 1L << 60));
        refused("L1 table lies outside", header -> header.putLong(40, -CLUSTER));
        refused("L1 table lies outside", header -> header.putLong(40, 3));
        refused("reference counts lies outside", header -> header.putLong(48, Long.MAX_VALUE));
        refused("reference counts would take", header -> header.putInt(56, -1));
        refused("snapshots inside", header -> header.putInt(60, 7));
        refused("clusters have 2^99 bytes", header -> header.putInt(20, 99));
        refused("bits", header -> header.putInt(96, 60));
        refused("its header has", header -> header.putInt(100, Integer.MAX_VALUE));
        refused("unknown version", header -> header.putInt(4, 9));
        refused("where the disk has", header -> header.putLong(24, Long.MAX_VALUE));
        refused("where the disk has", header -> header.putLong(24, -1));
        refused(
                "names a backing file that cannot be",
                header -> header.putLong(8, 1L << 62).putInt(16, 5000));
        refused("stands on another file (\"/etc/shadow\")", header -> {
            header.putLong(8, 512).putInt(16, 11);
            header.put(512, "/etc/shadow".getBytes(StandardCharsets.US_ASCII));
        });
        refused("no qcow2", header -> header.putInt(0, 0x4b444d56)); // VMDK
    }

    @Test
    void tables_that_overlap_are_found_in_the_confined_process() {
        // The first entry of the L1 table points at the header.
        assertThatThrownBy(() -> UntrustedImage.requireHarmless(
                        changed(image -> image.putLong((int) image.getLong(40), 1L << 63)), "", CAPACITY))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("corrupt");
    }

    @Test
    void what_examines_has_no_network_no_rights_and_no_file_but_the_image() throws IOException {
        assertThat(confined("cat", "/proc/net/dev").lines().filter(line -> line.contains(":")))
                .as("only its own loopback")
                .allMatch(line -> line.strip().startsWith("lo:"));
        assertThat(confined("grep", "CapEff", "/proc/self/status")).contains("0000000000000000");
        assertThat(confined("ls", "/"))
                .doesNotContain("etc")
                .doesNotContain("home")
                .doesNotContain("rhev")
                .contains("image");
        assertThat(said("cat", "/etc/shadow")).contains("No such file");
        assertThat(said("dd", "if=/dev/zero", "of=/image", "bs=1", "count=1")).containsAnyOf("Read-only", "denied");
        assertThat(confined("prlimit", "--as", "--noheadings", "-o", "HARD").strip())
                .isEqualTo("1073741824");
        assertThat(said("dd", "if=/dev/zero", "of=/dev/null", "bs=3G", "count=1"))
                .as("more memory than it may have")
                .contains("memory");
    }

    @Test
    void what_copies_writes_the_target_and_nothing_else() throws IOException {
        Path target = Files.write(directory.resolve("target"), new byte[1 << 20]);
        Ownership.OVIRT.give(target, Ownership.DATA);
        Path roots = Files.copy(good, directory.resolve("of-root"));
        assertThat(copied(roots, target, "dd", "if=/image", "of=/target", "bs=1M")
                        .worked())
                .isTrue();
        assertThat(Files.mismatch(good, target)).isEqualTo(-1);
        assertThat(copied(roots, target, "dd", "if=/dev/zero", "of=/image", "bs=1", "count=1")
                        .words())
                .containsAnyOf("Read-only", "denied");
        assertThat(copied(roots, target, "ls", "/etc").words()).contains("No such file");
        assertThat(copied(roots, target, "grep", "CapEff", "/proc/self/status").output())
                .contains("0000000000000000");
    }

    private static Command.Outcome copied(Path image, Path target, String program, String... arguments)
            throws IOException {
        return Confined.copying(image, target, program, java.util.List.of(arguments))
                .run(Duration.ofSeconds(30));
    }

    private String confined(String... words) throws IOException {
        return outcome(words).output();
    }

    private String said(String... words) throws IOException {
        Command.Outcome outcome = outcome(words);
        assertThat(outcome.worked()).isFalse();
        return outcome.words();
    }

    private Command.Outcome outcome(String... words) throws IOException {
        String[] rest = java.util.Arrays.copyOfRange(words, 1, words.length);
        return Confined.looking(good, words[0], rest).run(Duration.ofSeconds(30));
    }

    private void refused(String why, Consumer<ByteBuffer> lie) throws IOException {
        Path file = changed(lie);
        assertThatThrownBy(() -> UntrustedImage.requireHarmless(file, "", CAPACITY))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(why);
    }

    private Path changed(Consumer<ByteBuffer> lie) throws IOException {
        ByteBuffer image = ByteBuffer.wrap(Files.readAllBytes(good));
        lie.accept(image);
        Path file = directory.resolve("changed.qcow2");
        Files.write(file, image.array());
        Ownership.OVIRT.give(file, Ownership.DATA);
        return file;
    }

    private static void run(String... words) {
        assertThat(Command.of(words).run(Duration.ofSeconds(30)).worked()).isTrue();
    }
}
