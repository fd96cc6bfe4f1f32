package org.bellwether.engine.platform.http;

/** Answers requests to one place. Runs on a virtual thread of the request; what it throws becomes a fault. */
@FunctionalInterface
public interface Endpoint {
    WebReply answer(WebRequest request);
}
