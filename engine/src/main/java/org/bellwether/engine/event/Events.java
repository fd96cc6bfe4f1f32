package org.bellwether.engine.event;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;

/** Writes and reads the log of events. */
public final class Events {

    private final Database database;
    private final Clock clock;
    private final EventRepository repository = new EventRepository();

    public Events(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Adds an event; it becomes true together with the transaction that tells it. */
    public void add(Transaction tx, EventCode code, Asker asker, Concerns concerns, String message) {
        repository.insert(
                tx,
                new LoggedEvent(
                        0,
                        code.number(),
                        code.severity().name().toLowerCase(Locale.ROOT),
                        clock.instant(),
                        message,
                        asker.correlationId(),
                        Optional.of(asker.name()),
                        Optional.empty(),
                        concerns));
    }

    List<LoggedEvent> newest(Optional<Long> above, int limit) {
        return database.read(sql -> repository.newest(sql, above, limit));
    }

    Optional<LoggedEvent> find(long id) {
        return database.read(sql -> repository.find(sql, id));
    }

    void dismiss(long id) {
        database.change(tx -> repository.dismiss(tx, id));
    }
}
