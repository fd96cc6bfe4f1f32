package org.bellwether.agent.storage;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Optional;
import java.util.OptionalInt;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;

/** The file with the leases of machines on a domain. Each call is made on the lane of the domain's mount. */
final class MachineLeaseFile {
    private final DomainPlace domain;

    MachineLeaseFile(DomainPlace domain) {
        this.domain = domain;
    }

    /** Where a machine's lease is, when it has one. */
    Optional<Leases.Place> find(String machineId) throws IOException {
        try (RandomAccessFile file = open("r")) {
            OptionalInt record = LeaseIndex.find(index(file), machineId);
            return record.isPresent() ? Optional.of(place(machineId, record.getAsInt())) : Optional.empty();
        }
    }

    /** Makes a machine's lease, held by nobody; one that is there stays as it is. */
    Leases.Place make(String machineId) throws IOException {
        try (RandomAccessFile file = open("rw")) {
            byte[] index = index(file);
            OptionalInt known = LeaseIndex.find(index, machineId);
            if (known.isPresent()) {
                return place(machineId, known.getAsInt());
            }
            int record = LeaseIndex.free(index)
                    .orElseThrow(() -> Refusal.of(
                                    Error.Code.NO_SPACE,
                                    "Storage domain " + domain.id() + " has no room for another lease")
                            .next("Take the leases of other machines away, or use another storage domain."));
            // The lease first: one that the index does not know is nobody's, and the next to come writes over it.
            file.seek(LeaseIndex.offset(record));
            file.write(LeaseArea.resource(domain.id(), machineId));
            file.getFD().sync();
            write(file, index, LeaseIndex.write(index, record, machineId));
            return place(machineId, record);
        }
    }

    /** Takes a machine's lease away; what is gone stays gone. */
    void remove(String machineId) throws IOException {
        try (RandomAccessFile file = open("rw")) {
            byte[] index = index(file);
            OptionalInt record = LeaseIndex.find(index, machineId);
            if (record.isEmpty()) {
                return;
            }
            write(file, index, LeaseIndex.write(index, record.getAsInt(), ""));
            file.seek(LeaseIndex.offset(record.getAsInt()));
            file.write(LeaseArea.resource("", ""));
            file.getFD().sync();
        }
    }

    private RandomAccessFile open(String mode) throws IOException {
        if (domain.local()) {
            throw Refusal.wrongState("Storage domain " + domain.id() + " has no leases: only one host sees it")
                    .next("Use a shared storage domain for the machine's lease.");
        }
        return new RandomAccessFile(domain.machineLeases().toFile(), mode);
    }

    private byte[] index(RandomAccessFile file) throws IOException {
        byte[] index = new byte[LeaseIndex.LENGTH];
        String trouble = "it is too short";
        if (file.length() >= LeaseArea.ALIGNMENT + (long) index.length) {
            file.seek(LeaseArea.ALIGNMENT);
            file.readFully(index);
            trouble = LeaseIndex.trouble(index, domain.id());
        }
        if (!trouble.isEmpty()) {
            throw Refusal.broken("The index of leases on storage domain " + domain.id() + " cannot be used: " + trouble)
                    .next("Have it rebuilt: sanlock's leases themselves are not damaged by this.");
        }
        return index;
    }

    /** Only the sector that changed: others may hold records that somebody else reads now. */
    private static void write(RandomAccessFile file, byte[] index, int sector) throws IOException {
        file.seek(LeaseArea.ALIGNMENT + (long) sector);
        file.write(index, sector, LeaseArea.SECTOR);
        file.getFD().sync();
    }

    private Leases.Place place(String machineId, int record) {
        return new Leases.Place(domain.id(), machineId, domain.machineLeases(), LeaseIndex.offset(record));
    }
}
