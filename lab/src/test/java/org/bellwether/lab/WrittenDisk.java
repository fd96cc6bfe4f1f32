package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A disk that the tiny guest's writer writes to for ever (lab/guest/root/etc/writer), as it lies on storage: its volumes, and
 * what can be read at each.
 */
final class WrittenDisk {
    private static final int BLOCK = 4096;
    private static final int SLOTS = 61;
    private static final int APART = 17;
    /** The block in which a guest says that it is not alone. */
    private static final int MARK = 5;

    private final World world;
    private final String id;

    WrittenDisk(World world, String id) {
        this.world = world;
        this.id = id;
    }

    String id() {
        return id;
    }

    /** What the text of a volume says. */
    record Volume(String id, String parent, String role, boolean legal, String format, boolean own) {}

    /** One that sees the disk: storage is connected again a while after a host was powered on. */
    private LabHost host() {
        LabHost[] found = new LabHost[1];
        if (!Await.holds(World.SOON, () -> {
            for (LabHost host : world.hosts()) {
                if (host.poweredOn() && !found(host).isEmpty()) {
                    found[0] = host;
                    return true;
                }
            }
            return false;
        })) {
            throw new LabFailure("no host sees the image " + id + " on storage");
        }
        return found[0];
    }

    private String found(LabHost host) {
        return host.attempt(
                        java.time.Duration.ofSeconds(20),
                        "find",
                        "/rhev/data-center/mnt/",
                        "-maxdepth",
                        "5",
                        "-type",
                        "d",
                        "-name",
                        id)
                .output()
                .lines()
                // One that is cut off says only that it does not see it.
                .filter(line -> line.startsWith("/rhev/"))
                .findFirst()
                .orElse("")
                .strip();
    }

    private String directory() {
        return found(host());
    }

    /** All volumes in the image's directory by id, a template's too. */
    Map<String, Volume> volumes() {
        String directory = directory();
        Map<String, Volume> all = new LinkedHashMap<>();
        for (String file :
                host().run("find", directory, "-name", "*.meta").lines().toList()) {
            Map<String, String> values = new LinkedHashMap<>();
            for (String line : host().run("cat", file.strip()).lines().toList()) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    values.put(line.substring(0, equals), line.substring(equals + 1));
                }
            }
            String volume = file.substring(file.lastIndexOf('/') + 1).replace(".meta", "");
            all.put(
                    volume,
                    new Volume(
                            volume,
                            values.getOrDefault("PUUID", ""),
                            values.getOrDefault("VOLTYPE", ""),
                            "LEGAL".equals(values.get("LEGALITY")),
                            values.getOrDefault("FORMAT", ""),
                            id.equals(values.get("IMAGE"))));
        }
        return all;
    }

    /** Every volume is legal, stands on what its data says, and knows whether something stands on it. */
    void requireLegal() {
        String directory = directory();
        Map<String, Volume> all = volumes();
        all.values().forEach(volume -> {
            assertThat(volume.legal()).as("legal: " + volume + " of " + all).isTrue();
            boolean none = volume.parent().startsWith("00000000");
            if (volume.format().equals("COW")) {
                String info = host().run(
                                "qemu-img",
                                "info",
                                "-U",
                                "-f",
                                "qcow2",
                                "--output=json",
                                directory + "/" + volume.id());
                String backing = ApiClient.parse(info).path("backing-filename").asText();
                assertThat(backing).as("parent of " + volume).isEqualTo(none ? "" : volume.parent());
            }
            assertThat(none || all.containsKey(volume.parent()))
                    .as("parent of " + volume)
                    .isTrue();
            boolean stoodOn =
                    all.values().stream().anyMatch(each -> each.parent().equals(volume.id()));
            if (!volume.role().equals("SHARED")) {
                assertThat(volume.role())
                        .as("role of " + volume + " in " + all)
                        .isEqualTo(stoodOn ? "INTERNAL" : "LEAF");
            }
        });
        try {
            String files = host().run("ls", directory);
            long data = files.lines().filter(name -> !name.contains(".")).count();
            assertThat(data).as("data files beside texts: " + files).isEqualTo(all.size());
        } catch (LabFailure e) {
            throw new LabFailure("cannot list " + directory, e);
        }
    }

    /** Its own volumes. */
    List<String> own() {
        return volumes().values().stream().filter(Volume::own).map(Volume::id).toList();
    }

    /** No data structure of a volume that nobody writes is damaged; what a killed QEMU leaked may be leaked. */
    void requireSound() {
        String directory = directory();
        for (Volume volume : volumes().values()) {
            if (volume.format().equals("COW") && volume.own()) {
                Command.Outcome outcome = host().attempt(
                                java.time.Duration.ofSeconds(60),
                                "qemu-img",
                                "check",
                                "-q",
                                "-f",
                                "qcow2",
                                directory + "/" + volume.id());
                assertThat(outcome.output()).as("check of " + volume).doesNotContain("ERROR");
            }
        }
    }

    /** The number of the last block that can be read at that volume, after proof that all blocks are right. */
    long lastBlock(String volume) {
        String directory = directory();
        Path raw = world.lab.directory().resolve("written-" + id + ".raw");
        String format = Optional.ofNullable(volumes().get(volume))
                        .orElseThrow(() -> new LabFailure("disk " + id + " has no volume " + volume))
                        .format()
                        .equals("COW")
                ? "qcow2"
                : "raw";
        host().run("qemu-img", "convert", "-U", "-f", format, "-O", "raw", directory + "/" + volume, raw.toString());
        try {
            return verified(Files.readAllBytes(raw), "volume " + volume + " of disk " + id);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            try {
                Files.deleteIfExists(raw);
            } catch (IOException left) {
                System.err.println(raw + " stays: " + left);
            }
        }
    }

    static long verified(byte[] disk, String what) {
        String[] head =
                new String(disk, 0, 512, StandardCharsets.US_ASCII).strip().split("\\s+");
        if (!head[0].equals("bellwether")) {
            assertThat(head[0].chars().allMatch(c -> c == 0))
                    .as("first block of " + what)
                    .isTrue();
            return 0;
        }
        long last = Long.parseLong(head[1]);
        List<String> wrong = new ArrayList<>();
        List<String> boots = new ArrayList<>();
        for (long number = Math.max(1, last - SLOTS + 1); number <= last; number++) {
            int offset = BLOCK * (APART + (int) (number % SLOTS) * APART);
            byte[] found = java.util.Arrays.copyOfRange(disk, offset, offset + BLOCK);
            String boot = boot(found);
            boolean right = java.util.Arrays.equals(found, block(number, boot));
            // The oldest may have been overwritten by the next one, whose number did not come to the first block.
            boolean next = number == last - SLOTS + 1 && java.util.Arrays.equals(found, block(last + 1, boot));
            if (right && (boots.isEmpty() || !boots.getLast().equals(boot))) {
                boots.add(boot);
            }
            if (!right && !next) {
                wrong.add("block " + number + " is "
                        + new String(found, 0, 40, StandardCharsets.US_ASCII).replace('\0', '0'));
            }
        }
        assertThat(wrong).as(what + ", whose last block is " + last).isEmpty();
        requireOneWriter(disk, boots, head[2], what);
        return last;
    }

    /**
     * Of two guests that write at once, one finds what it did not write and says so; and their blocks stand mixed.
     *
     * @param boots the runs of guests that wrote the blocks, in the order of these
     * @param last the one that wrote the first block
     */
    private static void requireOneWriter(byte[] disk, List<String> boots, String last, String what) {
        String mark = new String(disk, MARK * BLOCK, 512, StandardCharsets.US_ASCII);
        assertThat(mark.replace('\0', ' ').strip())
                .as("what a guest found that was not alone on " + what)
                .isEmpty();
        assertThat(boots)
                .as("runs that wrote " + what + ", one after the other")
                .doesNotHaveDuplicates();
        if (!boots.isEmpty()) {
            assertThat(boots.getLast()).as("the newest block of " + what).isEqualTo(last);
        }
    }

    private static String boot(byte[] block) {
        String[] words = new String(block, 0, 100, StandardCharsets.US_ASCII).split(" ");
        return words.length > 1 ? words[1] : "";
    }

    private static byte[] block(long number, String boot) {
        try {
            String said = number + " " + boot;
            byte[] digest = MessageDigest.getInstance("MD5").digest((said + "\n").getBytes(StandardCharsets.US_ASCII));
            byte[] line = (said + " " + HexFormat.of().formatHex(digest) + "\n").getBytes(StandardCharsets.US_ASCII);
            byte[] block = new byte[BLOCK];
            for (int at = 0; at < BLOCK; at++) {
                block[at] = line[at % line.length];
            }
            return block;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The number of the last block that the guest at that address has written. */
    static long written(String address) {
        String[] answer = {""};
        if (!Await.holds(World.SOON, () -> {
            answer[0] = World.page("http://" + address + "/cgi-bin/writer").strip();
            return answer[0].matches("[0-9]+");
        })) {
            throw new LabFailure("the guest at " + address + " tells no number: " + answer[0]);
        }
        return Long.parseLong(answer[0]);
    }

    /** Waits until the guest has written some more. */
    static long awaitMore(String address, int blocks) {
        long from = written(address);
        if (!Await.holds(World.SOON, () -> written(address) >= from + blocks)) {
            throw new LabFailure("the guest at " + address + " has written no more than block " + written(address)
                    + " after block " + from);
        }
        return written(address);
    }
}
