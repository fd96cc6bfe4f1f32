package org.bellwether.agent.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.bellwether.libvirt.DomainStatistics;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.TypedParameters;
import org.bellwether.libvirt.flags.MemoryFlag;
import org.bellwether.libvirt.flags.StatsFlag;
import org.bellwether.libvirt.flags.StatsGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much of their memory running machines have at the moment, what their guests do with it, and how that is changed. */
public final class Balloons {
    private static final Logger LOG = LoggerFactory.getLogger(Balloons.class);
    private static final long KIB = 1024;

    private final LibvirtLink link;

    public Balloons(LibvirtLink link) {
        this.link = link;
    }

    /**
     * One machine. All in bytes.
     *
     * @param most what it has when nothing is taken back
     * @param now what it has
     * @param guest how much of that its guest sees; 0: the guest tells nothing, for want of a driver
     * @param free what the guest could do without: unused, or used for caches
     */
    public record Balloon(String machine, long most, long now, long guest, long free) {}

    public List<Balloon> read() {
        List<Balloon> all = new ArrayList<>();
        link.ifConnected(connection -> {
            try {
                for (DomainStatistics domain :
                        connection.statistics(List.of(StatsGroup.BALLOON), StatsFlag.RUNNING, StatsFlag.NOWAIT)) {
                    all.add(balloon(domain.domain().uuid(), domain.values()));
                }
            } catch (LibvirtException e) {
                LOG.warn("what machines do with their memory could not be read: {}", e.getMessage());
            }
        });
        return all;
    }

    private static Balloon balloon(UUID machine, TypedParameters values) {
        return new Balloon(
                machine.toString(),
                values.number("balloon.maximum", 0) * KIB,
                values.number("balloon.current", 0) * KIB,
                values.number("balloon.available", 0) * KIB,
                (values.number("balloon.unused", 0) + values.number("balloon.disk_caches", 0)) * KIB);
    }

    /** Asks the guest to give memory back, or lets it have some again. It does so in its own time. */
    public void set(String machine, long bytes) {
        link.ifConnected(connection -> {
            try {
                connection
                        .findDomain(UUID.fromString(machine))
                        .ifPresent(domain -> domain.devices().setMemory(bytes / KIB, MemoryFlag.LIVE));
            } catch (LibvirtException e) {
                LOG.warn("the memory of machine {} was not changed: {}", machine, e.getMessage());
            }
        });
    }
}
