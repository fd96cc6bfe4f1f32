package org.bellwether.engine.event;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** Writes and reads the log of events, which is a chain: see {@link AuditLink}. */
public final class Events {

    private static final int PAGE = 1_000;

    private final Database database;
    private final Clock clock;
    private final EventRepository repository = new EventRepository();

    /** Touched only while a transaction commits, of which there is one at a time. */
    private volatile AuditLink head;

    private volatile AuditLink tentative;
    private volatile @Nullable Transaction committing;

    public Events(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
        this.head = database.read(repository::head);
        this.tentative = head;
    }

    /** Adds an event; it becomes true together with the transaction that tells it. */
    public void add(Transaction tx, EventCode code, Asker asker, Concerns concerns, String message) {
        add(tx, code, asker, concerns, message, LoggedEvent.OWN, -1);
    }

    /** Tells that somebody did something to an object, such as {@code added} to {@code The MAC pool north}. */
    public void add(Transaction tx, EventCode code, Asker asker, Concerns concerns, String object, String done) {
        add(tx, code, asker, concerns, object + " was " + done + " by " + asker.name() + ".");
    }

    /** Adds what another program has to tell. */
    void add(Transaction tx, EventCode code, Asker asker, Concerns concerns, String message, String origin, long id) {
        var event = new LoggedEvent(
                0,
                code.number(),
                code.severity().name().toLowerCase(Locale.ROOT),
                // As the database keeps it, for the hash goes over it.
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                message,
                asker.correlationId(),
                Optional.of(asker.name()),
                Principal.current().map(Principal::id),
                concerns,
                origin,
                id);
        EventRepository.tell(tx);
        tx.beforeCommit(() -> {
            // The links of a transaction that then failed to commit never were.
            var last = committing == tx ? tentative : head;
            var link = last.next(event);
            repository.insert(tx, event, link);
            committing = tx;
            tentative = link;
        });
        tx.onCommit(() -> {
            head = tentative;
            committing = null;
        });
    }

    /**
     * What became of the chain.
     *
     * @param brokenAt the number of the first event that is not what it was; 0 when all are
     */
    public record Verdict(long events, boolean intact, long brokenAt, String head) {}

    /** Goes over the whole chain. */
    public Verdict verify() {
        var last = AuditLink.START;
        while (true) {
            long after = last.number();
            var page = database.read(sql -> repository.chained(sql, after, PAGE));
            for (var each : page) {
                var link = last.next(each.event());
                if (!link.equals(each.link())) {
                    return new Verdict(last.number(), false, last.number() + 1, last.hash());
                }
                last = link;
            }
            if (page.size() < PAGE) {
                return new Verdict(last.number(), true, 0, last.hash());
            }
        }
    }

    /** The events above a number, the oldest first. */
    public List<LoggedEvent> after(long id, int limit) {
        return database.read(sql -> repository.after(sql, id, limit));
    }

    /** One event, for whoever tells others of it. */
    public Optional<LoggedEvent> look(long id) {
        return find(id);
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

    void undismiss() {
        database.change(repository::undismiss);
    }

    void change(Consumer<Transaction> work) {
        database.change(work);
    }
}
