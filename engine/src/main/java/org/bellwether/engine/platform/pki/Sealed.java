package org.bellwether.engine.platform.pki;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.bellwether.engine.platform.Secret;

/** A secret as the database keeps it: encrypted, and opened only where it is used. */
public final class Sealed {
    private static final String MARK = "sealed:1:";

    private final String stored;

    private Sealed(String stored) {
        this.stored = stored;
    }

    public static Sealed of(Secret secret) {
        return new Sealed(MARK + SealingKey.current().seal(secret));
    }

    /** As the database has it; a secret of old stands there as it is. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Sealed stored(String stored) {
        return new Sealed(stored);
    }

    @JsonValue
    public String stored() {
        return stored;
    }

    public Secret open() {
        return plain() ? Secret.of(stored) : SealingKey.current().open(stored.substring(MARK.length()));
    }

    /** Whether it was written before secrets were sealed. */
    public boolean plain() {
        return !stored.startsWith(MARK);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sealed sealed && sealed.stored.equals(stored);
    }

    @Override
    public int hashCode() {
        return stored.hashCode();
    }

    @Override
    public String toString() {
        return "****";
    }
}
