package org.bellwether.api;

import org.jspecify.annotations.Nullable;

/**
 * Which hrefs, links and actions a written document gets. An href is the prefix that the client used and a path below
 * it. An object that carries an {@code href} of its own keeps it; others get one from where they stand: the object that
 * was asked for, the collection that lists them, or the collection under the root that is their home.
 */
public final class Hrefs {
    private static final Hrefs NONE = new Hrefs(null, null);

    private final @Nullable String prefix;
    private final @Nullable String path;

    private Hrefs(@Nullable String prefix, @Nullable String path) {
        this.prefix = prefix;
        this.path = path;
    }

    /** No hrefs but those the objects carry, no links, no actions: for keeping objects, not for clients. */
    public static Hrefs none() {
        return NONE;
    }

    /**
     * For a document that is itself nowhere, such as the result of an action or a fault: what it refers to gets hrefs.
     *
     * @param prefix such as {@code /ovirt-engine/api}, without a slash at the end
     */
    public static Hrefs under(String prefix) {
        return new Hrefs(prefix, null);
    }

    /**
     * For an object or a collection at a path: it gets href, links and actions of the service there.
     *
     * @param prefix such as {@code /ovirt-engine/api}, without a slash at the end
     * @param path below the prefix, such as {@code /vms/123}; empty or {@code /} for the root of the API
     */
    public static Hrefs at(String prefix, String path) {
        var trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return new Hrefs(prefix, trimmed);
    }

    boolean isNone() {
        return prefix == null;
    }

    String prefix() {
        return prefix == null ? "" : prefix;
    }

    @Nullable
    String path() {
        return path;
    }
}
