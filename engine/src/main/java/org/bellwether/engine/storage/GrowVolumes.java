package org.bellwether.engine.storage;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.AgentListener;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.protocol.DiskStatistics;
import org.bellwether.protocol.Report;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes thin volumes on block storage larger before their machines have filled them: a host tells how far a machine has
 * written and how large the device is; one host makes it larger, and the machine's host sees that. A machine that was
 * faster is paused by QEMU and goes on when its host sees the new size. Nothing is kept: the next report says it again.
 */
public final class GrowVolumes implements AgentListener {

    private static final Logger log = LoggerFactory.getLogger(GrowVolumes.class);
    private static final long CHUNK = 1L << 30;
    private static final long LEAST_FREE = CHUNK / 2;
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Database database;
    private final Disks disks;
    private final StorageDomains domains;
    private final Volumes volumes;
    private final Events events;
    private final Set<Id<Disk>> growing = ConcurrentHashMap.newKeySet();
    private final Set<Id<StorageDomain>> told = ConcurrentHashMap.newKeySet();

    public GrowVolumes(Database database, Disks disks, StorageDomains domains, Volumes volumes, Events events) {
        this.database = database;
        this.disks = disks;
        this.domains = domains;
        this.volumes = volumes;
        this.events = events;
    }

    @Override
    public void reported(UUID hostId, Report report) {
        if (report.getWhatCase() == Report.WhatCase.STATISTICS) {
            report.getStatistics().getMachinesList().stream()
                    .flatMap(machine -> machine.getDisksList().stream())
                    .filter(GrowVolumes::needsRoom)
                    .forEach(disk -> begin(Id.of(hostId), disk));
        }
    }

    static boolean needsRoom(DiskStatistics disk) {
        return disk.getPhysicalBytes() > 0 && disk.getPhysicalBytes() - disk.getAllocatedBytes() < LEAST_FREE;
    }

    @Override
    public void lost(UUID hostId, String why) {
        // Its machines are asked about again when it is back.
    }

    private void begin(Id<Host> host, DiskStatistics seen) {
        Id<Disk> id;
        try {
            id = Id.of(seen.getDiskId());
        } catch (IllegalArgumentException foreign) {
            return;
        }
        var disk = disks.model().find(id);
        if (disk.isEmpty() || !growable(disk.get(), seen.getPhysicalBytes()) || !growing.add(id)) {
            return;
        }
        Thread.ofVirtual().name("grow-" + disk.get().name()).start(() -> {
            try {
                grow(host, disk.get(), seen.getPhysicalBytes());
            } finally {
                growing.remove(id);
            }
        });
    }

    private boolean growable(Disk disk, long now) {
        boolean block = disk.domainId()
                .flatMap(domains.model()::find)
                .map(domain -> domain.connection().block())
                .orElse(false);
        return block && disk.format() == Disk.Format.COW && disk.sparse() && now < most(disk);
    }

    /** qcow2 takes more than its capacity by its tables, never more than a tenth. */
    private static long most(Disk disk) {
        return disk.provisionedBytes() + disk.provisionedBytes() / 10;
    }

    private void grow(Id<Host> host, Disk disk, long now) {
        try {
            var grown = volumes.grow(disk, Math.min(now + CHUNK, most(disk)));
            volumes.refresh(disk, host);
            log.info("The disk {} has {} MiB on storage now", disk.name(), grown.getAllocatedBytes() >> 20);
            disk.domainId().ifPresent(told::remove);
        } catch (Failure failure) {
            log.warn("The disk {} does not get more room: {}", disk.name(), failure.detail());
            disk.domainId().filter(told::add).ifPresent(domain -> tell(disk, domain, failure));
            sleep();
        }
    }

    private void tell(Disk disk, Id<StorageDomain> domain, Failure failure) {
        try {
            database.change(tx -> events.add(
                    tx,
                    EventCode.STORAGE_SPACE_CRITICAL,
                    Asker.engine(),
                    Concerns.NOTHING.withStorageDomain(domain),
                    "The disk " + disk.name() + " on Storage Domain "
                            + domains.get(domain).name()
                            + " gets no more room, and its machine is paused when what it has is full: "
                            + failure.detail() + " It is being tried again."));
        } catch (Failure unavailable) {
            log.warn("Not told: {}", unavailable.detail());
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
