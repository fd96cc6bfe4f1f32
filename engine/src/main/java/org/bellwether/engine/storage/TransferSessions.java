package org.bellwether.engine.storage;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Secret;

/** The transfers that are open now, by their id and by their ticket. */
public final class TransferSessions {

    private final Map<Id<ImageTransfer>, TransferSession> byTransfer = new ConcurrentHashMap<>();

    void opened(Id<ImageTransfer> transfer, TransferSession session) {
        byTransfer.put(transfer, session);
    }

    void closed(Id<ImageTransfer> transfer) {
        byTransfer.remove(transfer);
    }

    Optional<TransferSession> of(Id<ImageTransfer> transfer) {
        return Optional.ofNullable(byTransfer.get(transfer));
    }

    Optional<TransferSession> withTicket(Secret ticket) {
        return byTransfer.values().stream()
                .filter(session -> session.ticket().equals(ticket))
                .findFirst();
    }
}
