package org.bellwether.engine;

import java.util.concurrent.atomic.AtomicReference;
import org.bellwether.api.types.VmSummary;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.vm.VmFeature;

/** What hosts need of machines, which are made after them. */
final class LateVms {

    private final AtomicReference<VmFeature> machines = new AtomicReference<>();

    void are(VmFeature made) {
        machines.set(made);
    }

    VmSummary summary(Id<Host> host) {
        return now().summary(host);
    }

    long committed(Id<Host> host) {
        return now().committed(host);
    }

    void evacuate(Host host, Asker asker) {
        now().lifecycle().evacuate(host, asker);
    }

    private VmFeature now() {
        var made = machines.get();
        if (made == null) {
            throw Failure.internal("Machines were asked for before they were made");
        }
        return made;
    }
}
