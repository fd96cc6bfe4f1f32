package org.bellwether.libvirt.foreign;

import static org.bellwether.libvirt.foreign.NativeFunction.INT;
import static org.bellwether.libvirt.foreign.NativeFunction.POINTER;
import static org.bellwether.libvirt.foreign.NativeFunction.function;
import static org.bellwether.libvirt.foreign.NativeFunction.procedure;
import static org.bellwether.libvirt.foreign.NativeLibrary.LIBVIRT;

/** Connections and what they tell of the host. */
public final class ConnectFunctions {
    public static final NativeFunction CONNECT_OPEN = function(LIBVIRT, "virConnectOpen", POINTER, POINTER);
    public static final NativeFunction CONNECT_OPEN_READ_ONLY =
            function(LIBVIRT, "virConnectOpenReadOnly", POINTER, POINTER);
    public static final NativeFunction CONNECT_CLOSE = function(LIBVIRT, "virConnectClose", INT, POINTER);
    public static final NativeFunction CONNECT_GET_TYPE = function(LIBVIRT, "virConnectGetType", POINTER, POINTER);
    public static final NativeFunction CONNECT_GET_VERSION =
            function(LIBVIRT, "virConnectGetVersion", INT, POINTER, POINTER);
    public static final NativeFunction CONNECT_GET_LIB_VERSION =
            function(LIBVIRT, "virConnectGetLibVersion", INT, POINTER, POINTER);
    public static final NativeFunction CONNECT_GET_HOSTNAME =
            function(LIBVIRT, "virConnectGetHostname", POINTER, POINTER);
    public static final NativeFunction CONNECT_GET_URI = function(LIBVIRT, "virConnectGetURI", POINTER, POINTER);
    public static final NativeFunction CONNECT_GET_CAPABILITIES =
            function(LIBVIRT, "virConnectGetCapabilities", POINTER, POINTER);
    public static final NativeFunction CONNECT_GET_DOMAIN_CAPABILITIES = function(
            LIBVIRT, "virConnectGetDomainCapabilities", POINTER, POINTER, POINTER, POINTER, POINTER, POINTER, INT);
    public static final NativeFunction CONNECT_GET_SYSINFO =
            function(LIBVIRT, "virConnectGetSysinfo", POINTER, POINTER, INT);
    public static final NativeFunction CONNECT_IS_ALIVE = function(LIBVIRT, "virConnectIsAlive", INT, POINTER);
    public static final NativeFunction CONNECT_IS_ENCRYPTED = function(LIBVIRT, "virConnectIsEncrypted", INT, POINTER);
    public static final NativeFunction CONNECT_SET_KEEP_ALIVE =
            function(LIBVIRT, "virConnectSetKeepAlive", INT, POINTER, INT, INT);
    public static final NativeFunction CONNECT_REGISTER_CLOSE_CALLBACK =
            function(LIBVIRT, "virConnectRegisterCloseCallback", INT, POINTER, POINTER, POINTER, POINTER);
    public static final NativeFunction CONNECT_UNREGISTER_CLOSE_CALLBACK =
            function(LIBVIRT, "virConnectUnregisterCloseCallback", INT, POINTER, POINTER);
    public static final NativeFunction NODE_GET_INFO = function(LIBVIRT, "virNodeGetInfo", INT, POINTER, POINTER);
    public static final NativeFunction CONNECT_BASELINE_HYPERVISOR_CPU = function(
            LIBVIRT,
            "virConnectBaselineHypervisorCPU",
            POINTER,
            POINTER,
            POINTER,
            POINTER,
            POINTER,
            POINTER,
            POINTER,
            INT,
            INT);
    public static final NativeFunction CONNECT_LIST_ALL_DOMAINS =
            function(LIBVIRT, "virConnectListAllDomains", INT, POINTER, POINTER, INT);
    public static final NativeFunction CONNECT_GET_ALL_DOMAIN_STATS =
            function(LIBVIRT, "virConnectGetAllDomainStats", INT, POINTER, INT, POINTER, INT);
    public static final NativeFunction DOMAIN_LIST_GET_STATS =
            function(LIBVIRT, "virDomainListGetStats", INT, POINTER, INT, POINTER, INT);
    public static final NativeFunction DOMAIN_STATS_RECORD_LIST_FREE =
            procedure(LIBVIRT, "virDomainStatsRecordListFree", POINTER);
    public static final NativeFunction CONNECT_DOMAIN_EVENT_REGISTER_ANY = function(
            LIBVIRT, "virConnectDomainEventRegisterAny", INT, POINTER, POINTER, INT, POINTER, POINTER, POINTER);
    public static final NativeFunction CONNECT_DOMAIN_EVENT_DEREGISTER_ANY =
            function(LIBVIRT, "virConnectDomainEventDeregisterAny", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_RESTORE_FLAGS =
            function(LIBVIRT, "virDomainRestoreFlags", INT, POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_SAVE_IMAGE_GET_XML_DESC =
            function(LIBVIRT, "virDomainSaveImageGetXMLDesc", POINTER, POINTER, POINTER, INT);

    private ConnectFunctions() {}
}
