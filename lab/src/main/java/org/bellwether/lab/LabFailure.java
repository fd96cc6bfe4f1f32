package org.bellwether.lab;

import org.jspecify.annotations.Nullable;

/** The lab could not do what it was asked; the message is a sentence for a person that says what to do. */
public final class LabFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LabFailure(String message) {
        super(message);
    }

    public LabFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
