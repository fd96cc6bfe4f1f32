package org.bellwether.engine.placement;

import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Numbers of hardware threads as people, libvirt and the kernel write them: {@code 0-3,^2,8}. */
public final class CpuSet {

    private static final int MOST_DIGITS = 4;
    private static final String PART = "\\^?[0-9]{1," + MOST_DIGITS + "}(-[0-9]{1," + MOST_DIGITS + "})?";

    private CpuSet() {}

    /** Whether it can be read. */
    public static boolean valid(String text) {
        return text.length() <= 1000 && text.matches(PART + "(," + PART + ")*");
    }

    /** @throws IllegalArgumentException when it cannot be read */
    public static NavigableSet<Integer> parse(String text) {
        if (!valid(text)) {
            throw new IllegalArgumentException("'" + text + "' is no set of processors");
        }
        NavigableSet<Integer> numbers = new TreeSet<>();
        for (String part : text.split(",")) {
            boolean without = part.startsWith("^");
            String[] ends = (without ? part.substring(1) : part).split("-");
            for (int number = Integer.parseInt(ends[0]); number <= Integer.parseInt(ends[ends.length - 1]); number++) {
                if (without) {
                    numbers.remove(number);
                } else {
                    numbers.add(number);
                }
            }
        }
        return numbers;
    }

    /** The shortest text of it. */
    public static String text(Collection<Integer> numbers) {
        var text = new StringBuilder();
        var sorted = new TreeSet<>(numbers);
        while (!sorted.isEmpty()) {
            int first = sorted.pollFirst();
            int last = first;
            while (sorted.remove(last + 1)) {
                last++;
            }
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (last > first) {
                text.append('-').append(last);
            }
        }
        return text.toString();
    }
}
