package org.bellwether.engine.platform.lifecycle;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the engine measures of itself and of what it manages, in the text form that Prometheus reads. Everything is looked at
 * when somebody asks, and nothing is kept.
 */
public final class Metrics {

    /** A value, with what tells it from the others of its name. */
    public record Sample(String label, String text, double value) {
        public static Sample of(double value) {
            return new Sample("", "", value);
        }
    }

    private record Family(String name, String type, String help, Supplier<Stream<Sample>> samples) {}

    private final List<Family> families = new CopyOnWriteArrayList<>();

    /** A value that goes up and down. */
    public Metrics gauge(String name, String help, Supplier<Stream<Sample>> samples) {
        families.add(new Family("bellwether_" + name, "gauge", help, samples));
        return this;
    }

    /** A value that only grows; its name ends in {@code _total}. */
    public Metrics counter(String name, String help, Supplier<Stream<Sample>> samples) {
        families.add(new Family("bellwether_" + name, "counter", help, samples));
        return this;
    }

    /** How many there are of each kind. */
    public static Stream<Sample> counted(String label, Stream<String> kinds) {
        Map<String, Long> counts =
                kinds.collect(Collectors.groupingBy(kind -> kind, LinkedHashMap::new, Collectors.counting()));
        return counts.entrySet().stream().map(each -> new Sample(label, each.getKey(), each.getValue()));
    }

    public String text() {
        StringBuilder text = new StringBuilder();
        for (Family family : families) {
            text.append("# HELP ")
                    .append(family.name())
                    .append(' ')
                    .append(family.help())
                    .append('\n');
            text.append("# TYPE ")
                    .append(family.name())
                    .append(' ')
                    .append(family.type())
                    .append('\n');
            family.samples().get().forEach(sample -> {
                text.append(family.name());
                if (!sample.label().isEmpty()) {
                    text.append('{')
                            .append(sample.label())
                            .append("=\"")
                            .append(escaped(sample.text()))
                            .append("\"}");
                }
                text.append(' ').append(number(sample.value())).append('\n');
            });
        }
        return text.toString();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.6f", value);
    }
}
