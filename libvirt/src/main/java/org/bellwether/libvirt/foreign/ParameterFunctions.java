package org.bellwether.libvirt.foreign;

import static org.bellwether.libvirt.foreign.NativeFunction.INT;
import static org.bellwether.libvirt.foreign.NativeFunction.POINTER;
import static org.bellwether.libvirt.foreign.NativeFunction.procedure;
import static org.bellwether.libvirt.foreign.NativeLibrary.LIBVIRT;

/** Typed parameters. */
public final class ParameterFunctions {
    public static final NativeFunction TYPED_PARAMS_FREE = procedure(LIBVIRT, "virTypedParamsFree", POINTER, INT);

    private ParameterFunctions() {}
}
