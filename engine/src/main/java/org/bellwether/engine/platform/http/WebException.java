package org.bellwether.engine.platform.http;

import org.bellwether.engine.platform.Failure;

/** A failure of the edge itself, with the status and the fault's reason that clients of this API know for it. */
final class WebException extends RuntimeException {
    private final int status;
    private final String reason;
    private final String detail;

    WebException(int status, String reason, Failure failure) {
        this(status, reason, "[" + failure.detail() + "]");
    }

    /** With a detail whose exact words clients look for. */
    WebException(int status, String reason, String detail) {
        super(reason + ": " + detail, null, false, false);
        this.status = status;
        this.reason = reason;
        this.detail = detail;
    }

    int status() {
        return status;
    }

    String reason() {
        return reason;
    }

    String detail() {
        return detail;
    }
}
