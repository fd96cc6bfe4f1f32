package org.bellwether.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is known of one object: a label and a value on each line, and below them tables of what belongs to it. */
final class Sheet {

    private record Line(String label, String value) {}

    private record Section(String title, Table table) {}

    private final List<Line> lines = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();

    /** Leaves the line out when there is nothing to say. */
    Sheet line(String label, String value) {
        if (!value.isBlank()) {
            lines.add(new Line(label, Text.clean(value)));
        }
        return this;
    }

    Sheet line(String label, Optional<String> value) {
        return line(label, value.orElse(""));
    }

    Sheet section(String title, Table table) {
        sections.add(new Section(title, table));
        return this;
    }

    void print(PrintStream out) {
        int width = lines.stream().mapToInt(line -> line.label().length()).max().orElse(0);
        lines.forEach(line ->
                out.println(line.label() + ":" + " ".repeat(width - line.label().length() + 1) + line.value()));
        sections.forEach(section -> {
            out.println();
            out.println(section.title());
            section.table().print(out);
        });
    }
}
