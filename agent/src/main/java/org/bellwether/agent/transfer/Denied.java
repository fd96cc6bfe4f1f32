package org.bellwether.agent.transfer;

/** What a client asks for and does not get; the message is for him. */
final class Denied extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** @param status of HTTP */
    Denied(int status, String words) {
        super(words);
        this.status = status;
    }

    int status() {
        return status;
    }
}
