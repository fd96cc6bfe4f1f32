package org.bellwether.engine.storage;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/** Makes a disk larger, also under a running machine. */
public final class ExtendDisk implements Operation<ExtendDisk.Request> {

    public static final String KIND = "extend-disk";

    private final Disks disks;
    private final Volumes volumes;
    private final Events events;

    public ExtendDisk(Disks disks, Volumes volumes, Events events) {
        this.disks = disks;
        this.volumes = volumes;
        this.events = events;
    }

    /**
     * @param host where a machine that uses it runs
     * @param machine that machine's id; empty when none runs
     */
    public record Request(
            Id<Disk> disk, String name, long bytes, Optional<Id<Host>> host, String machine, Asker asker) {}

    record Extended(long provisionedBytes, long actualBytes) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Extending Disk " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.disk().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var extended = journal.step("extend its volume", Extended.class, () -> {
            var volume = volumes.extend(disks.get(request.disk()), request.bytes(), request.host(), request.machine());
            return new Extended(volume.getCapacityBytes(), volume.getAllocatedBytes());
        });
        journal.commit("write down its size", tx -> {
            disks.update(tx, request.disk(), disk -> disk.sized(extended.provisionedBytes(), extended.actualBytes()));
        });
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.DISK_EXTENDED,
                request.asker(),
                Concerns.NOTHING,
                "The disk " + request.name() + " now has " + (request.bytes() >> 20) + " MiB.");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.DISK_EXTEND_FAILED,
                request.asker(),
                Concerns.NOTHING,
                "The disk " + request.name() + " could not be extended: " + failure.detail());
    }
}
