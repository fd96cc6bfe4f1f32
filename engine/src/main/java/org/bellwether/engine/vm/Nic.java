package org.bellwether.engine.vm;

import java.util.Optional;
import org.bellwether.engine.network.VnicProfile;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.template.Template;
import org.jspecify.annotations.Nullable;

/**
 * A network interface of a machine or of a template; exactly one of the two is set.
 *
 * @param mac lower case with colons; null in a template
 * @param profile null: plugged into nothing
 */
public record Nic(
        Id<Nic> id,
        String name,
        @Nullable Id<Vm> vm,
        @Nullable Id<Template> template,
        @Nullable Id<VnicProfile> profile,
        @Nullable String mac,
        org.bellwether.api.types.Nic spec)
        implements Stored<Nic> {

    public Optional<Id<VnicProfile>> profileId() {
        return Optional.ofNullable(profile);
    }

    Optional<Id<Vm>> vmId() {
        return Optional.ofNullable(vm);
    }

    Nic withMac(@Nullable String other) {
        return new Nic(id, name, vm, template, profile, other, spec);
    }

    Optional<Id<Template>> templateId() {
        return Optional.ofNullable(template);
    }
}
