package org.bellwether.engine.host;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What could be renewed on a host.
 *
 * @param agent whether its agent is another one than the engine brings
 * @param packages of its distribution
 * @param restart whether it has to be restarted for what was renewed already
 */
record HostUpdates(boolean agent, List<Renewal> packages, boolean restart) {

    private static final int SHOWN = 20;

    /** @param from empty when it comes with another one */
    record Renewal(String name, String from, String to) {
        private String inWords() {
            return name + (from.isEmpty() ? " " + to + " (new)" : " " + from + " → " + to);
        }
    }

    /** Reads what {@code install.sh updates} wrote. */
    static HostUpdates read(String text) {
        var packages = new ArrayList<Renewal>();
        boolean agent = false;
        boolean restart = false;
        for (var line : text.lines().toList()) {
            var parts = line.split("\\|", -1);
            switch (parts[0]) {
                case "agent" -> agent = true;
                case "restart" -> restart = true;
                case "package" -> packages.add(new Renewal(parts[1], parts[2], parts[3]));
                default -> throw new IllegalStateException("the host says of its updates: " + line);
            }
        }
        return new HostUpdates(agent, List.copyOf(packages), restart);
    }

    boolean any() {
        return agent || disturb();
    }

    /** Whether machines leave for it first; the agent alone is renewed under them. */
    boolean disturb() {
        return restart || !packages.isEmpty();
    }

    String inWords() {
        var words = new ArrayList<String>();
        if (agent) {
            words.add("the agent that this engine brings");
        }
        packages.stream().limit(SHOWN).map(Renewal::inWords).forEach(words::add);
        if (packages.size() > SHOWN) {
            words.add(packages.size() - SHOWN + " more packages");
        }
        if (restart) {
            words.add("a restart, which earlier updates wait for");
        }
        return words.stream().collect(Collectors.joining(", "));
    }
}
