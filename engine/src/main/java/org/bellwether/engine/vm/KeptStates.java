package org.bellwether.engine.vm;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.Optional;
import org.bellwether.api.types.BiosType;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.protocol.KeptState;
import org.bellwether.protocol.MachineRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * UEFI variables and TPM secrets of machines that are off: taken from the host where one ran, given to the host of its next
 * start. Of a host that died they are as they were when the machine was last off.
 */
public final class KeptStates {

    private static final Logger log = LoggerFactory.getLogger(KeptStates.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Database database;
    private final Agents agents;
    private final Clusters clusters;
    private final KeptStateRepository repository = new KeptStateRepository();

    public KeptStates(Database database, Agents agents, Clusters clusters) {
        this.database = database;
        this.agents = agents;
        this.clusters = clusters;
    }

    private boolean has(Vm vm, org.bellwether.api.types.Vm spec) {
        return has(clusters.get(vm.cluster()).spec().biosType(), spec);
    }

    static boolean has(@Nullable BiosType ofCluster, org.bellwether.api.types.Vm spec) {
        return Boolean.TRUE.equals(spec.tpmEnabled())
                || switch (MachineDefinitions.firmware(ofCluster, spec)) {
                    case Q35_UEFI, Q35_UEFI_SECURE_BOOT -> true;
                    default -> false;
                };
    }

    /** Takes them from the host, if the machine has any. Nothing is lost when that fails, but what this run changed. */
    void take(Vm vm, Id<Host> host) {
        if (!has(vm, vm.spec()) && !has(vm, vm.effective())) {
            return;
        }
        try {
            var kept = agents.of(host.value(), LIMIT)
                    .ask(
                            LIMIT,
                            agent -> agent.readKept(MachineRequest.newBuilder()
                                    .setMachineId(vm.id().toString())
                                    .build()));
            if (!kept.equals(KeptState.getDefaultInstance())) {
                database.change(tx -> repository.write(tx, vm.id(), kept.toByteArray()));
            }
        } catch (Failure failure) {
            log.warn("What VM {} changed in its UEFI or TPM is not known: {}", vm.name(), failure.detail());
        }
    }

    Optional<KeptState> of(Vm vm) {
        return has(vm, vm.effective())
                ? database.transaction(tx -> repository.read(tx, vm.id())).map(bytes -> parsed(vm, bytes))
                : Optional.empty();
    }

    private static KeptState parsed(Vm vm, byte[] bytes) {
        try {
            return KeptState.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw Failure.internal("What is kept of the UEFI or TPM of VM " + vm.name() + " cannot be read")
                    .from(e);
        }
    }
}
