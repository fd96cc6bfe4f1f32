package org.bellwether.engine.vm;

import java.time.Instant;
import java.util.Optional;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.template.Template;
import org.jspecify.annotations.Nullable;

/**
 * What people decided of a virtual machine, and where the engine let it run.
 *
 * @param host the one host that may have it running; set before it is started there and cleared only on proof that it
 *     does not run there any more
 * @param generation grows with every start, so that an old definition on a host is told from the new one
 * @param spec the rest, as the API's own document
 */
public record Vm(
        Id<Vm> id,
        String name,
        Id<Cluster> cluster,
        Id<Template> template,
        @Nullable Id<Host> host,
        long generation,
        Instant created,
        @Nullable Instant started,
        @Nullable Instant stopped,
        @Nullable String stopReason,
        org.bellwether.api.types.Vm spec)
        implements Stored<Vm> {

    public Optional<Id<Host>> hostId() {
        return Optional.ofNullable(host);
    }

    Vm startingOn(Id<Host> chosen, Instant now) {
        return new Vm(id, name, cluster, template, chosen, generation + 1, created, now, stopped, null, spec);
    }

    Vm movedTo(Id<Host> destination) {
        return new Vm(id, name, cluster, template, destination, generation, created, started, stopped, null, spec);
    }

    Vm off(Instant now, String reason) {
        return new Vm(id, name, cluster, template, null, generation, created, started, now, reason, spec);
    }

    Vm named(String newName, org.bellwether.api.types.Vm newSpec) {
        return new Vm(id, newName, cluster, template, host, generation, created, started, stopped, stopReason, newSpec);
    }

    /** The same machine, made from another template. */
    Vm madeFrom(Id<Template> other) {
        return new Vm(id, name, cluster, other, host, generation, created, started, stopped, stopReason, spec);
    }

    /** It stands on no template any more; which one it was made from stays written down. */
    Vm independent() {
        var original = spec.originalTemplate() != null
                ? spec.originalTemplate()
                : org.bellwether.api.types.Template.builder()
                        .id(template.toString())
                        .build();
        return new Vm(
                id,
                name,
                cluster,
                Template.BLANK,
                host,
                generation,
                created,
                started,
                stopped,
                stopReason,
                spec.toBuilder().originalTemplate(original).build());
    }
}
