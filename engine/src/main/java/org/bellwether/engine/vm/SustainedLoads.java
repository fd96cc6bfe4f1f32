package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.AgentListener;
import org.bellwether.protocol.Report;

/** For how long hosts have been busy: a short peak is no reason to move machines or to keep them away. */
public final class SustainedLoads implements AgentListener {

    private static final Duration LONGEST = Duration.ofMinutes(30);
    private static final Duration PACE = Duration.ofSeconds(10);

    private record Sample(Instant at, double percent) {}

    private final Clock clock;
    private final Map<UUID, Deque<Sample>> byHost = new ConcurrentHashMap<>();

    SustainedLoads(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void reported(UUID host, Report report) {
        if (report.getWhatCase() == Report.WhatCase.STATISTICS
                && report.getStatistics().hasHost()) {
            add(host, 100 - report.getStatistics().getHost().getCpuIdlePercent());
        }
    }

    private void add(UUID host, double percent) {
        var now = clock.instant();
        byHost.compute(host, (any, known) -> {
            var samples = known == null ? new ArrayDeque<Sample>() : known;
            if (samples.isEmpty() || !samples.getLast().at().plus(PACE).isAfter(now)) {
                samples.addLast(new Sample(now, percent));
            }
            while (samples.getFirst().at().isBefore(now.minus(LONGEST))) {
                samples.removeFirst();
            }
            return samples;
        });
    }

    /** What was not heard of says nothing of what came before. */
    @Override
    public void lost(UUID host, String why) {
        byHost.remove(host);
    }

    /** What the load has not fallen below for so many minutes; 0 when it is not known for so long. */
    double of(Id<Host> host, double minutes) {
        return over(host, minutes, DoubleStream::min).orElse(0);
    }

    /** What the load has not exceeded for so many minutes; 100 when it is not known for so long. */
    double peak(Id<Host> host, double minutes) {
        return over(host, minutes, DoubleStream::max).orElse(100);
    }

    private OptionalDouble over(Id<Host> host, double minutes, Function<DoubleStream, OptionalDouble> found) {
        var from = clock.instant().minusMillis((long) (minutes * 60_000));
        OptionalDouble[] answer = {OptionalDouble.empty()};
        byHost.computeIfPresent(host.value(), (any, samples) -> {
            if (!samples.getFirst().at().isAfter(from.plus(PACE))) {
                answer[0] = found.apply(samples.stream()
                        .filter(sample -> !sample.at().isBefore(from))
                        .mapToDouble(Sample::percent));
            }
            return samples;
        });
        return answer[0];
    }
}
