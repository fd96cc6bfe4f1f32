package org.bellwether.engine.event;

import java.util.List;
import java.util.Map;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.store.Json;

/** Where an administrator has the chain of events verified. */
public final class AuditPage implements Endpoint {

    public static final String PATH = "/ovirt-engine/services/audit";

    private final Events events;
    private final Gate gate;

    public AuditPage(Events events, Gate gate) {
        this.events = events;
        this.gate = gate;
    }

    @Override
    public WebReply answer(WebRequest request) {
        var reader = gate.caller(request, "The audit is for administrators only");
        if (!gate.allows(reader, Permit.AUDIT_LOG_MANAGEMENT, List.of())) {
            throw Failure.forbidden(reader.name() + " may not verify the log of events");
        }
        var verdict = events.verify();
        return WebReply.json(
                200,
                Json.write(Map.of(
                        "events", verdict.events(),
                        "intact", verdict.intact(),
                        "broken_at", verdict.brokenAt(),
                        "head", verdict.head())));
    }
}
