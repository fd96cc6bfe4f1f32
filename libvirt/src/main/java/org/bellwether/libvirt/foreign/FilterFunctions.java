package org.bellwether.libvirt.foreign;

import static org.bellwether.libvirt.foreign.NativeFunction.INT;
import static org.bellwether.libvirt.foreign.NativeFunction.POINTER;
import static org.bellwether.libvirt.foreign.NativeFunction.function;
import static org.bellwether.libvirt.foreign.NativeLibrary.LIBVIRT;

/** Filters of what machines may send and get. */
public final class FilterFunctions {
    public static final NativeFunction NWFILTER_LOOKUP_BY_NAME =
            function(LIBVIRT, "virNWFilterLookupByName", POINTER, POINTER, POINTER);
    public static final NativeFunction NWFILTER_DEFINE_XML =
            function(LIBVIRT, "virNWFilterDefineXML", POINTER, POINTER, POINTER);
    public static final NativeFunction NWFILTER_FREE = function(LIBVIRT, "virNWFilterFree", INT, POINTER);

    private FilterFunctions() {}
}
