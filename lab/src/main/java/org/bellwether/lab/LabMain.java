package org.bellwether.lab;

import java.util.List;

/** The commands of the lab that `bw` calls. */
public final class LabMain {
    private LabMain() {}

    public static void main(String[] arguments) {
        try {
            run(List.of(arguments));
        } catch (LabFailure failure) {
            System.err.println("bw: " + failure.getMessage());
            System.exit(1);
        }
    }

    private static void run(List<String> words) {
        switch (words.isEmpty() ? "" : words.getFirst()) {
            case "remove" -> Lab.remove(words.get(1), true);
            default -> throw new LabFailure("the lab does not know `" + String.join(" ", words) + "`");
        }
    }
}
