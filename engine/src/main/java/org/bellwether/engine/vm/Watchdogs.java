package org.bellwether.engine.vm;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.Watchdog;
import org.bellwether.api.types.WatchdogAction;
import org.bellwether.api.types.WatchdogModel;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;

/** What may become of the one watchdog of a machine or a template; the lists are as they are decided now. */
final class Watchdogs {

    private Watchdogs() {}

    static List<Watchdog> of(@Nullable List<Watchdog> decided) {
        return decided == null ? List.of() : decided;
    }

    static Watchdog find(List<Watchdog> dogs, String id) {
        return dogs.stream()
                .filter(dog -> id.equals(dog.id()))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("There is no watchdog with the id " + id)
                        .next("Ask for the list to see whether there is one"));
    }

    static List<Watchdog> added(List<Watchdog> now, Watchdog sent, String owner) {
        if (!now.isEmpty()) {
            throw Failure.conflict(owner + " has a watchdog already")
                    .undone("Nothing was changed")
                    .next("Change that one, or remove it first");
        }
        return List.of(checked(sent, UUID.randomUUID().toString(), sent.action()));
    }

    static List<Watchdog> changed(List<Watchdog> now, String id, Watchdog sent) {
        var before = find(now, id);
        return List.of(checked(sent, id, Optional.ofNullable(sent.action()).orElse(before.action())));
    }

    static List<Watchdog> removed(List<Watchdog> now, String id) {
        find(now, id);
        return List.of();
    }

    private static Watchdog checked(Watchdog sent, String id, @Nullable WatchdogAction action) {
        if (sent.model() != null && sent.model() != WatchdogModel.I6300ESB) {
            throw Failure.badRequest("Machines here have no watchdog of the model "
                            + sent.model().wire())
                    .next("Choose i6300esb");
        }
        return Watchdog.builder()
                .id(id)
                .model(WatchdogModel.I6300ESB)
                .action(action == null ? WatchdogAction.RESET : action)
                .build();
    }
}
