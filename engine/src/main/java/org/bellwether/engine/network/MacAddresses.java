package org.bellwether.engine.network;

import java.util.Locale;
import java.util.regex.Pattern;
import org.bellwether.engine.platform.Failure;

/** MAC addresses as texts and as numbers. */
public final class MacAddresses {
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");
    private static final long MULTICAST = 1L << 40;
    private static final int HEX = 16;

    private MacAddresses() {}

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
        long number = number(plain);
        if ((number & MULTICAST) != 0 || number == 0) {
            throw Failure.badRequest("The MAC address " + plain + " cannot belong to a machine")
                    .because("it is a multicast address or all zero");
        }
        return plain;
    }

    /** The number of an address in the form in which it is kept. */
    static long number(String address) {
        return Long.parseLong(address.replace(":", ""), HEX);
    }

    static String text(long number) {
        var digits = String.format(Locale.ROOT, "%012x", number);
        var text = new StringBuilder(17);
        for (int i = 0; i < digits.length(); i += 2) {
            text.append(i == 0 ? "" : ":").append(digits, i, i + 2);
        }
        return text.toString();
    }
}
