package org.bellwether.engine.network;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.bellwether.engine.platform.Failure;

/**
 * The range of MAC addresses that machines get: the one the field uses, 56:6f:xx:xx:00:00 to …:ff:ff, with two bytes
 * of the engine's own, so that two engines on one network do not give the same address twice.
 */
public final class MacAddresses {

    private static final Pattern FORM = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");
    private static final int SIZE = 0x10000;

    private final int prefix;

    /** @param engine any number that differs from engine to engine */
    public MacAddresses(int engine) {
        this.prefix = engine & 0xffff;
    }

    public String first() {
        return address(0);
    }

    public String last() {
        return address(SIZE - 1);
    }

    /**
     * An address that is not taken, from where a hint points on.
     *
     * @throws Failure CONFLICT when all are taken
     */
    public String free(Set<String> taken, int hint) {
        for (int i = 0; i < SIZE; i++) {
            var address = address((hint + i) & (SIZE - 1));
            if (!taken.contains(address)) {
                return address;
            }
        }
        throw Failure.conflict("There is no free MAC address left")
                .because("all from " + first() + " to " + last() + " are taken")
                .next("Remove network interfaces that nobody needs, or give the address yourself");
    }

    /**
     * An address as it is kept: lower case, with colons.
     *
     * @throws Failure BAD_REQUEST when it is none, or one that no machine may have
     */
    public static String checked(String address) {
        var plain = address.strip().toLowerCase(Locale.ROOT).replace('-', ':');
        if (!FORM.matcher(plain).matches()) {
            throw Failure.badRequest("'" + address + "' is no MAC address").next("Write it as 56:6f:1a:2b:00:01");
        }
        if ((Integer.parseInt(plain.substring(0, 2), 16) & 1) != 0 || plain.equals("00:00:00:00:00:00")) {
            throw Failure.badRequest("The MAC address " + plain + " cannot belong to a machine")
                    .because("it is a multicast address or all zero");
        }
        return plain;
    }

    private String address(int number) {
        return String.format(
                Locale.ROOT,
                "56:6f:%02x:%02x:%02x:%02x",
                prefix >> 8,
                prefix & 0xff,
                (number >> 8) & 0xff,
                number & 0xff);
    }
}
