package org.bellwether.engine.preference;

import java.util.Map;
import java.util.UUID;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;

/** What people prefer, and how much of it is kept for one of them; both places that lead here keep to it. */
public final class Preferences {

    private static final int MOST = 200;
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST = 16 * 1024;

    private final Database database;
    private final PreferenceRepository repository = new PreferenceRepository();

    public Preferences(Database database) {
        this.database = database;
    }

    /** By name. */
    Map<String, String> of(UUID person) {
        return database.read(sql -> repository.of(sql, person));
    }

    /** Sets those that are named and leaves the others; an empty text takes one away. */
    void put(UUID person, Map<String, String> wanted) {
        wanted.forEach(Preferences::requireFitting);
        database.change(tx -> {
            wanted.forEach((name, content) -> repository.put(tx, person, name, content));
            requireRoom(tx, person);
        });
    }

    /** Adds one; whether there was none of that name. */
    boolean add(UUID person, String name, String content) {
        requireFitting(name, content);
        return database.transaction(tx -> {
            boolean added = repository.add(tx, person, name, content);
            requireRoom(tx, person);
            return added;
        });
    }

    void remove(UUID person, String name) {
        database.change(tx -> repository.put(tx, person, name, ""));
    }

    private static void requireFitting(String name, String content) {
        if (name.isEmpty() || name.length() > LONGEST_NAME || content.length() > LONGEST) {
            throw Failure.badRequest("The preference '" + name + "' cannot be kept")
                    .because("a name has 1 to " + LONGEST_NAME + " characters, a content at most " + LONGEST)
                    .undone("Nothing was changed");
        }
    }

    private void requireRoom(Transaction tx, UUID person) {
        if (repository.of(tx.sql(), person).size() > MOST) {
            throw Failure.conflict("More than " + MOST + " preferences are not kept for one person")
                    .undone("Nothing was changed")
                    .next("Take some away by setting them to an empty text");
        }
    }
}
