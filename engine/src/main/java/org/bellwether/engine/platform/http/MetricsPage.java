package org.bellwether.engine.platform.http;

import java.util.function.Supplier;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Principal;

/** Where Prometheus fetches the metrics, with the token of an administrator, who may be one that only reads. */
public final class MetricsPage implements Endpoint {

    public static final String PATH = "/ovirt-engine/services/metrics";

    private final Gate gate;
    private final Supplier<String> text;

    public MetricsPage(Gate gate, Supplier<String> text) {
        this.gate = gate;
        this.text = text;
    }

    @Override
    public WebReply answer(WebRequest request) {
        Principal reader = gate.caller(request, "The metrics are for administrators only");
        if (!reader.administrator()) {
            throw Failure.forbidden(reader.name() + " may not read the metrics").next("Ask for the role ReadOnlyAdmin");
        }
        return WebReply.text(200, "text/plain; version=0.0.4", text.get());
    }
}
