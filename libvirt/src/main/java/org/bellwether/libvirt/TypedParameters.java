package org.bellwether.libvirt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Named values as libvirt passes them: statistics, job progress, guest information, options of a migration. Immutable, in libvirt's
 * order; a name may occur more than once ({@code migrate_disks}), then the readers answer the first.
 */
public final class TypedParameters {
    private static final TypedParameters EMPTY = new TypedParameters(List.of());

    private final List<TypedParameter> parameters;

    private TypedParameters(List<TypedParameter> parameters) {
        this.parameters = parameters;
    }

    static TypedParameters of(List<TypedParameter> parameters) {
        return parameters.isEmpty() ? EMPTY : new TypedParameters(List.copyOf(parameters));
    }

    public static TypedParameters empty() {
        return EMPTY;
    }

    public static Builder builder() {
        return new Builder();
    }

    public List<TypedParameter> all() {
        return parameters;
    }

    public boolean isEmpty() {
        return parameters.isEmpty();
    }

    public boolean has(String name) {
        return values(name).findAny().isPresent();
    }

    /** An integer of any width. An unsigned 64-bit value beyond {@link Long#MAX_VALUE} is negative here, as Java has it. */
    public OptionalLong number(String name) {
        return values(name)
                .mapMultiToLong((value, sink) -> {
                    switch (value) {
                        case TypedValue.Int(int v) -> sink.accept(v);
                        case TypedValue.UnsignedInt(int v) -> sink.accept(Integer.toUnsignedLong(v));
                        case TypedValue.LongInt(long v) -> sink.accept(v);
                        case TypedValue.UnsignedLongInt(long v) -> sink.accept(v);
                        case TypedValue.Decimal v -> {}
                        case TypedValue.Flag v -> {}
                        case TypedValue.Text v -> {}
                    }
                })
                .findFirst();
    }

    /** As {@link #number(String)}; {@code otherwise} when there is none. */
    public long number(String name, long otherwise) {
        return number(name).orElse(otherwise);
    }

    public OptionalDouble decimal(String name) {
        for (var parameter : parameters) {
            if (parameter.name().equals(name) && parameter.value() instanceof TypedValue.Decimal(double value)) {
                return OptionalDouble.of(value);
            }
        }
        return OptionalDouble.empty();
    }

    public Optional<Boolean> flag(String name) {
        return values(name)
                .filter(TypedValue.Flag.class::isInstance)
                .map(value -> ((TypedValue.Flag) value).value())
                .findFirst();
    }

    public Optional<String> text(String name) {
        return texts(name).findFirst();
    }

    /** As {@link #text(String)}; {@code otherwise} when there is none. */
    public String text(String name, String otherwise) {
        return text(name).orElse(otherwise);
    }

    public Stream<String> texts(String name) {
        return values(name).filter(TypedValue.Text.class::isInstance).map(value -> ((TypedValue.Text) value).value());
    }

    private Stream<TypedValue> values(String name) {
        return parameters.stream()
                .filter(parameter -> parameter.name().equals(name))
                .map(TypedParameter::value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TypedParameters that && parameters.equals(that.parameters);
    }

    @Override
    public int hashCode() {
        return parameters.hashCode();
    }

    @Override
    public String toString() {
        var lines = new StringBuilder();
        for (var parameter : parameters) {
            lines.append(parameter.name())
                    .append('=')
                    .append(parameter.value().shown())
                    .append('\n');
        }
        return lines.toString();
    }

    /** Collects parameters; the type of each must be the one that libvirt documents for its name. */
    public static final class Builder {
        private final List<TypedParameter> parameters = new ArrayList<>();

        private Builder() {}

        public Builder add(String name, TypedValue value) {
            parameters.add(new TypedParameter(name, value));
            return this;
        }

        public Builder integer(String name, int value) {
            return add(name, new TypedValue.Int(value));
        }

        public Builder unsignedInteger(String name, int value) {
            return add(name, new TypedValue.UnsignedInt(value));
        }

        public Builder unsignedLong(String name, long value) {
            return add(name, new TypedValue.UnsignedLongInt(value));
        }

        public Builder flag(String name, boolean value) {
            return add(name, new TypedValue.Flag(value));
        }

        public Builder text(String name, String value) {
            return add(name, new TypedValue.Text(value));
        }

        public TypedParameters build() {
            return TypedParameters.of(parameters);
        }
    }
}
