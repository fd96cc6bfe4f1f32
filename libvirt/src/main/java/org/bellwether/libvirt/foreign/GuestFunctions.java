package org.bellwether.libvirt.foreign;

import static org.bellwether.libvirt.foreign.NativeFunction.INT;
import static org.bellwether.libvirt.foreign.NativeFunction.LONG;
import static org.bellwether.libvirt.foreign.NativeFunction.POINTER;
import static org.bellwether.libvirt.foreign.NativeFunction.function;
import static org.bellwether.libvirt.foreign.NativeFunction.procedure;
import static org.bellwether.libvirt.foreign.NativeLibrary.LIBVIRT;
import static org.bellwether.libvirt.foreign.NativeLibrary.LIBVIRT_QEMU;

/** What is asked of the guest agent. */
public final class GuestFunctions {
    public static final NativeFunction DOMAIN_INTERFACE_ADDRESSES =
            function(LIBVIRT, "virDomainInterfaceAddresses", INT, POINTER, POINTER, INT, INT);
    public static final NativeFunction DOMAIN_INTERFACE_FREE = procedure(LIBVIRT, "virDomainInterfaceFree", POINTER);
    public static final NativeFunction DOMAIN_GET_GUEST_INFO =
            function(LIBVIRT, "virDomainGetGuestInfo", INT, POINTER, INT, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_QEMU_AGENT_COMMAND =
            function(LIBVIRT_QEMU, "virDomainQemuAgentCommand", POINTER, POINTER, POINTER, INT, INT);
    public static final NativeFunction DOMAIN_QEMU_MONITOR_COMMAND =
            function(LIBVIRT_QEMU, "virDomainQemuMonitorCommand", INT, POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_FS_FREEZE =
            function(LIBVIRT, "virDomainFSFreeze", INT, POINTER, POINTER, INT, INT);
    public static final NativeFunction DOMAIN_FS_THAW =
            function(LIBVIRT, "virDomainFSThaw", INT, POINTER, POINTER, INT, INT);
    public static final NativeFunction DOMAIN_FS_TRIM =
            function(LIBVIRT, "virDomainFSTrim", INT, POINTER, POINTER, LONG, INT);
    public static final NativeFunction DOMAIN_SET_USER_PASSWORD =
            function(LIBVIRT, "virDomainSetUserPassword", INT, POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_AGENT_SET_RESPONSE_TIMEOUT =
            function(LIBVIRT, "virDomainAgentSetResponseTimeout", INT, POINTER, INT, INT);

    private GuestFunctions() {}
}
