package org.bellwether.engine.vm;

import java.util.List;
import java.util.UUID;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.ovf.OvfMachine;
import org.bellwether.engine.ovf.OvfWriter;
import org.bellwether.engine.platform.Id;

/** What a machine was made up of when a snapshot was taken, as the document that the API's clients read. */
final class SnapshotConfigurations {

    private final OvfDocuments documents;
    private final Clusters clusters;
    private final Vms vms;

    SnapshotConfigurations(OvfDocuments documents, Clusters clusters, Vms vms) {
        this.documents = documents;
        this.clusters = clusters;
        this.vms = vms;
    }

    String of(Vm vm) {
        return written(documents.of(vm, List.of()), vm);
    }

    String of(Snapshot snapshot) {
        var vm = vms.get(snapshot.vm());
        return written(documents.of(vm, snapshot), vm);
    }

    /** Whoever sees the machine sees this, and nobody is shown the password that a machine starts with. */
    private String written(OvfMachine machine, Vm vm) {
        return OvfWriter.write(machine.with(machine.equipment().withoutPassword()), pool(vm));
    }

    private UUID pool(Vm vm) {
        return clusters.get(vm.cluster()).dataCenterId().map(Id::value).orElse(new UUID(0, 0));
    }
}
