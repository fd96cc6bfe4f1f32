package org.bellwether.api;

/**
 * A document that cannot be read: not well-formed, too large, or with a value that its attribute cannot hold. It is the
 * sender's fault; the answer is status 400 with a fault of this reason and detail.
 */
public final class BadDocument extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with it. */
    public enum Cause {
        /** It is not well-formed, or not of the expected type. */
        SYNTAX("Request syntactically incorrect."),
        /** A value is none that its attribute can hold. */
        VALUE("Invalid value"),
        /** It is larger or deeper than anything sensible. */
        LIMIT("Request too large");

        private final String reason;

        Cause(String reason) {
            this.reason = reason;
        }
    }

    private final Cause cause;
    private final String detail;

    BadDocument(Cause cause, String detail) {
        super(cause.reason + " " + detail);
        this.cause = cause;
        this.detail = detail;
    }

    public Cause what() {
        return cause;
    }

    /** The reason of the fault. */
    public String reason() {
        return cause.reason;
    }

    /** The detail of the fault: a sentence that names the place and what would have been right. */
    public String detail() {
        return detail;
    }

    /** One trace tells nothing: the document is wrong, not the program. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
