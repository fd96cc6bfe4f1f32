package org.bellwether.engine.platform.operation;

import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.store.Transaction;

/**
 * Something that takes more than one transaction: a story of steps, each journaled, which goes on after the engine died.
 *
 * <p>{@code kind} and {@code version} name it in the database; a changed list of steps is a new version. Each step's
 * effect must be repeatable, because the engine may die after the effect and before its outcome is written.
 *
 * @param <R> the request, a record that is stored as JSON
 */
public interface Operation<R extends Record> {

    String kind();

    default int version() {
        return 1;
    }

    Class<R> requestType();

    /** For people: "Starting the machine demo". */
    String describe(R request);

    /** The objects that nothing else may change meanwhile. */
    Set<UUID> locks(R request);

    void run(R request, Journal journal);

    /** Takes back what the journal says was done or begun. May run more than once. */
    default void undo(R request, Journal journal) {}

    /** In the transaction that ends the job well: events, last changes. */
    default void succeeded(R request, Journal journal, Transaction tx) {}

    /** In the transaction that ends the job after {@link #undo}: events. */
    default void failed(R request, Journal journal, Failure failure, Transaction tx) {}
}
