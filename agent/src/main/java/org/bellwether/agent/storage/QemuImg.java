package org.bellwether.agent.storage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.jspecify.annotations.Nullable;

/** qemu-img with argument arrays, run in the image's directory so that backing names stay bare. */
final class QemuImg {
    private static final Duration QUICK = Duration.ofSeconds(60);
    private static final Duration ALLOCATING = Duration.ofMinutes(10);
    private static final String PROGRAM = "qemu-img";

    private QemuImg() {}

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
        if (wanted.allocation() == VolumeMetadata.Allocation.PREALLOCATED) {
            options.add("preallocation=falloc");
        }
        String parent = layer.parent();
        VolumeMetadata.Format parentFormat = layer.parentFormat();
        if (parent != null && parentFormat != null) {
            options.add("backing_fmt=" + name(parentFormat));
            arguments.addAll(List.of("-B", parent));
        }
        if (!options.isEmpty()) {
            arguments.addAll(List.of("-o", String.join(",", options)));
        }
        arguments.addAll(
                List.of(layer.from().data().toString(), layer.to().data().toString()));
        return new Command(arguments, layer.to().image());
    }

    private static void run(List<String> arguments, Path directory, Duration deadline, String what) {
        Command.Outcome outcome = new Command(arguments, directory).run(deadline);
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
