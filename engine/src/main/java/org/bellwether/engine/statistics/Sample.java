package org.bellwether.engine.statistics;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;

/** What was measured of one object at one time; what is not known of it is not there. */
record Sample(UUID subject, Instant time, Map<Measure, Double> values) {

    Sample {
        values = Map.copyOf(values);
    }

    OptionalDouble value(Measure measure) {
        var value = values.get(measure);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Collects values; sums where several are added of one kind. */
    static final class Sum {
        private final Map<Measure, Double> values = new EnumMap<>(Measure.class);
        private double weighedCpu;

        Sum add(Measure measure, double value) {
            values.merge(measure, value, Double::sum);
            return this;
        }

        Sum add(Measure measure, long value) {
            return add(measure, (double) value);
        }

        /** Of the use of processors, the mean by their number: 100 % of one and none of three is 25 % of four. */
        void add(Sample part) {
            part.values().forEach((measure, value) -> {
                if (measure != Measure.CPU) {
                    add(measure, value);
                }
            });
            weighedCpu +=
                    part.value(Measure.CPU).orElse(0) * part.value(Measure.CPUS).orElse(0);
            double cpus = values.getOrDefault(Measure.CPUS, 0.0);
            if (cpus > 0) {
                values.put(Measure.CPU, weighedCpu / cpus);
            }
        }

        Sample of(UUID subject, Instant time) {
            return new Sample(subject, time, values);
        }
    }
}
