package org.bellwether.libvirt;

import java.util.EnumSet;
import java.util.Set;
import org.bellwether.libvirt.flags.MigrateFlag;

/** How, and by which ways, a machine moves. */
public final class Migration {
    private final Set<MigrateFlag> flags;
    private final TypedParameters parameters;

    private Migration(Set<MigrateFlag> flags, TypedParameters parameters) {
        this.flags = flags;
        this.parameters = parameters;
    }

    public static Builder builder() {
        return new Builder();
    }

    public Set<MigrateFlag> flags() {
        return flags;
    }

    public TypedParameters parameters() {
        return parameters;
    }

    /** Collects what a migration needs. */
    public static final class Builder {
        private final Set<MigrateFlag> flags = EnumSet.noneOf(MigrateFlag.class);
        private final TypedParameters.Builder parameters = TypedParameters.builder();

        private Builder() {}

        public Builder flags(MigrateFlag... more) {
            flags.addAll(Set.of(more));
            return this;
        }

        /** Where QEMU sends the memory: {@code tcp://host:port} or {@code unix:///path}; without it libvirt chooses. */
        public Builder migrateUri(String uri) {
            parameters.text("migrate_uri", uri);
            return this;
        }

        /** Where the destination's QEMU listens, when not everywhere. */
        public Builder listenAddress(String address) {
            parameters.text("listen_address", address);
            return this;
        }

        public Builder destinationName(String name) {
            parameters.text("destination_name", name);
            return this;
        }

        /** The running machine's XML on the destination, changed only where both sides may differ. */
        public Builder destinationXml(String xml) {
            parameters.text("destination_xml", xml);
            return this;
        }

        /** The definition that stays on the destination, with {@code PERSIST_DEST}. */
        public Builder persistentXml(String xml) {
            parameters.text("persistent_xml", xml);
            return this;
        }

        /** Where clients of the machine's graphics are sent. */
        public Builder graphicsUri(String uri) {
            parameters.text("graphics_uri", uri);
            return this;
        }

        /** The most memory sent, in MiB a second. */
        public Builder bandwidthMebibytes(long perSecond) {
            parameters.unsignedLong("bandwidth", perSecond);
            return this;
        }

        /** As {@link #bandwidthMebibytes}, after the switch to post-copy. */
        public Builder postCopyBandwidthMebibytes(long perSecond) {
            parameters.unsignedLong("bandwidth.postcopy", perSecond);
            return this;
        }

        /** With {@code PARALLEL}. */
        public Builder parallelConnections(int count) {
            parameters.integer("parallel.connections", count);
            return this;
        }

        /** With {@code TLS}: the name that the destination's certificate must have. */
        public Builder tlsDestination(String name) {
            parameters.text("tls.destination", name);
            return this;
        }

        /** Anything else that libvirt documents as VIR_MIGRATE_PARAM_*. */
        public Builder parameter(String name, TypedValue value) {
            parameters.add(name, value);
            return this;
        }

        public Migration build() {
            return new Migration(Set.copyOf(flags), parameters.build());
        }
    }
}
