package org.bellwether.engine.inventory;

import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * A data center: the unit to which storage and networks belong.
 *
 * @param spec what people decided of it, as the API's own document
 */
public record DataCenter(Id<DataCenter> id, String name, org.bellwether.api.types.DataCenter spec)
        implements Stored<DataCenter> {}
