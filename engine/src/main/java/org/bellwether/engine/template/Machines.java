package org.bellwether.engine.template;

import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.bellwether.api.types.Vm;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.StorageDomain;
import org.jspecify.annotations.Nullable;

/**
 * What templates need of machines, which are a feature above them; handed in where everything is put together.
 *
 * @param referred the machine that a document refers to by id or by name; fails in words when there is none
 * @param copyNics gives a template network interfaces like a machine's
 * @param deleteNics takes a template's network interfaces away
 * @param madeFrom the names of the machines that were made from a template
 * @param standingOn the names of those that have disks on that storage domain
 */
public record Machines(
        Function<@Nullable Vm, Machine> referred,
        NicCopier copyNics,
        NicRemover deleteNics,
        Function<Id<Template>, List<String>> madeFrom,
        BiFunction<Id<Template>, Id<StorageDomain>, List<String>> standingOn) {

    /**
     * A machine as a template sees it.
     *
     * @param down whether no host may have it running
     * @param spec what was decided of it
     * @param cd the disk in its CD drive; null: none
     */
    public record Machine(
            UUID id,
            String name,
            Id<Cluster> cluster,
            boolean down,
            Vm spec,
            @Nullable String cd) {}

    /** Copies network interfaces within the transaction that makes the template. */
    @FunctionalInterface
    public interface NicCopier {
        void copy(Transaction tx, UUID machine, Id<Template> template);
    }

    /** Removes network interfaces within the transaction that removes the template. */
    @FunctionalInterface
    public interface NicRemover {
        void remove(Transaction tx, Id<Template> template);
    }
}
