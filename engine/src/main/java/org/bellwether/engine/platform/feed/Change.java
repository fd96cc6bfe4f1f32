package org.bellwether.engine.platform.feed;

import java.util.UUID;

/**
 * An object came, changed or went. What it is like now is for the API to say, to who may see it.
 *
 * @param collection the name of its collection in the store, a plural noun such as {@code vms}
 * @param removed whether it is gone
 */
public record Change(String collection, UUID id, boolean removed) {}
