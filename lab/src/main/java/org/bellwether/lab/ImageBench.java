package org.bellwether.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Images in and out, beside qemu-img on the host. */
final class ImageBench {
    private static final String CONVERT = "qemu-img convert";
    /** The data of the image, and some for what storage keeps about it. */
    private static final long MOST_MEBIBYTES = 1024 + 64;
    /** That count; one before them warms up. */
    private static final int ROUNDS = 5;

    private ImageBench() {}

    /**
     * A sparse image of 4 GB, a quarter of it data, to and from the same storage: by `bw disk` and qemu-img on the host,
     * and by `bw disk` from elsewhere, which has everything encrypted on the way.
     */
    static void run(Testbed testbed, Measures measures) {
        LabHost one = testbed.hosts().getFirst();
        Path image = testbed.lab().directory().resolve("bench.raw");
        Path back = testbed.lab().directory().resolve("bench.back");
        Command.run(Duration.ofMinutes(2), List.of("sh", "-c", """
            truncate -s 4G "$1" && for part in 0 1 2 3; do
                dd if=/dev/urandom of="$1" bs=1M count=256 seek=$((part * 1024)) conv=notrunc status=none
            done\
            """, "sh", image.toString()));
        String mount = one.run("sh", "-c", "ls -d /rhev/data-center/mnt/glusterSD/*/ | head -1")
                .strip();
        List<Long> ups = new ArrayList<>();
        List<Long> downs = new ArrayList<>();
        List<Long> encryptedUps = new ArrayList<>();
        List<Long> encryptedDowns = new ArrayList<>();
        List<Long> theirUps = new ArrayList<>();
        List<Long> theirDowns = new ArrayList<>();
        Runnable ours = () -> {
            Round here = words -> CommandLineRun.bw(one, testbed.engine(), words);
            Round elsewhere = words -> CommandLineRun.bw(testbed.engine(), words);
            upAndDown(here, image, back, ups, downs, () -> requireHoles(testbed, one, mount, image, back));
            upAndDown(elsewhere, image, back, encryptedUps, encryptedDowns, () -> {});
        };
        Runnable theirs = () -> {
            // As durable as ours: qemu-img's own default leaves the bytes in the page cache.
            theirUps.add(Measures.nanoseconds(() -> convert(one, image.toString(), mount + "bench.raw")));
            theirDowns.add(Measures.nanoseconds(() -> convert(one, mount + "bench.raw", back.toString())));
            one.run("rm", mount + "bench.raw", back.toString());
        };
        for (int round = 0; round <= ROUNDS; round++) {
            Progress.say("a sparse image of 4 GB up and down, %d of %d".formatted(round, ROUNDS));
            // Whoever comes first writes to memory that nobody had before, and a machine of somebody else's gives that
            // slowly.
            List<Runnable> order = round % 2 == 0 ? List.of(ours, theirs) : List.of(theirs, ours);
            order.forEach(Runnable::run);
            if (round == 0) {
                List.of(ups, downs, encryptedUps, encryptedDowns, theirUps, theirDowns)
                        .forEach(List::clear);
            }
        }
        measures.compare("upload of a sparse 4 GB image with 1 GB of data", ups, CONVERT, theirUps, "1.30");
        measures.compare("download of a sparse 4 GB image with 1 GB of data", downs, CONVERT, theirDowns, "1.30");
        measures.compare("the same upload from elsewhere, encrypted", encryptedUps, CONVERT, theirUps, "1.30");
        measures.compare("the same download from elsewhere, encrypted", encryptedDowns, CONVERT, theirDowns, "1.30");
    }

    /** The command line, wherever it is run. */
    private interface Round {
        String bw(String... words);
    }

    private static void upAndDown(Round round, Path image, Path back, List<Long> ups, List<Long> downs, Runnable look) {
        ups.add(timed(round, "disk", "upload", image.toString(), "--storage", Testbed.DOMAIN, "--name", "bench"));
        downs.add(timed(round, "disk", "download", "bench", back.toString()));
        look.run();
        round.bw("disk", "remove", "bench");
        Command.run("rm", back.toString());
    }

    private static long timed(Round round, String... words) {
        return Measures.nanoseconds(() -> {
            round.bw(words);
            return 0;
        });
    }

    /** Nothing counts that was fast because it was wrong: all came back, and no hole was filled on the way, there or here. */
    private static void requireHoles(Testbed testbed, LabHost one, String mount, Path image, Path back) {
        String disk =
                testbed.engine().client().named("/disks", "bench").path("id").asText();
        String there =
                one.run("sh", "-c", "ls -d \"$0\"*/images/" + disk, mount).strip();
        for (String place : List.of(there, back.toString())) {
            long mebibytes = Long.parseLong(one.run("du", "-sm", place).split("\\s")[0]);
            if (mebibytes > MOST_MEBIBYTES) {
                throw new LabFailure(place + " takes " + mebibytes + " MiB for 1024 MiB of data: holes were filled");
            }
        }
        one.run("qemu-img", "compare", "-f", "raw", "-F", "raw", image.toString(), back.toString());
    }

    private static long convert(LabHost host, String from, String to) {
        Command.Outcome outcome = host.attempt(
                Duration.ofMinutes(5), "qemu-img", "convert", "-t", "writeback", "-f", "raw", "-O", "raw", from, to);
        if (!outcome.succeeded()) {
            throw new LabFailure("qemu-img convert: " + outcome.output());
        }
        return 0;
    }
}
