package org.bellwether.engine.platform.operation;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.platform.store.SettingRepository;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Whether the engine begins anything new. It is a row of the database and not a state of the process: it outlives a restart,
 * and the command line on the engine's machine changes it also while the engine is down.
 */
public final class EngineMaintenance {

    private static final String SETTING = "maintenance";

    private EngineMaintenance() {}

    /** Why nothing is begun. */
    public enum Kind {
        /** A person wants quiet. What the engine does by itself to keep machines running goes on. */
        ASKED,
        /**
         * What the database says is as old as the backup it came from. Until every host has said what runs on it, nothing
         * at all is begun: a machine that moved since then would be started a second time.
         */
        RESTORED
    }

    /**
     * In force since then.
     *
     * @param except the correlation id of whoever needs the quiet for what it does itself; null: nobody
     */
    public record State(
            Kind kind,
            String reason,
            Instant since,
            @Nullable String except) {}

    public static Optional<State> now(Transaction tx) {
        return SettingRepository.find(tx, SETTING).map(text -> Json.read(text, State.class));
    }

    public static void begin(Transaction tx, Kind kind, String reason, Clock clock) {
        begin(tx, kind, reason, null, clock);
    }

    /** @param except the correlation id whose operations are begun all the same; null: none */
    public static void begin(Transaction tx, Kind kind, String reason, @Nullable String except, Clock clock) {
        SettingRepository.put(tx, SETTING, Json.write(new State(kind, reason, clock.instant(), except)));
    }

    public static void end(Transaction tx) {
        SettingRepository.remove(tx, SETTING);
    }

    /** What runs now and goes on although nothing new is begun. */
    public static List<Job> running(Transaction tx) {
        return new JobRepository().running(tx);
    }

    /** Ends what ran when a backup was made: what it did since then is not in the backup. */
    public static int abandon(Transaction tx, String why, Clock clock) {
        return new JobRepository().abandon(tx, why, clock.instant());
    }

    /**
     * Refuses a wish while the engine is in maintenance.
     *
     * @param correlation of the wish
     * @param own whether the engine itself wishes it, or it is a part of what runs already
     */
    static void require(Transaction tx, String wish, boolean own, String correlation) {
        var state = now(tx);
        boolean excepted =
                own || state.filter(now -> correlation.equals(now.except())).isPresent();
        if (state.isEmpty() || (excepted && state.get().kind() == Kind.ASKED)) {
            return;
        }
        var restored = state.get().kind() == Kind.RESTORED;
        throw Failure.unavailable("The engine is in maintenance and begins nothing new: " + wish)
                .because(state.get().reason())
                .undone("Nothing was changed")
                .next(
                        restored
                                ? "It ends by itself when every host was heard of; if one never comes back, switch it"
                                        + " off and say on the engine's machine: bellwether engine maintenance off"
                                : "Ask again when it is over; on the engine's machine it is ended by: bellwether engine"
                                        + " maintenance off");
    }
}
