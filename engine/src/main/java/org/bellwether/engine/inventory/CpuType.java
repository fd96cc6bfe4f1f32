package org.bellwether.engine.inventory;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A kind of processor that a cluster can promise to its machines.
 *
 * @param level order among the types of one vendor: the higher, the newer
 * @param name as the API writes it, e.g. "AMD EPYC"
 * @param flags what a host's processor must have, as /proc/cpuinfo writes it; models (libvirt's) stand apart
 * @param model the libvirt model a host must be able to give to machines
 * @param machineModel the libvirt model that machines get
 * @param machineFeatures what is switched on ("+x") or off ("-x") for machines beyond the model
 */
public record CpuType(
        int level,
        String name,
        Set<String> flags,
        Optional<String> model,
        String machineModel,
        List<String> machineFeatures,
        String architecture) {

    /** "Intel", "AMD" or "IBM", the first word of the name, after "Secure" where it begins so. */
    public String vendor() {
        var words = name.split(" ");
        return words[0].equals("Secure") ? words[1] : words[0];
    }
}
