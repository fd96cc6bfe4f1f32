package org.bellwether.agent.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.bellwether.libvirt.TypedParameters;
import org.bellwether.protocol.GuestData;
import org.bellwether.protocol.GuestFilesystem;
import org.bellwether.protocol.GuestInterface;
import org.bellwether.protocol.GuestUser;

/**
 * Turns what a guest's agent tells into a message. A guest may be hostile: texts are cut and lists end early, so that
 * it cannot fill the engine.
 */
final class GuestFacts {
    private static final int LONGEST_TEXT = 256;
    private static final int MOST_ITEMS = 128;
    /** Of the guest itself, or of its link alone. */
    private static final Pattern LOCAL = Pattern.compile("127\\.|169\\.254\\.|::1$|fe[89ab]", Pattern.CASE_INSENSITIVE);

    private GuestFacts() {}

    static GuestData of(TypedParameters told, long nowMillis) {
        return GuestData.newBuilder()
                .setTimeMs(nowMillis)
                .setHostName(text(told, "hostname"))
                .setOsId(text(told, "os.id"))
                .setOsName(text(told, "os.name"))
                .setOsVersion(first(text(told, "os.version-id"), text(told, "os.version")))
                .setOsPrettyName(text(told, "os.pretty-name"))
                .setKernelRelease(text(told, "os.kernel-release"))
                .setArchitecture(text(told, "os.machine"))
                .setTimeZone(text(told, "timezone.name"))
                .setUtcOffsetSeconds((int) told.number("timezone.offset", 0))
                .addAllInterfaces(interfaces(told))
                .addAllFilesystems(filesystems(told))
                .addAllUsers(users(told))
                .build();
    }

    /** Whether it has told an address at which others reach it. */
    static boolean addressed(GuestData data) {
        return data.getInterfacesList().stream()
                .flatMap(each -> each.getAddressesList().stream())
                .anyMatch(
                        address -> !address.isEmpty() && !LOCAL.matcher(address).lookingAt());
    }

    static String cut(String text) {
        return text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    }

    private static List<GuestInterface> interfaces(TypedParameters told) {
        List<GuestInterface> all = new ArrayList<>();
        for (int i = 0; i < count(told, "if.count"); i++) {
            String prefix = "if." + i + ".";
            GuestInterface.Builder one = GuestInterface.newBuilder()
                    .setName(text(told, prefix + "name"))
                    .setMac(text(told, prefix + "hwaddr"));
            for (int a = 0; a < count(told, prefix + "addr.count"); a++) {
                one.addAddresses(text(told, prefix + "addr." + a + ".addr"));
            }
            all.add(one.build());
        }
        return all;
    }

    private static List<GuestFilesystem> filesystems(TypedParameters told) {
        List<GuestFilesystem> all = new ArrayList<>();
        for (int i = 0; i < count(told, "fs.count"); i++) {
            String prefix = "fs." + i + ".";
            all.add(GuestFilesystem.newBuilder()
                    .setMountPoint(text(told, prefix + "mountpoint"))
                    .setType(text(told, prefix + "fstype"))
                    .setTotalBytes(told.number(prefix + "total-bytes", 0))
                    .setUsedBytes(told.number(prefix + "used-bytes", 0))
                    .build());
        }
        return all;
    }

    private static List<GuestUser> users(TypedParameters told) {
        List<GuestUser> all = new ArrayList<>();
        for (int i = 0; i < count(told, "user.count"); i++) {
            String prefix = "user." + i + ".";
            all.add(GuestUser.newBuilder()
                    .setName(text(told, prefix + "name"))
                    .setDomain(text(told, prefix + "domain"))
                    .setLoginTimeMs(told.number(prefix + "login-time", 0))
                    .build());
        }
        return all;
    }

    private static int count(TypedParameters told, String name) {
        return Math.clamp(told.number(name, 0), 0, MOST_ITEMS);
    }

    private static String text(TypedParameters told, String name) {
        return cut(told.text(name, ""));
    }

    private static String first(String one, String other) {
        return one.isEmpty() ? other : one;
    }
}
