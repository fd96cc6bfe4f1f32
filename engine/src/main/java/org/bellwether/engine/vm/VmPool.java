package org.bellwether.engine.vm;

import java.time.Instant;
import org.bellwether.api.types.VmPoolType;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.template.Template;

/**
 * Machines that are all alike, of which a user takes one.
 *
 * @param mask what its machines are called: each question mark is a digit of their number
 * @param spec the rest, as the API's own document
 */
public record VmPool(
        Id<VmPool> id,
        String name,
        Id<Cluster> cluster,
        Id<Template> template,
        String mask,
        Instant created,
        org.bellwether.api.types.VmPool spec)
        implements Stored<VmPool> {

    /** Whether what users write stays when a machine goes off. */
    boolean stateful() {
        return Boolean.TRUE.equals(spec.stateful());
    }

    /** Whether a machine that goes off is free for the next user; else an administrator takes it back. */
    boolean automatic() {
        return spec.type() != VmPoolType.MANUAL;
    }

    long prestarted() {
        return spec.prestartedVms() == null ? 0 : spec.prestartedVms();
    }

    long mostPerUser() {
        return spec.maxUserVms() == null ? 1 : spec.maxUserVms();
    }

    VmPool changed(String newName, org.bellwether.api.types.VmPool newSpec) {
        return new VmPool(id, newName, cluster, template, mask, created, newSpec);
    }

    /** What the machine with that number is called. */
    String machineName(int number) {
        int from = mask.indexOf('?');
        if (from < 0) {
            return mask + "-" + number;
        }
        int to = from;
        while (to < mask.length() && mask.charAt(to) == '?') {
            to++;
        }
        var digits = Integer.toString(number);
        return mask.substring(0, from)
                + "0".repeat(Math.max(0, to - from - digits.length()))
                + digits
                + mask.substring(to);
    }
}
