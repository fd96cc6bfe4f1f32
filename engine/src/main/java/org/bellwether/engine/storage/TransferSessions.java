package org.bellwether.engine.storage;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.platform.Id;

/** The transfers that are open now, by their id and by their ticket. */
public final class TransferSessions {

    private final Map<Id<ImageTransfer>, TransferSession> byTransfer = new ConcurrentHashMap<>();
    private final Map<String, TransferSession> byTicket = new ConcurrentHashMap<>();

    void opened(Id<ImageTransfer> transfer, TransferSession session) {
        byTransfer.put(transfer, session);
        byTicket.put(session.ticket(), session);
    }

    void closed(Id<ImageTransfer> transfer) {
        var session = byTransfer.remove(transfer);
        if (session != null) {
            byTicket.remove(session.ticket());
        }
    }

    Optional<TransferSession> of(Id<ImageTransfer> transfer) {
        return Optional.ofNullable(byTransfer.get(transfer));
    }

    Optional<TransferSession> withTicket(String ticket) {
        return Optional.ofNullable(byTicket.get(ticket));
    }
}
