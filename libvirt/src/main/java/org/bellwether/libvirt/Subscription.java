package org.bellwether.libvirt;

/** A listener's place at a connection; closing it ends the events. Safe to close again, and after the connection. */
public final class Subscription implements AutoCloseable {
    private final Runnable end;

    Subscription(Runnable end) {
        this.end = end;
    }

    @Override
    public void close() {
        end.run();
    }
}
