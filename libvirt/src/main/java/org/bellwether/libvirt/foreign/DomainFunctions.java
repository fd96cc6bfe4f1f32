package org.bellwether.libvirt.foreign;

import static org.bellwether.libvirt.foreign.NativeFunction.INT;
import static org.bellwether.libvirt.foreign.NativeFunction.LONG;
import static org.bellwether.libvirt.foreign.NativeFunction.POINTER;
import static org.bellwether.libvirt.foreign.NativeFunction.function;
import static org.bellwether.libvirt.foreign.NativeLibrary.LIBVIRT;

/** A domain: finding, defining, running, changing it. */
public final class DomainFunctions {
    public static final NativeFunction DOMAIN_LOOKUP_BY_NAME =
            function(LIBVIRT, "virDomainLookupByName", POINTER, POINTER, POINTER);
    public static final NativeFunction DOMAIN_LOOKUP_BY_UUID_STRING =
            function(LIBVIRT, "virDomainLookupByUUIDString", POINTER, POINTER, POINTER);
    public static final NativeFunction DOMAIN_DEFINE_XML_FLAGS =
            function(LIBVIRT, "virDomainDefineXMLFlags", POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_CREATE_XML =
            function(LIBVIRT, "virDomainCreateXML", POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_CREATE_WITH_FLAGS =
            function(LIBVIRT, "virDomainCreateWithFlags", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_UNDEFINE_FLAGS =
            function(LIBVIRT, "virDomainUndefineFlags", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_DESTROY_FLAGS =
            function(LIBVIRT, "virDomainDestroyFlags", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_SHUTDOWN_FLAGS =
            function(LIBVIRT, "virDomainShutdownFlags", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_REBOOT = function(LIBVIRT, "virDomainReboot", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_RESET = function(LIBVIRT, "virDomainReset", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_SUSPEND = function(LIBVIRT, "virDomainSuspend", INT, POINTER);
    public static final NativeFunction DOMAIN_RESUME = function(LIBVIRT, "virDomainResume", INT, POINTER);
    public static final NativeFunction DOMAIN_FREE = function(LIBVIRT, "virDomainFree", INT, POINTER);
    public static final NativeFunction DOMAIN_GET_NAME = function(LIBVIRT, "virDomainGetName", POINTER, POINTER);
    public static final NativeFunction DOMAIN_GET_ID = function(LIBVIRT, "virDomainGetID", INT, POINTER);
    public static final NativeFunction DOMAIN_GET_UUID_STRING =
            function(LIBVIRT, "virDomainGetUUIDString", INT, POINTER, POINTER);
    public static final NativeFunction DOMAIN_GET_XML_DESC =
            function(LIBVIRT, "virDomainGetXMLDesc", POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_GET_STATE =
            function(LIBVIRT, "virDomainGetState", INT, POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_IS_ACTIVE = function(LIBVIRT, "virDomainIsActive", INT, POINTER);
    public static final NativeFunction DOMAIN_IS_PERSISTENT = function(LIBVIRT, "virDomainIsPersistent", INT, POINTER);
    public static final NativeFunction DOMAIN_SET_METADATA =
            function(LIBVIRT, "virDomainSetMetadata", INT, POINTER, INT, POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_GET_METADATA =
            function(LIBVIRT, "virDomainGetMetadata", POINTER, POINTER, INT, POINTER, INT);
    public static final NativeFunction DOMAIN_GET_AUTOSTART =
            function(LIBVIRT, "virDomainGetAutostart", INT, POINTER, POINTER);
    public static final NativeFunction DOMAIN_SET_AUTOSTART =
            function(LIBVIRT, "virDomainSetAutostart", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_ATTACH_DEVICE_FLAGS =
            function(LIBVIRT, "virDomainAttachDeviceFlags", INT, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_DETACH_DEVICE_FLAGS =
            function(LIBVIRT, "virDomainDetachDeviceFlags", INT, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_UPDATE_DEVICE_FLAGS =
            function(LIBVIRT, "virDomainUpdateDeviceFlags", INT, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_DETACH_DEVICE_ALIAS =
            function(LIBVIRT, "virDomainDetachDeviceAlias", INT, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_SET_MEMORY_FLAGS =
            function(LIBVIRT, "virDomainSetMemoryFlags", INT, POINTER, LONG, INT);
    public static final NativeFunction DOMAIN_SET_MEMORY_STATS_PERIOD =
            function(LIBVIRT, "virDomainSetMemoryStatsPeriod", INT, POINTER, INT, INT);
    public static final NativeFunction DOMAIN_SET_VCPUS_FLAGS =
            function(LIBVIRT, "virDomainSetVcpusFlags", INT, POINTER, INT, INT);
    public static final NativeFunction DOMAIN_GET_VCPUS_FLAGS =
            function(LIBVIRT, "virDomainGetVcpusFlags", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_SAVE_FLAGS =
            function(LIBVIRT, "virDomainSaveFlags", INT, POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_MANAGED_SAVE =
            function(LIBVIRT, "virDomainManagedSave", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_HAS_MANAGED_SAVE_IMAGE =
            function(LIBVIRT, "virDomainHasManagedSaveImage", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_MANAGED_SAVE_REMOVE =
            function(LIBVIRT, "virDomainManagedSaveRemove", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_RENAME = function(LIBVIRT, "virDomainRename", INT, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_INJECT_NMI = function(LIBVIRT, "virDomainInjectNMI", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_SCREENSHOT =
            function(LIBVIRT, "virDomainScreenshot", POINTER, POINTER, POINTER, INT, INT);
    public static final NativeFunction DOMAIN_GET_CONNECT = function(LIBVIRT, "virDomainGetConnect", POINTER, POINTER);

    private DomainFunctions() {}
}
