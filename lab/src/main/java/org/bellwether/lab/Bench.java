package org.bellwether.lab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** `bw bench`: measures what docs/benchmarks.md promises, each part that needs one on a testbed of its own. */
final class Bench {
    private static final String INTRODUCTION =
            "# Benchmarks\n\nWritten by `./bw bench`, or one part by `./bw bench machines|images|engine|portal|placement`."
                    + " Medians; one client with one connection; guests are emulated where KVM does not work.\n";

    /** What can be measured alone; a part that fails leaves the others' figures. */
    enum Part {
        MACHINES("Machines beside virsh", 2),
        IMAGES("Images beside qemu-img", 1),
        ENGINE("The engine", 2),
        PORTAL("The portal", 1),
        PLACEMENT("Placement", 0);

        private final String title;
        private final int hosts;

        Part(String title, int hosts) {
            this.title = title;
            this.hosts = hosts;
        }

        void measure(Measures measures) {
            switch (this) {
                case MACHINES -> onTestbed(MachineBench::run, measures);
                case IMAGES -> onTestbed(ImageBench::run, measures);
                case ENGINE -> onTestbed(EngineBench::run, measures);
                case PORTAL -> onTestbed(PortalBench::run, measures);
                case PLACEMENT -> PlacementBench.run(measures);
            }
        }

        private void onTestbed(BiConsumer<Testbed, Measures> bench, Measures measures) {
            try (Testbed testbed = Testbed.make(hosts)) {
                bench.accept(testbed, measures);
            }
        }
    }

    private Bench() {}

    /**
     * Measures these parts, or all, and writes what came out in place of what the page says of them.
     *
     * @throws LabFailure after the other parts, if one failed
     */
    static ObjectNode run(Path page, List<String> names) {
        List<Part> parts = names.isEmpty()
                ? List.of(Part.values())
                : names.stream().map(Bench::part).toList();
        ObjectNode result = Inventory.object();
        StringBuilder failures = new StringBuilder();
        for (Part part : parts) {
            Measures measures = new Measures();
            try {
                part.measure(measures);
                write(page, part, measures);
            } catch (LabFailure failure) {
                failures.append(part.title)
                        .append(": ")
                        .append(failure.getMessage())
                        .append('\n');
            }
            measures.all().forEach(measure -> result.put(measure.what(), measure.value()));
        }
        if (!failures.isEmpty()) {
            throw new LabFailure(failures.toString().strip());
        }
        return result;
    }

    private static Part part(String name) {
        return Arrays.stream(Part.values())
                .filter(part -> part.name().toLowerCase(Locale.ROOT).equals(name))
                .findAny()
                .orElseThrow(
                        () -> new LabFailure(
                                "the bench has no part " + name
                                        + ": it measures machines, images, engine, portal and placement, or all of them without a name"));
    }

    private static void write(Path page, Part part, Measures measures) {
        try {
            String before = Files.exists(page) ? Files.readString(page) : "";
            StringBuilder text = new StringBuilder(INTRODUCTION);
            Stream.of(Part.values())
                    .map(one -> one == part ? measures.page(part.title) : kept(before, one.title))
                    .filter(section -> !section.isEmpty())
                    .forEach(section -> text.append('\n').append(section));
            Files.createDirectories(page.getParent());
            Files.writeString(page, text);
        } catch (IOException e) {
            throw new LabFailure("cannot write " + page + ": " + e.getMessage(), e);
        }
    }

    /** What the page says of a part, as it was measured before. */
    private static String kept(String page, String title) {
        int begin = page.indexOf("## " + title + "\n");
        if (begin < 0) {
            return "";
        }
        int end = page.indexOf("\n## ", begin);
        return end < 0 ? page.substring(begin) : page.substring(begin, end + 1).strip() + "\n";
    }
}
