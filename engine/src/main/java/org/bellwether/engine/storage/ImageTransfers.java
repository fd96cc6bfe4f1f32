package org.bellwether.engine.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Transaction;

/** All transfers that are under way, and, for clients that look how theirs ended, those that ended lately. */
public final class ImageTransfers {

    private static final Duration REMEMBERED = Duration.ofMinutes(15);

    private final Database database;
    private final Clock clock;
    private final ObjectTable<ImageTransfer> table = new ObjectTable<>(
            "image_transfers",
            "image transfer",
            ImageTransfer.class,
            transfer -> Map.of("disk_id", transfer.disk().value()));
    private final Map<Id<ImageTransfer>, Ended> ended = new ConcurrentHashMap<>();

    private record Ended(ImageTransfer transfer, Instant when) {}

    public ImageTransfers(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    public void load() {
        table.load(database);
    }

    List<ImageTransfer> all() {
        forgetOld();
        var all = new ArrayList<>(table.model().all());
        ended.values().forEach(each -> all.add(each.transfer()));
        return all;
    }

    /** The transfer, or a failure that says that there is none. */
    ImageTransfer get(Id<ImageTransfer> id) {
        forgetOld();
        return table.model()
                .find(id)
                .or(() -> Optional.ofNullable(ended.get(id)).map(Ended::transfer))
                .orElseThrow(() -> Failure.notFound("There is no image transfer with the id " + id)
                        .next("It may have ended; look at the disk"));
    }

    /** Whether bytes of the backup are on their way. */
    boolean isFetched(UUID backup) {
        return table.model().all().stream().anyMatch(transfer -> backup.equals(transfer.backup()));
    }

    /** Whether it has ended, one way or the other. */
    boolean over(Id<ImageTransfer> id) {
        return table.model().find(id).isEmpty();
    }

    void insert(Transaction tx, ImageTransfer transfer) {
        table.insert(tx, transfer);
    }

    void enter(Id<ImageTransfer> id, ImageTransfer.Phase phase) {
        database.change(tx -> table.update(tx, id, transfer -> transfer.in(phase)));
    }

    /** Takes it out of the database, which frees its disk, and remembers how it ended. */
    void end(Transaction tx, Id<ImageTransfer> id, ImageTransfer.Phase phase) {
        var last = table.model().find(id);
        table.delete(tx, id);
        last.ifPresent(transfer -> tx.onCommit(() -> ended.put(id, new Ended(transfer.in(phase), clock.instant()))));
    }

    private void forgetOld() {
        var limit = clock.instant().minus(REMEMBERED);
        ended.values().removeIf(each -> each.when().isBefore(limit));
    }
}
