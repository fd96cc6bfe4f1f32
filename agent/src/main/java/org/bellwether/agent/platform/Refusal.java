package org.bellwether.agent.platform;

import org.bellwether.protocol.Error;

/**
 * A call that could not be done, in words for a person and with a code for the engine. It crosses the wire as a gRPC
 * status whose trailer holds the {@link Error}.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Error error;

    private Refusal(Error error, Throwable cause) {
        super(words(error), cause);
        this.error = error;
    }

    private Refusal(Error error) {
        super(words(error));
        this.error = error;
    }

    /** A refusal with a code and what happened to what. */
    public static Refusal of(Error.Code code, String what) {
        return new Refusal(Error.newBuilder().setCode(code).setWhat(what).build());
    }

    public static Refusal notFound(String what) {
        return of(Error.Code.NOT_FOUND, what);
    }

    public static Refusal wrongState(String what) {
        return of(Error.Code.WRONG_STATE, what);
    }

    public static Refusal badRequest(String what) {
        return of(Error.Code.BAD_REQUEST, what);
    }

    public static Refusal broken(String what) {
        return of(Error.Code.BROKEN, what);
    }

    /** The same refusal with the words of whoever failed below (libvirt, QEMU, the kernel). */
    public Refusal because(String cause) {
        return new Refusal(error.toBuilder().setCause(cause).build(), this);
    }

    /** The same refusal, saying what was taken back. */
    public Refusal undone(String undone) {
        return new Refusal(error.toBuilder().setUndone(undone).build(), this);
    }

    /** The same refusal, saying what the person can do. */
    public Refusal next(String next) {
        return new Refusal(error.toBuilder().setNext(next).build(), this);
    }

    /** All of it in one line, for logs and for people. */
    @Override
    public String getMessage() {
        return words(error);
    }

    public Error error() {
        return error;
    }

    /** What any failure is called when it leaves the agent; one that nobody gave words still says what it was. */
    public static Refusal from(Throwable failure, String during) {
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        String message = failure.getMessage();
        Error error = Error.newBuilder()
                .setCode(Error.Code.UNKNOWN)
                .setWhat(during + " failed inside the agent")
                .setCause(failure.getClass().getSimpleName() + (message == null ? "" : ": " + message))
                .setNext("Look at the agent's log on the host and report this: it is a defect.")
                .build();
        return new Refusal(error, failure);
    }

    private static String words(Error error) {
        StringBuilder words = new StringBuilder(error.getWhat());
        if (!error.getCause().isEmpty()) {
            words.append(": ").append(error.getCause());
        }
        if (!error.getUndone().isEmpty()) {
            words.append(". ").append(error.getUndone());
        }
        if (!error.getNext().isEmpty()) {
            words.append(". ").append(error.getNext());
        }
        return words.toString();
    }
}
