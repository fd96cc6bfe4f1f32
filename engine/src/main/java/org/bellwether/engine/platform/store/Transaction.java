package org.bellwether.engine.platform.store;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jooq.DSLContext;

/** One open transaction: SQL for repositories, and what is to follow its commit. */
public final class Transaction {

    private final DSLContext sql;
    private final List<Runnable> beforeCommit = new ArrayList<>();
    private final List<Runnable> onCommit = new ArrayList<>();
    private final List<Runnable> afterwards = new ArrayList<>();

    private final List<BiConsumer<Transaction, ObjectChange>> watchers;

    Transaction(DSLContext sql, List<BiConsumer<Transaction, ObjectChange>> watchers) {
        this.sql = sql;
        this.watchers = watchers;
    }

    /** Tells everyone who watches objects; what they write becomes true together with the change. */
    public void tell(String table, UUID id, ObjectChange.How how) {
        if (!watchers.isEmpty()) {
            var change = new ObjectChange(table, id, how);
            watchers.forEach(watcher -> watcher.accept(this, change));
        }
    }

    public DSLContext sql() {
        return sql;
    }

    /**
     * Writes what must stand in the order of the commits, such as a chain: runs as the last of the transaction, while no other
     * one commits.
     */
    public void beforeCommit(Runnable write) {
        beforeCommit.add(write);
    }

    /** Changes the read model, in commit order; must be quick and must not fail. */
    public void onCommit(Runnable change) {
        onCommit.add(change);
    }

    /** Runs once the commit and the read model are done, outside the commit order: waking others, starting work. */
    public void afterCommit(Runnable work) {
        afterwards.add(work);
    }

    void committing() {
        // What is written last may itself add something, such as the event that tells of it.
        for (int i = 0; i < beforeCommit.size(); i++) {
            beforeCommit.get(i).run();
        }
    }

    void committed() {
        onCommit.forEach(Runnable::run);
    }

    void afterwards() {
        afterwards.forEach(Runnable::run);
    }
}
