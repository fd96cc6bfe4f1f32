package org.bellwether.lab;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** What one part of the bench found; each figure is told as soon as it is known. */
final class Measures {
    /** One line of the result. */
    record Measure(String what, String value, String aim) {}

    private final List<Measure> all = new ArrayList<>();

    List<Measure> all() {
        return all;
    }

    void add(String what, String value, String aim) {
        all.add(new Measure(what, value, aim));
        Progress.say("%s: %s%s".formatted(what, value, aim.isEmpty() ? "" : " (aim " + aim + ")"));
    }

    /** Ours beside another program's that did the same on the same host. */
    void compare(String what, List<Long> ours, String other, List<Long> theirs, String aim) {
        double mine = median(ours);
        double its = median(theirs);
        add(
                what,
                String.format(Locale.ROOT, "%.0f ms, %s %.0f ms, ratio %.2f", mine, other, its, mine / its),
                "ratio " + aim);
    }

    static String spread(List<Long> times) {
        List<Long> sorted = times.stream().sorted().toList();
        return String.format(
                Locale.ROOT, "%.1f ms (p95 %.1f)", median(times), sorted.get((int) (sorted.size() * 0.95)) / 1e6);
    }

    static long nanoseconds(LongSupplier work) {
        long begin = System.nanoTime();
        long unused = work.getAsLong();
        return System.nanoTime() - begin + unused;
    }

    /** In milliseconds. */
    static double median(List<Long> nanoseconds) {
        List<Long> sorted = nanoseconds.stream().sorted().toList();
        return sorted.get(sorted.size() / 2) / 1e6;
    }

    /** The part of the page. */
    String page(String title) {
        StringBuilder text = new StringBuilder("## " + title + "\n\nMeasured on " + LocalDate.now(ZoneOffset.UTC)
                + ", on " + machine() + ".\n\n| measure | value | aim |\n| --- | --- | --- |\n");
        all.forEach(
                measure -> text.append("| %s | %s | %s |\n".formatted(measure.what(), measure.value(), measure.aim())));
        return text.toString();
    }

    private static String machine() {
        String processor = Command.attempt("sed", "-n", "s/^model name.*: //p", "/proc/cpuinfo")
                .output()
                .lines()
                .findFirst()
                .orElse("an unknown processor");
        long memory = Command.attempt("sed", "-n", "s/^MemTotal: *\\([0-9]*\\).*/\\1/p", "/proc/meminfo")
                .output()
                .lines()
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
        return String.format(
                Locale.ROOT,
                "%d cores of %s with %d GB, Linux %s, Java %s",
                Runtime.getRuntime().availableProcessors(),
                processor,
                Math.round(memory / 1e6),
                Command.attempt("uname", "-r").output().strip(),
                Runtime.version());
    }
}
