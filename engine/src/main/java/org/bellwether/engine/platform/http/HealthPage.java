package org.bellwether.engine.platform.http;

import java.util.function.BooleanSupplier;

/** Whether the engine can work, in the exact words that monitoring looks for. */
public final class HealthPage implements Endpoint {
    public static final String PATH = "/ovirt-engine/services/health";

    private final BooleanSupplier database;

    /** @param database whether the database answers now; must not take long */
    public HealthPage(BooleanSupplier database) {
        this.database = database;
    }

    @Override
    public WebReply answer(WebRequest request) {
        return database.getAsBoolean()
                ? WebReply.text(200, "text/plain", "DB Up!Welcome to Health Status!")
                : WebReply.text(503, "text/plain", "The engine runs, but its database does not answer.");
    }
}
