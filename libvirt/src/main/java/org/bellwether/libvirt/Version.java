package org.bellwether.libvirt;

/** A version as libvirt counts: major × 1,000,000 + minor × 1,000 + release. */
public record Version(int major, int minor, int release) implements Comparable<Version> {
    static Version of(long number) {
        return new Version((int) (number / 1_000_000), (int) (number / 1_000 % 1_000), (int) (number % 1_000));
    }

    @Override
    public int compareTo(Version other) {
        return Long.compare(number(), other.number());
    }

    private long number() {
        return major * 1_000_000L + minor * 1_000L + release;
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + release;
    }
}
