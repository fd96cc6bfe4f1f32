package org.bellwether.engine.notification;

import java.io.IOException;
import java.util.Locale;
import org.bellwether.engine.event.LoggedEvent;
import org.snmp4j.CommunityTarget;
import org.snmp4j.PDU;
import org.snmp4j.Snmp;
import org.snmp4j.Target;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.smi.GenericAddress;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.TimeTicks;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.VariableBinding;
import org.snmp4j.transport.DefaultUdpTransportMapping;

/**
 * By SNMP version 2c, with the secret as community. Nobody acknowledges a trap, so it counts as delivered when it has left.
 */
final class TrapCourier implements Courier {
    /** Below it, as the field's monitoring knows them: the trap itself (0.1), and its values (1.1 and on). */
    private static final String TREE = "1.3.6.1.4.1.2312.13.1";

    private static final int PORT = 162;

    @Override
    public void deliver(Channel channel, long delivery, String recipient, LoggedEvent event) throws Undelivered {
        try (DefaultUdpTransportMapping transport = new DefaultUdpTransportMapping();
                Snmp snmp = new Snmp(transport)) {
            PDU trap = new PDU();
            trap.setType(PDU.TRAP);
            fill(trap, channel.setting("oid", TREE), event);
            snmp.send(trap, target(channel));
        } catch (IOException | IllegalArgumentException failed) {
            throw new Undelivered("the trap could not be sent to " + channel.setting("address", ""), failed);
        }
    }

    private static void fill(PDU trap, String tree, LoggedEvent event) {
        trap.add(new VariableBinding(
                SnmpConstants.sysUpTime,
                new TimeTicks(java.lang.management.ManagementFactory.getRuntimeMXBean()
                                .getUptime()
                        / 10)));
        trap.add(new VariableBinding(SnmpConstants.snmpTrapOID, new OID(tree + ".0.1")));
        int place = 1;
        for (String value : new String[] {
            Long.toString(event.id()),
            Integer.toString(event.code()),
            event.severity().toUpperCase(Locale.ROOT),
            event.message(),
            event.time().toString(),
            event.userName().orElse("")
        }) {
            trap.add(new VariableBinding(new OID(tree + ".1." + place++), new OctetString(value)));
        }
    }

    private static UdpAddress address(Channel channel) {
        String written = channel.setting("address", "");
        String whole = written.contains("/") ? written : written + "/" + PORT;
        if (!(GenericAddress.parse("udp:" + whole) instanceof UdpAddress address) || !address.isValid()) {
            throw new IllegalArgumentException("'" + written + "' is no address such as 192.0.2.7 or 192.0.2.7/162");
        }
        return address;
    }

    private static Target<UdpAddress> target(Channel channel) {
        CommunityTarget<UdpAddress> target = new CommunityTarget<>(
                address(channel), new OctetString(channel.secret().isEmpty() ? "public" : channel.secret()));
        target.setVersion(SnmpConstants.version2c);
        return target;
    }
}
