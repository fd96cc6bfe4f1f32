package org.bellwether.engine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that is put forward by hand, beside going on by itself. */
final class ForwardClock extends Clock {
    private final AtomicReference<Duration> by = new AtomicReference<>(Duration.ZERO);

    void forward(Duration more) {
        by.updateAndGet(more::plus);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(by.get());
    }
}
