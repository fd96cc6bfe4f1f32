package org.bellwether.engine.template;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bellwether.api.types.Cpu;
import org.bellwether.api.types.CpuTopology;
import org.bellwether.api.types.HighAvailability;
import org.bellwether.api.types.MemoryPolicy;
import org.bellwether.api.types.Vm;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** All instance types. */
public final class InstanceTypes {

    /** How much larger than its memory a machine may grow unless its size says. */
    private static final long GROWTH = 4;

    private static final long MIB = 1L << 20;

    /** What of a machine its instance type says; the rest is the template's and the machine's own. */
    private static final Set<String> SIZE = Set.of(
            "cpu",
            "memory",
            "memory_policy",
            "io",
            "high_availability",
            "migration",
            "migration_downtime",
            "virtio_scsi");

    private final Database database;
    private final ObjectTable<InstanceType> table =
            new ObjectTable<>("instance_types", "instance type", InstanceType.class, any -> Map.of());

    public InstanceTypes(Database database) {
        this.database = database;
    }

    public void load() {
        table.load(database);
    }

    /** The sizes that the API's clients know by their ids, where there are none at all. */
    public void ensureSeeds() {
        if (table.model().size() == 0) {
            database.change(tx -> table.insertAll(
                    tx,
                    List.of(
                            seed("00000003-0003-0003-0003-0000000000be", "Tiny", "Tiny", 512, 1),
                            seed("00000005-0005-0005-0005-0000000002e6", "Small", "Small", 2048, 1),
                            seed("00000007-0007-0007-0007-00000000010a", "Medium", "Medium", 4096, 2),
                            seed("00000009-0009-0009-0009-0000000000f1", "Large", "Large", 8192, 2),
                            seed("0000000b-000b-000b-000b-00000000021f", "XLarge", "Extra Large", 16384, 4))));
        }
    }

    private static final org.bellwether.api.types.InstanceType DEFAULTS = Decided.defaults(
            InstanceTypes.class, "instance-type-defaults.json", org.bellwether.api.types.InstanceType.TYPE);

    private static InstanceType seed(String id, String name, String words, long mib, long sockets) {
        var spec = DEFAULTS.toBuilder()
                .description(words + " instance type")
                .memory(mib * MIB)
                .memoryPolicy(MemoryPolicy.builder()
                        .guaranteed(mib * MIB)
                        .max(4 * mib * MIB)
                        .ballooning(true)
                        .build())
                .cpu(Cpu.builder()
                        .topology(CpuTopology.builder()
                                .sockets(sockets)
                                .cores(1L)
                                .threads(1L)
                                .build())
                        .build())
                .highAvailability(
                        HighAvailability.builder().enabled(false).priority(0L).build())
                .build();
        return new InstanceType(Id.of(id), name, Instant.parse("2014-05-04T21:00:00Z"), spec);
    }

    public ReadModel<InstanceType> model() {
        return table.model();
    }

    InstanceType get(Id<InstanceType> id) {
        return table.get(id);
    }

    /** What a machine of that type begins with, over what its template says. */
    public Vm over(Vm base, org.bellwether.api.types.@Nullable InstanceType reference) {
        if (reference == null) {
            return base;
        }
        var type = References.find(table.model(), reference, "instance type");
        var builder = Vm.TYPE.newBuilder();
        for (var attribute : Vm.TYPE.attributes()) {
            var from = type.spec().structType().attribute(attribute.name());
            if (from != null && SIZE.contains(attribute.name()) && attribute.kind() == from.kind()) {
                builder.set(attribute, type.spec().value(from));
            }
        }
        return Vm.TYPE.merge(base, limited(builder.build()));
    }

    /** A size that says only how much memory must not be refused for what its template guarantees. */
    private static Vm limited(Vm size) {
        var said = size.memory();
        if (said == null) {
            return size;
        }
        long memory = said;
        var policy = Optional.ofNullable(size.memoryPolicy())
                .orElseGet(() -> MemoryPolicy.builder().build());
        return size.toBuilder()
                .memoryPolicy(policy.toBuilder()
                        .guaranteed(Optional.ofNullable(policy.guaranteed())
                                .filter(guaranteed -> guaranteed <= memory)
                                .orElse(memory))
                        .max(Optional.ofNullable(policy.max())
                                .filter(most -> most >= memory)
                                .orElse(GROWTH * memory))
                        .build())
                .build();
    }

    void insert(Transaction tx, InstanceType type) {
        if (!table.model().named(type.name()).isEmpty()) {
            throw Failure.conflict("There is an instance type called " + type.name() + " already")
                    .next("Choose another name");
        }
        table.insert(tx, type);
    }

    InstanceType update(Transaction tx, Id<InstanceType> id, Function<InstanceType, InstanceType> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, Id<InstanceType> id) {
        table.delete(tx, id);
    }
}
