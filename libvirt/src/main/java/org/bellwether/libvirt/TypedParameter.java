package org.bellwether.libvirt;

import java.nio.charset.StandardCharsets;
import org.bellwether.libvirt.foreign.Layouts;

/** A named value; the name has at most 79 bytes. */
public record TypedParameter(String name, TypedValue value) {
    public TypedParameter {
        if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length >= Layouts.TYPED_PARAMETER_NAME) {
            throw new IllegalArgumentException("the name of a typed parameter has 1 to 79 bytes: " + name);
        }
    }
}
