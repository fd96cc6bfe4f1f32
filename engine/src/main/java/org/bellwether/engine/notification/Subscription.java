package org.bellwether.engine.notification;

import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * A user who wants a mail for each event of one kind.
 *
 * @param name the user and the event, which together are unique
 * @param event the API's word for the kind of event, for instance {@code host_failure}
 * @param address where the mail goes
 */
record Subscription(Id<Subscription> id, String name, UUID user, String event, int code, String address)
        implements Stored<Subscription> {}
