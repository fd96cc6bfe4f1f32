package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.Error;
import org.jspecify.annotations.Nullable;

/** qemu-img with argument arrays, run in the image's directory so that backing names stay bare. */
public final class QemuImg {
    private static final Duration QUICK = Duration.ofSeconds(60);
    private static final Duration ALLOCATING = Duration.ofMinutes(10);
    private static final String PROGRAM = "qemu-img";
    private static final Pattern EXTENT =
            Pattern.compile("\"start\": (\\d{1,18}), \"length\": (\\d{1,18}),[^}]*?\"zero\": (true|false)");

    private static final Pattern VIRTUAL_SIZE = Pattern.compile("\"virtual-size\": (\\d{1,18})");
    private static final Pattern REQUIRED = Pattern.compile("\"required\": (\\d{1,18})");
    /** A run of a file; one that is zero takes no space. */
    public record FileRun(long start, long length, boolean zero) {}

    private QemuImg() {}

    /** It works on storage's files. */
    static Command command(String... arguments) {
        List<String> words = new ArrayList<>(List.of(PROGRAM));
        words.addAll(List.of(arguments));
        return Command.onStorage(words, null);
    }

    static String name(VolumeMetadata.Format format) {
        return switch (format) {
            case RAW -> "raw";
            case COW -> "qcow2";
        };
    }

    /**
     * Creates the data file of a volume.
     *
     * @param parent the backing volume's id in the same directory, or null
     */
    static void create(
            Path directory,
            String volume,
            VolumeMetadata.Format format,
            boolean preallocated,
            long capacity,
            @Nullable String parent,
            VolumeMetadata.@Nullable Format parentFormat) {
        List<String> arguments = new ArrayList<>(List.of(PROGRAM, "create", "-q", "-f", name(format)));
        List<String> options = new ArrayList<>();
        if (format == VolumeMetadata.Format.COW) {
            options.add("compat=1.1");
        }
        if (preallocated) {
            options.add("preallocation=falloc");
        }
        if (!options.isEmpty()) {
            arguments.addAll(List.of("-o", String.join(",", options)));
        }
        if (parent != null && parentFormat != null) {
            // -u: the chain below may not be readable here and now; the size is given instead.
            arguments.addAll(List.of("-u", "-b", parent, "-F", name(parentFormat)));
        }
        arguments.addAll(List.of(volume, Long.toString(capacity)));
        run(arguments, directory, preallocated ? ALLOCATING : QUICK, "create volume " + volume);
    }

    static void resize(
            Path directory, String volume, VolumeMetadata.Format format, boolean preallocated, long capacity) {
        List<String> arguments = new ArrayList<>(List.of(PROGRAM, "resize", "-q", "-f", name(format)));
        if (preallocated) {
            arguments.add("--preallocation=falloc");
        }
        arguments.addAll(List.of(volume, Long.toString(capacity)));
        run(arguments, directory, preallocated ? ALLOCATING : QUICK, "resize volume " + volume);
    }

    /** The command that copies a layer, or what is seen at it when the copy stands on nothing; it prints its progress. */
    static Command convert(CopyPlan.Layer layer, boolean direct) {
        VolumeMetadata wanted = layer.wanted();
        List<String> arguments = new ArrayList<>(List.of(PROGRAM, "convert", "-p"));
        if (direct) {
            // Past the page cache: a copy must not push the machines' memory out of the host's.
            arguments.addAll(List.of("-t", "none", "-T", "none"));
        }
        arguments.addAll(List.of("-f", name(layer.text().format()), "-O", name(wanted.format())));
        List<String> options = new ArrayList<>();
        if (wanted.format() == VolumeMetadata.Format.COW) {
            options.add("compat=1.1");
        }
        if (wanted.allocation() == VolumeMetadata.Allocation.PREALLOCATED
                && !layer.to().block()) {
            options.add("preallocation=falloc");
        }
        String parent = layer.parent();
        VolumeMetadata.Format parentFormat = layer.parentFormat();
        boolean moved = layer.from().id().equals(layer.to().id());
        if (moved
                && wanted.format() == VolumeMetadata.Format.COW
                && layer.text().format() == VolumeMetadata.Format.COW) {
            // What changed since checkpoints is still known at the new place; a broken bitmap is not worth the copy.
            // Where
            // several volumes become one, the bitmaps of the top alone would tell too little.
            arguments.addAll(List.of("--bitmaps", "--skip-broken-bitmaps"));
        }
        if (parent != null && parentFormat != null) {
            options.add("backing_fmt=" + name(parentFormat));
            arguments.addAll(List.of("-B", parent));
        }
        if (!options.isEmpty()) {
            arguments.addAll(List.of("-o", String.join(",", options)));
        }
        arguments.addAll(
                List.of(layer.from().data().toString(), layer.to().data().toString()));
        return Command.onStorage(arguments, layer.to().image());
    }

    /** The command that puts what is in a volume into the one below; the volume itself stays as it is. */
    static Command commit(VolumePlace top, boolean direct) {
        List<String> arguments = new ArrayList<>(List.of(PROGRAM, "commit", "-p", "-d", "-f", "qcow2"));
        if (direct) {
            arguments.addAll(List.of("-t", "none"));
        }
        arguments.add(top.id());
        return Command.onStorage(arguments, top.image());
    }

    /** Lets a volume stand on another one that reads the same; only its header changes. */
    static void restack(Path directory, String volume, String parent, VolumeMetadata.Format parentFormat) {
        run(
                List.of(PROGRAM, "rebase", "-q", "-u", "-f", "qcow2", "-b", parent, "-F", name(parentFormat), volume),
                directory,
                QUICK,
                "let volume " + volume + " stand on " + parent);
    }

    /** Bytes that the copy of a layer will take as qcow2. */
    static long measure(CopyPlan.Layer layer) {
        return measure(layer.from().data(), layer.text().format());
    }

    /** How many bytes a guest would see of a stranger's image. */
    static long virtualSize(ForeignImage image, String words) throws IOException {
        return number(
                Confined.looking(image.file(), PROGRAM, "info", "--output=json", image.forQemu()),
                VIRTUAL_SIZE,
                "Could not look at the disk " + words);
    }

    /** As a volume of ours says of itself; read also while a machine writes it. */
    static long virtualSize(Path volume, VolumeMetadata.Format format) {
        return number(
                command("info", "-U", "-f", name(format), "--output=json", volume.toString()),
                VIRTUAL_SIZE,
                "Could not look at the volume " + volume.getFileName());
    }

    /** The most that all that is seen of a volume takes as one qcow2 file. */
    static long measure(Path volume, VolumeMetadata.Format format) {
        return number(
                command("measure", "-U", "-O", "qcow2", "-f", name(format), "--output=json", volume.toString()),
                REQUIRED,
                "Could not measure the volume " + volume.getFileName());
    }

    private static long number(Command command, Pattern wanted, String what) {
        Command.Outcome outcome = command.run(QUICK);
        if (!outcome.worked()) {
            throw refusal(what, outcome.words());
        }
        Matcher matcher = wanted.matcher(outcome.output());
        if (!matcher.find()) {
            throw Refusal.broken(what).because("qemu-img does not say its size");
        }
        return Long.parseLong(matcher.group(1));
    }

    /** Where a file has data and where holes; a map too long to be worth having counts as all data. */
    public static List<FileRun> map(Path file, long size) {
        Command.Outcome outcome = command("map", "-U", "-f", "raw", "--output=json", file.toString())
                .run(QUICK);
        if (!outcome.worked()) {
            throw refusal("Could not map " + file.getFileName(), outcome.words());
        }
        List<FileRun> extents = new ArrayList<>();
        long end = 0;
        Matcher matcher = EXTENT.matcher(outcome.output());
        while (matcher.find()) {
            long start = Long.parseLong(matcher.group(1));
            long length = Long.parseLong(matcher.group(2));
            if (start != end) {
                break;
            }
            end += length;
            extents.add(new FileRun(start, length, matcher.group(3).equals("true")));
        }
        // qemu-img rounds up to sectors; what it did not tell, or was cut, is data.
        if (end < size) {
            extents.add(new FileRun(end, size - end, false));
        }
        return extents;
    }

    private static void run(List<String> arguments, Path directory, Duration deadline, String what) {
        Command.Outcome outcome = Command.onStorage(arguments, directory).run(deadline);
        if (!outcome.worked()) {
            throw refusal("Could not " + what, outcome.words());
        }
    }

    /** Gives QEMU's words their code. */
    static Refusal refusal(String what, String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left")) {
            return Refusal.of(Error.Code.NO_SPACE, what).because(words).next("Free or add space on the storage.");
        }
        if (lower.contains("lock")) {
            return Refusal.of(Error.Code.IN_USE, what)
                    .because(words)
                    .next("A machine or another process uses the volume: stop it first.");
        }
        return Refusal.of(Error.Code.REFUSED, what).because(words);
    }
}
