package org.bellwether.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings, each column as wide as its widest value. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(List.of(headings));
    }

    /** @throws IllegalArgumentException when it has another number of values than there are headings */
    void row(List<String> values) {
        if (values.size() != rows.getFirst().size()) {
            throw new IllegalArgumentException("a row of " + values.size() + " under " + rows.getFirst());
        }
        rows.add(values.stream()
                .map(value -> value.isEmpty() ? "-" : Text.clean(value))
                .toList());
    }

    void print(PrintStream out) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (var row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        for (var row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i));
                if (i < columns - 1) {
                    line.append(" ".repeat(widths[i] - width(row.get(i)) + 2));
                }
            }
            out.println(line);
        }
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
