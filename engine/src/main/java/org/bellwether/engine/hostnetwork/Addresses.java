package org.bellwether.engine.hostnetwork;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.bellwether.api.types.BootProtocol;
import org.bellwether.api.types.Ip;
import org.bellwether.api.types.IpAddressAssignment;
import org.bellwether.api.types.IpVersion;
import org.bellwether.api.types.NetworkAttachment;
import org.bellwether.engine.platform.Failure;
import org.bellwether.protocol.AddressPlan;

/** Addresses as the API writes them and as hosts take them. */
final class Addresses {

    private Addresses() {}

    /** What the attachment says of one version of IP; none where it says nothing. */
    static AddressPlan plan(NetworkAttachment attachment, IpVersion version) {
        return assignment(attachment, version).map(Addresses::plan).orElse(AddressPlan.getDefaultInstance());
    }

    private static Optional<IpAddressAssignment> assignment(NetworkAttachment attachment, IpVersion version) {
        return Optional.ofNullable(attachment.ipAddressAssignments()).orElse(List.of()).stream()
                .filter(each -> version(each) == version)
                .findFirst();
    }

    private static IpVersion version(IpAddressAssignment assignment) {
        var ip = assignment.ip();
        return ip == null || ip.version() == null ? IpVersion.V4 : Objects.requireNonNull(ip.version());
    }

    private static AddressPlan plan(IpAddressAssignment assignment) {
        var ip = Optional.ofNullable(assignment.ip()).orElse(Ip.builder().build());
        var method = Optional.ofNullable(assignment.assignmentMethod()).orElse(BootProtocol.NONE);
        var plan = AddressPlan.newBuilder().setMethod(method(method));
        if (method == BootProtocol.STATIC) {
            if (ip.address() == null) {
                throw Failure.badRequest("A static address is missing").next("Give address and netmask");
            }
            plan.setAddress(ip.address());
            plan.setPrefix(prefix(Optional.ofNullable(ip.netmask()).orElse("")));
            Optional.ofNullable(ip.gateway()).ifPresent(plan::setGateway);
        }
        return plan.build();
    }

    private static AddressPlan.Method method(BootProtocol protocol) {
        return switch (protocol) {
            case AUTOCONF -> AddressPlan.Method.AUTOCONF;
            case DHCP -> AddressPlan.Method.DHCP;
            case POLY_DHCP_AUTOCONF -> AddressPlan.Method.DHCP_AND_AUTOCONF;
            case STATIC -> AddressPlan.Method.STATIC;
            case NONE -> AddressPlan.Method.NONE;
        };
    }

    /** Of a mask in dots, or a prefix length. */
    static int prefix(String netmask) {
        if (netmask.matches("\\d{1,3}")) {
            return Integer.parseInt(netmask);
        }
        if (!netmask.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            throw Failure.badRequest("'" + netmask + "' is no netmask")
                    .next("Write it as 255.255.255.0, or as the length of the prefix");
        }
        long bits = 0;
        for (var part : netmask.split("\\.", -1)) {
            bits = (bits << 8) | Integer.parseInt(part);
        }
        int length = Long.bitCount(bits);
        if (bits != mask(length)) {
            throw Failure.badRequest("'" + netmask + "' is no netmask").because("its ones are not all in front");
        }
        return length;
    }

    /** In dots for IPv4, the length for IPv6. */
    static String netmask(int prefix, boolean ipv6) {
        if (ipv6) {
            return Integer.toString(prefix);
        }
        long bits = mask(prefix);
        return String.format(
                Locale.ROOT, "%d.%d.%d.%d", (bits >> 24) & 255, (bits >> 16) & 255, (bits >> 8) & 255, bits & 255);
    }

    private static long mask(int length) {
        return (0xffff_ffffL << (32 - length)) & 0xffff_ffffL;
    }
}
