package org.bellwether.libvirt.foreign;

import static org.bellwether.libvirt.foreign.NativeFunction.INT;
import static org.bellwether.libvirt.foreign.NativeFunction.LONG;
import static org.bellwether.libvirt.foreign.NativeFunction.POINTER;
import static org.bellwether.libvirt.foreign.NativeFunction.function;
import static org.bellwether.libvirt.foreign.NativeLibrary.LIBVIRT;

/** Volumes in storage pools. */
public final class StorageFunctions {
    public static final NativeFunction STORAGE_VOL_LOOKUP_BY_PATH =
            function(LIBVIRT, "virStorageVolLookupByPath", POINTER, POINTER, POINTER);
    public static final NativeFunction STORAGE_VOL_DOWNLOAD =
            function(LIBVIRT, "virStorageVolDownload", INT, POINTER, POINTER, LONG, LONG, INT);
    public static final NativeFunction STORAGE_VOL_FREE = function(LIBVIRT, "virStorageVolFree", INT, POINTER);

    private StorageFunctions() {}
}
