package org.bellwether.libvirt;

/** A value of one of the types that libvirt's typed parameters know. */
public sealed interface TypedValue {
    /** The value for people. */
    String shown();

    /** A signed 32-bit integer. */
    record Int(int value) implements TypedValue {
        @Override
        public String shown() {
            return Integer.toString(value);
        }
    }

    /** An unsigned 32-bit integer in the bits of a Java {@code int}. */
    record UnsignedInt(int value) implements TypedValue {
        @Override
        public String shown() {
            return Integer.toUnsignedString(value);
        }
    }

    /** A signed 64-bit integer. */
    record LongInt(long value) implements TypedValue {
        @Override
        public String shown() {
            return Long.toString(value);
        }
    }

    /** An unsigned 64-bit integer in the bits of a Java {@code long}. */
    record UnsignedLongInt(long value) implements TypedValue {
        @Override
        public String shown() {
            return Long.toUnsignedString(value);
        }
    }

    /** A double. */
    record Decimal(double value) implements TypedValue {
        @Override
        public String shown() {
            return Double.toString(value);
        }
    }

    /** A boolean. */
    record Flag(boolean value) implements TypedValue {
        @Override
        public String shown() {
            return Boolean.toString(value);
        }
    }

    /** A string. */
    record Text(String value) implements TypedValue {
        @Override
        public String shown() {
            return value;
        }
    }
}
