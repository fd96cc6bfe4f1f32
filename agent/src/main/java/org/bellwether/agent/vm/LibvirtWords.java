package org.bellwether.agent.vm;

import org.bellwether.agent.platform.Refusal;
import org.bellwether.libvirt.ErrorCode;
import org.bellwether.libvirt.ErrorDomain;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.protocol.Error;

/** Gives libvirt's failures their code and keeps its words. */
final class LibvirtWords {
    private LibvirtWords() {}

    static Refusal refusal(String what, LibvirtException e) {
        Error.Code code = e.domain() == ErrorDomain.RPC ? Error.Code.UNREACHABLE : code(e.code());
        Refusal refusal = Refusal.of(code, what).because(String.valueOf(e.getMessage()));
        return switch (code) {
            case UNREACHABLE -> refusal.next("Whether it was done is not known: look again when libvirt answers.");
            case TIMED_OUT -> refusal.next("Something else holds the machine in QEMU: try again later.");
            case REFUSED, UNKNOWN, NOT_FOUND, WRONG_STATE, IN_USE, NO_SPACE, BROKEN, BAD_REQUEST, UNRECOGNIZED ->
                refusal;
        };
    }

    private static Error.Code code(ErrorCode code) {
        if (code == ErrorCode.NO_DOMAIN) {
            return Error.Code.NOT_FOUND;
        }
        if (code == ErrorCode.OPERATION_TIMEOUT || code == ErrorCode.AGENT_UNRESPONSIVE) {
            return Error.Code.TIMED_OUT;
        }
        if (code == ErrorCode.RPC || code == ErrorCode.NO_CONNECT || code == ErrorCode.INVALID_CONN) {
            return Error.Code.UNREACHABLE;
        }
        if (code == ErrorCode.OPERATION_INVALID) {
            return Error.Code.WRONG_STATE;
        }
        return Error.Code.REFUSED;
    }
}
