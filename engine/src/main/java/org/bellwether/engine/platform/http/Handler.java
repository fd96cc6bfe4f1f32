package org.bellwether.engine.platform.http;

/**
 * Answers one method of the API. Runs on a virtual thread, after the caller is known and may do it. Throws
 * {@link org.bellwether.engine.platform.Failure} for what cannot be done.
 */
@FunctionalInterface
public interface Handler {
    Reply handle(ApiRequest request);
}
