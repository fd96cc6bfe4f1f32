package org.bellwether.agent.network;

import java.util.List;
import org.bellwether.agent.platform.Refusal;

/** The modes of a bond, which people number and the kernel names. */
final class BondModes {
    private static final List<String> NAMES =
            List.of("balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb");

    private BondModes() {}

    static String name(String numberOrName) {
        if (NAMES.contains(numberOrName)) {
            return numberOrName;
        }
        int number = numberOrName.length() == 1 ? numberOrName.charAt(0) - '0' : -1;
        if (number < 0 || number >= NAMES.size()) {
            throw Refusal.badRequest("A bond has no mode \"" + numberOrName + "\"")
                    .next("Modes are 0 to " + (NAMES.size() - 1) + ": " + String.join(", ", NAMES) + ".");
        }
        return NAMES.get(number);
    }
}
