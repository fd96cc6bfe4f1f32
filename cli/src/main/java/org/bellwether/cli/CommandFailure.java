package org.bellwether.cli;

import org.jspecify.annotations.Nullable;

/** A command did not do what it was asked. The message is the sentence that people read: what, to what, what to do. */
final class CommandFailure extends RuntimeException {

    /** What went wrong, as scripts see it: the exit code. */
    enum Kind {
        /** The engine said no, or an operation that it began has failed. */
        REFUSED(1),
        /** The command itself makes no sense. */
        USAGE(2),
        /** No engine answers, or what answers is none. */
        UNREACHABLE(3),
        /** The operation was begun, and its end was not seen in time. */
        IN_VAIN(4);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    private final Kind kind;
    private final int status;

    private CommandFailure(Kind kind, int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.status = status;
    }

    /** @param status of HTTP, with which the engine refused; 0 when an operation failed later */
    static CommandFailure refused(int status, String sentence) {
        return new CommandFailure(Kind.REFUSED, status, sentence, null);
    }

    static CommandFailure usage(String sentence) {
        return new CommandFailure(Kind.USAGE, 0, sentence, null);
    }

    static CommandFailure unreachable(String sentence, @Nullable Throwable cause) {
        return new CommandFailure(Kind.UNREACHABLE, 0, sentence, cause);
    }

    static CommandFailure inVain(String sentence) {
        return new CommandFailure(Kind.IN_VAIN, 0, sentence, null);
    }

    Kind kind() {
        return kind;
    }

    /** Of HTTP; 0 when it was none that refused. */
    int status() {
        return status;
    }

    /** Whether the engine knows no such object. */
    boolean notFound() {
        return status == 404;
    }

    /** Whether asking again may help: no engine answers, or it is not ready. */
    boolean passing() {
        return kind == Kind.UNREACHABLE || status == 503;
    }

    /** The sentence. */
    String sentence() {
        return String.valueOf(getMessage());
    }
}
