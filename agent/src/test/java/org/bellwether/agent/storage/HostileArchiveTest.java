package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bellwether.agent.platform.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives as an enemy would make them, and images that point at files of the host. */
class HostileArchiveTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

    @Test
    void a_plain_archive_is_read_and_its_disks_are_found_where_they_lie() throws IOException {
        add("./vm.ovf", '0', "<x/>");
        add("disk1", '0', "abc");
        OvaArchive archive = read();
        assertThat(archive.description().name()).isEqualTo("vm.ovf");
        assertThat(archive.require("disk1").offset()).isEqualTo(512 * 3);
        assertThat(archive.require("disk1").size()).isEqualTo(3);
    }

    @Test
    void names_that_lead_out_of_the_archive_are_refused() throws IOException {
        for (String name : new String[] {"/etc/passwd", "../x.ovf", "a/b.ovf", "..", "a\\b", "x\u0001y"}) {
            tar.reset();
            add("vm.ovf", '0', "<x/>");
            add(name, '0', "x");
            refused("plain");
        }
    }

    @Test
    void links_devices_and_sparse_files_are_refused() throws IOException {
        for (char kind : new char[] {'1', '2', '3', '4', '6', 'S', 'K', 'V'}) {
            tar.reset();
            add("vm.ovf", '0', "<x/>");
            add("disk", kind, "");
            refused("refused");
        }
        tar.reset();
        add("extended", 'x', "22 GNU.sparse.major=1\n");
        add("vm.ovf", '0', "<x/>");
        refused("sparse");
        tar.reset();
        add("extended", 'x', "20 linkpath=/etc/x\n");
        refused("link");
    }

    @Test
    void too_many_files_and_the_same_twice_are_refused() throws IOException {
        for (int i = 0; i < 600; i++) {
            add("file" + i, '0', "");
        }
        refused("more than");
        tar.reset();
        add("vm.ovf", '0', "<x/>");
        add("VM.ovf", '0', "<y/>");
        refused("twice");
    }

    @Test
    void sizes_that_lie_and_headers_that_are_damaged_are_refused() throws IOException {
        add("vm.ovf", '0', "<x/>");
        byte[] cut = java.util.Arrays.copyOf(tar.toByteArray(), 514);
        assertThatThrownBy(() -> read(cut)).isInstanceOf(Refusal.class).hasMessageContaining("cut short");

        byte[] huge = ExportArchive.header("disk", Long.MAX_VALUE);
        assertThatThrownBy(() -> read(huge)).isInstanceOf(Refusal.class);
        byte[] damaged = tar.toByteArray();
        damaged[3] ^= 1;
        assertThatThrownBy(() -> read(damaged)).isInstanceOf(Refusal.class).hasMessageContaining("sum");
        assertThatThrownBy(() -> read(new byte[4096])).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> read("no tar at all".repeat(100).getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Refusal.class);
        tar.reset();
        add("extended", 'x', "14 size=99999\n");
        add("vm.ovf", '0', "<x/>");
        refused("two sizes");
    }

    @Test
    void an_archive_without_or_with_two_descriptions_is_none_of_a_machine() throws IOException {
        add("disk", '0', "x");
        assertThatThrownBy(() -> read().description()).hasMessageContaining("no descriptions");
        add("a.ovf", '0', "x");
        add("b.ovf", '0', "x");
        assertThatThrownBy(() -> read().description()).hasMessageContaining("2 descriptions");
    }

    @Test
    void a_digest_that_does_not_fit_is_told_and_one_that_fits_passes() throws IOException {
        add("vm.ovf", '0', "abc");
        add("vm.mf", '0', "SHA256(vm.ovf)= ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n");
        digests();
        tar.reset();
        add("vm.ovf", '0', "abd");
        add("vm.mf", '0', "SHA256(vm.ovf)= ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n");
        assertThatThrownBy(this::digests).hasMessageContaining("is not what its list of digests says");
        tar.reset();
        add("vm.ovf", '0', "abc");
        add("vm.mf", '0', "SHA1(other)= 00\n");
        assertThatThrownBy(this::digests).hasMessageContaining("no file 'other'");
        tar.reset();
        add("vm.ovf", '0', "abc");
        add("vm.mf", '0', "MD5(vm.ovf)= 00\n");
        assertThatThrownBy(this::digests).hasMessageContaining("a line that is none");
    }

    @Test
    void images_that_stand_on_files_of_the_host_are_refused() throws IOException {
        ByteBuffer qcow = qcow2();
        assertThat(image(qcow).format()).isEqualTo("qcow2");
        qcow.putLong(8, 512).putInt(16, 11);
        assertThatThrownBy(() -> image(qcow)).hasMessageContaining("stands on another file");
        qcow.putLong(8, 0).putInt(16, 0).putLong(72, 4);
        assertThatThrownBy(() -> image(qcow)).hasMessageContaining("data in another file");
        assertThatThrownBy(() -> image(qcow2().putLong(48, 1L << 60))).hasMessageContaining("outside the file");
        assertThatThrownBy(() -> image(qcow2().putInt(32, 1))).hasMessageContaining("encrypted");

        ByteBuffer vmdk = vmdk();
        assertThat(image(vmdk).format()).isEqualTo("vmdk");
        vmdk.putLong(12, 0);
        assertThatThrownBy(() -> image(vmdk)).hasMessageContaining("data in other files");
        vmdk.putLong(12, 128);
        vmdk.put(700, "ParentFileNameHint=\"/etc/shadow\"".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> image(vmdk)).hasMessageContaining("stands on another file");

        ByteBuffer far = vmdk().putLong(28, 40).putLong(36, 1);
        far.put(40 * 512, "parentFileNameHint=\"x\"".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> image(far)).hasMessageContaining("stands on another file");
        assertThatThrownBy(() -> image(vmdk().putLong(28, Long.MAX_VALUE).putLong(36, 1)))
                .hasMessageContaining("makes no sense");
        for (String text : new String[] {"# Disk DescriptorFile\n", "COWD", "vhdxfile", "\u001f\u008b"}) {
            var bytes = ByteBuffer.allocate(1024);
            bytes.put(0, text.getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> image(bytes)).hasMessageContaining("cannot be read");
        }
    }

    @Test
    void only_what_the_hosts_administrator_opened_is_touched() throws IOException {
        Path open = Files.createDirectory(directory.resolve("open"));
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Path secret = Files.writeString(closed.resolve("secret.ova"), "x");
        Files.createSymbolicLink(open.resolve("way.ova"), secret);
        Files.createSymbolicLink(open.resolve("door"), closed);
        Path good = Files.writeString(open.resolve("good.ova"), "x");
        Exchange exchange = new Exchange(java.util.List.of(open));
        assertThat(exchange.existing(good.toString())).isEqualTo(good.toRealPath());
        for (String path : new String[] {
            secret.toString(),
            open.resolve("way.ova").toString(),
            open + "/../closed/secret.ova",
            "/etc/passwd",
            "/nothing"
        }) {
            assertThatThrownBy(() -> exchange.existing(path)).hasMessageContaining("not open for archives");
        }
        assertThat(exchange.fresh(open + "/new.ova"))
                .isEqualTo(open.toRealPath().resolve("new.ova"));
        for (String path : new String[] {open + "/door/x.ova", closed + "/x.ova", open + "/../closed/x.ova", "x.ova"}) {
            assertThatThrownBy(() -> exchange.fresh(path)).isInstanceOf(Refusal.class);
        }
    }

    private static ByteBuffer qcow2() {
        int cluster = 1 << 16;
        return ByteBuffer.allocate(3 * cluster)
                .putInt(0, 0x514649fb)
                .putInt(4, 3)
                .putInt(20, 16)
                .putLong(40, 2L * cluster)
                .putLong(48, cluster)
                .putInt(56, 1)
                .putInt(96, 4)
                .putInt(100, 104);
    }

    private static ByteBuffer vmdk() {
        ByteBuffer vmdk = ByteBuffer.allocate(32 * 1024).order(ByteOrder.LITTLE_ENDIAN);
        return vmdk.putInt(0, 0x564d444b).putInt(4, 1).putLong(12, 128);
    }

    private ForeignImage image(ByteBuffer bytes) throws IOException {
        byte[] plain = new byte[bytes.capacity()];
        bytes.get(0, plain);
        Path file = Files.write(directory.resolve("image"), plain);
        try (FileChannel channel = FileChannel.open(file)) {
            return ForeignImage.look(file, channel, 0, bytes.capacity(), "disk1");
        }
    }

    private void digests() throws IOException {
        Path file = Files.write(directory.resolve("archive"), tar.toByteArray());
        try (FileChannel channel = FileChannel.open(file)) {
            OvaArchive archive = OvaArchive.read(channel, "it");
            OvaDigests.of(archive, channel).require(channel, archive.require("vm.ovf"), () -> false);
        }
    }

    private void refused(String why) {
        assertThatThrownBy(this::read).isInstanceOf(Refusal.class).hasMessageContaining(why);
    }

    private OvaArchive read() throws IOException {
        return read(tar.toByteArray());
    }

    private OvaArchive read(byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve("archive"), bytes);
        try (FileChannel channel = FileChannel.open(file)) {
            return OvaArchive.read(channel, "it");
        }
    }

    private void add(String name, char kind, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        byte[] header = ExportArchive.header(name, bytes.length);
        header[156] = (byte) kind;
        int sum = 0;
        for (int i = 0; i < header.length; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        System.arraycopy(
                String.format(java.util.Locale.ROOT, "%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII),
                0,
                header,
                148,
                8);
        tar.write(header);
        tar.write(java.util.Arrays.copyOf(bytes, (bytes.length + 511) / 512 * 512));
    }
}
