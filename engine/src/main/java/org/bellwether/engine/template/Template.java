package org.bellwether.engine.template;

import java.time.Instant;
import java.util.UUID;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * What machines are made from.
 *
 * @param version 1 for the first of a name, the base; further versions keep the name
 * @param base the first version; itself for version 1
 * @param cluster null for Blank, which belongs to none
 * @param sealed whether what made its machine that machine was taken out of its disks
 */
public record Template(
        Id<Template> id,
        String name,
        int version,
        Id<Template> base,
        @Nullable Id<Cluster> cluster,
        Instant created,
        org.bellwether.api.types.Template spec,
        boolean sealed)
        implements Stored<Template> {

    /** Of disks as they were. */
    public Template(
            Id<Template> id,
            String name,
            int version,
            Id<Template> base,
            @Nullable Id<Cluster> cluster,
            Instant created,
            org.bellwether.api.types.Template spec) {
        this(id, name, version, base, cluster, created, spec, false);
    }

    /** The template without disks that always exists. */
    public static final Id<Template> BLANK = Id.of(new UUID(0, 0));

    Template named(String newName, org.bellwether.api.types.Template newSpec) {
        return new Template(id, newName, version, base, cluster, created, newSpec, sealed);
    }

    /** The same with something else decided. */
    public Template with(org.bellwether.api.types.Template newSpec) {
        return named(name, newSpec);
    }
}
