package org.bellwether.engine.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bellwether.engine.platform.pki.Sealed;
import org.bellwether.protocol.IscsiTarget;
import org.jspecify.annotations.Nullable;

/**
 * What a block domain consists of.
 *
 * @param targets where its hosts log in; none: Fibre Channel
 * @param luns its LUNs, as last seen; before it is made, those that it is to have
 * @param overwrite whether LUNs may be taken that hold data
 */
record San(List<Target> targets, List<Lun> luns, boolean overwrite) {

    static final San NONE = new San(List.of(), List.of(), false);
    private static final int USUAL_PORT = 3260;

    /** An iSCSI target at one portal, and who one is there. */
    record Target(
            String address,
            int port,
            String name,
            int portalGroup,
            @Nullable String user,
            @Nullable Sealed password) {

        static Target of(IscsiTarget seen) {
            return new Target(
                    seen.getAddress(),
                    seen.getPort() == 0 ? USUAL_PORT : seen.getPort(),
                    seen.getTarget(),
                    seen.getPortalGroup(),
                    null,
                    null);
        }

        IscsiTarget asked() {
            return IscsiTarget.newBuilder()
                    .setAddress(address)
                    .setPort(port)
                    .setTarget(name)
                    .setPortalGroup(portalGroup)
                    .setUser(user == null ? "" : user)
                    .setPassword(password == null ? "" : password.open().reveal())
                    .build();
        }

        private Target sealed() {
            return password == null || !password.plain()
                    ? this
                    : new Target(address, port, name, portalGroup, user, Sealed.of(password.open()));
        }

        boolean same(Target other) {
            return name.equals(other.name) && address.equals(other.address) && port == other.port;
        }

        /** Without the password. */
        @Override
        public String toString() {
            return name + " " + address + ":" + port;
        }
    }

    /** A LUN; {@code bytes} is 0 until a host has told of it. */
    record Lun(String id, long bytes, String vendor, String product, String serial, int number, int paths) {

        static Lun of(org.bellwether.protocol.Lun seen) {
            return new Lun(
                    seen.getId(),
                    seen.getBytes(),
                    seen.getVendor(),
                    seen.getProduct(),
                    seen.getSerial(),
                    seen.getNumber(),
                    seen.getPaths());
        }
    }

    /** Without users and passwords, for where secrets must not be. */
    San bare() {
        return new San(
                targets.stream()
                        .map(target -> new Target(
                                target.address(), target.port(), target.name(), target.portalGroup(), null, null))
                        .toList(),
                luns,
                overwrite);
    }

    /** Whether a password is as it was written before passwords were encrypted. */
    boolean plain() {
        return targets.stream().map(Target::password).anyMatch(password -> password != null && password.plain());
    }

    /** With every password encrypted. */
    San sealed() {
        return new San(targets.stream().map(Target::sealed).toList(), luns, overwrite);
    }

    List<String> lunIds() {
        return luns.stream().map(Lun::id).toList();
    }

    /** As hosts see the LUNs now; a target that is known keeps its user. */
    San seen(List<org.bellwether.protocol.Lun> now, List<Target> known) {
        List<Target> all = new ArrayList<>();
        Stream.concat(
                        targets.stream(),
                        now.stream()
                                .flatMap(lun -> lun.getTargetsList().stream())
                                .map(Target::of))
                .filter(target -> all.stream().noneMatch(target::same))
                .forEach(all::add);
        return new San(all, now.stream().map(Lun::of).toList(), false).knowing(known);
    }

    /** With the users of targets that are known. */
    San knowing(List<Target> known) {
        return new San(
                targets.stream()
                        .map(target -> target.user() != null
                                ? target
                                : known.stream()
                                        .filter(other -> other.user() != null && target.same(other))
                                        .findFirst()
                                        .orElse(target))
                        .toList(),
                luns,
                overwrite);
    }
}
