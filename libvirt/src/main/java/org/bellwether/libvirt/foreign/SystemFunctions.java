package org.bellwether.libvirt.foreign;

import static org.bellwether.libvirt.foreign.NativeFunction.INT;
import static org.bellwether.libvirt.foreign.NativeFunction.LONG;
import static org.bellwether.libvirt.foreign.NativeFunction.POINTER;
import static org.bellwether.libvirt.foreign.NativeFunction.function;
import static org.bellwether.libvirt.foreign.NativeFunction.procedure;
import static org.bellwether.libvirt.foreign.NativeLibrary.LIBVIRT;

/** Errors, versions, the event loop and streams. */
public final class SystemFunctions {
    public static final NativeFunction INITIALIZE = function(LIBVIRT, "virInitialize", INT);
    public static final NativeFunction GET_VERSION = function(LIBVIRT, "virGetVersion", INT, POINTER, POINTER, POINTER);
    public static final NativeFunction GET_LAST_ERROR = function(LIBVIRT, "virGetLastError", POINTER);
    public static final NativeFunction SET_ERROR_FUNC = procedure(LIBVIRT, "virSetErrorFunc", POINTER, POINTER);
    public static final NativeFunction EVENT_REGISTER_DEFAULT_IMPL =
            function(LIBVIRT, "virEventRegisterDefaultImpl", INT);
    public static final NativeFunction EVENT_RUN_DEFAULT_IMPL = function(LIBVIRT, "virEventRunDefaultImpl", INT);
    public static final NativeFunction STREAM_NEW = function(LIBVIRT, "virStreamNew", POINTER, POINTER, INT);
    public static final NativeFunction STREAM_RECV = function(LIBVIRT, "virStreamRecv", INT, POINTER, POINTER, LONG);
    public static final NativeFunction STREAM_FINISH = function(LIBVIRT, "virStreamFinish", INT, POINTER);
    public static final NativeFunction STREAM_ABORT = function(LIBVIRT, "virStreamAbort", INT, POINTER);
    public static final NativeFunction STREAM_FREE = function(LIBVIRT, "virStreamFree", INT, POINTER);

    /**
     * A callback for virSetErrorFunc that does nothing, so that libvirt does not print errors: getpid(2) ignores the arguments it is
     * given, touches neither errno nor libvirt, and spares an upcall into Java for every error.
     */
    public static final NativeFunction IGNORE_ERROR = function(NativeLibrary.C, "getpid", INT);

    private SystemFunctions() {}
}
