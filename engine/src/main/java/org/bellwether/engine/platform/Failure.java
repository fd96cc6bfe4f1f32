package org.bellwether.engine.platform;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Something could not be done, told for people: what happened to what, why, what was undone, and what to do next.
 * Features throw it; it becomes an HTTP fault at the edge only. Parts that do not apply are the empty string, but
 * {@link #what} never is.
 */
public final class Failure extends RuntimeException {
    /** What kind of failure it is, which decides the status of the HTTP answer. */
    public enum Kind {
        /** The object that was asked for, or one that the request refers to, does not exist. */
        NOT_FOUND,
        /** The request can never work as it stands. */
        BAD_REQUEST,
        /** The request does not fit the present state; it may work later. */
        CONFLICT,
        /** The caller is known but lacks the permit. */
        FORBIDDEN,
        /** The caller is not known. */
        UNAUTHENTICATED,
        /** A part that is needed (host, storage, database) does not answer now. */
        UNAVAILABLE,
        /** A defect of the engine. */
        INTERNAL
    }

    private final Kind kind;
    private final String what;
    private final String cause;
    private final String undone;
    private final String next;

    public Failure(Kind kind, String what, String cause, String undone, String next) {
        super(sentence(what, cause, undone, next));
        if (what.isBlank()) {
            throw new IllegalArgumentException("A failure must say what happened.");
        }
        this.kind = Objects.requireNonNull(kind);
        this.what = what;
        this.cause = cause;
        this.undone = undone;
        this.next = next;
    }

    public static Failure notFound(String what) {
        return new Failure(Kind.NOT_FOUND, what, "", "", "");
    }

    public static Failure badRequest(String what) {
        return new Failure(Kind.BAD_REQUEST, what, "", "", "");
    }

    public static Failure conflict(String what) {
        return new Failure(Kind.CONFLICT, what, "", "", "");
    }

    public static Failure forbidden(String what) {
        return new Failure(Kind.FORBIDDEN, what, "", "", "");
    }

    public static Failure unauthenticated(String what) {
        return new Failure(Kind.UNAUTHENTICATED, what, "", "", "");
    }

    public static Failure unavailable(String what) {
        return new Failure(Kind.UNAVAILABLE, what, "", "", "");
    }

    public static Failure internal(String what) {
        return new Failure(Kind.INTERNAL, what, "", "", "");
    }

    /** The same failure with its reason, for instance "the machine is migrating". */
    public Failure because(String reason) {
        return carrying(new Failure(kind, what, reason, undone, next));
    }

    /** The same failure, saying what was put back. */
    public Failure undone(String putBack) {
        return carrying(new Failure(kind, what, cause, putBack, next));
    }

    /** The same failure, saying what the reader can do. */
    public Failure next(String advice) {
        return carrying(new Failure(kind, what, cause, undone, advice));
    }

    /** The same failure, keeping the exception that led to it for the log. */
    public Failure from(Throwable origin) {
        initCause(origin);
        return this;
    }

    public Kind kind() {
        return kind;
    }

    public String what() {
        return what;
    }

    public String cause() {
        return cause;
    }

    public String undone() {
        return undone;
    }

    public String next() {
        return next;
    }

    /** All parts as sentences, each ended by a full stop. */
    public String detail() {
        return sentence(what, cause, undone, next);
    }

    private Failure carrying(Failure copy) {
        copy.setStackTrace(getStackTrace());
        if (getCause() != null) {
            copy.initCause(getCause());
        }
        return copy;
    }

    private static String sentence(String... parts) {
        List<String> sentences = new ArrayList<>(parts.length);
        for (String part : parts) {
            String text = part.strip();
            if (!text.isEmpty()) {
                boolean ended = text.endsWith(".") || text.endsWith("!") || text.endsWith("?");
                String first = text.substring(0, text.offsetByCodePoints(0, 1));
                sentences.add(
                        first.toUpperCase(java.util.Locale.ROOT) + text.substring(first.length()) + (ended ? "" : "."));
            }
        }
        return String.join(" ", sentences);
    }
}
