package org.bellwether.engine.vm;

import java.util.Optional;
import org.bellwether.engine.placement.CpuDemand;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;

/** What licences bind machines to; kept by a feature that stands above machines. */
public interface LicenceRule {

    /** The declared cores that a machine may run on; absent: no licence binds it. */
    Optional<CpuDemand.Licence> of(Id<Vm> vm);

    /** @throws Failure of the kind CONFLICT when its licence does not allow the machine so many processors */
    void require(Id<Vm> vm, String name, long cpus);
}
