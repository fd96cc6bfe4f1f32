package org.bellwether.engine.notification;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.bellwether.engine.event.LoggedEvent;
import org.snmp4j.CommunityTarget;
import org.snmp4j.MessageDispatcherImpl;
import org.snmp4j.PDU;
import org.snmp4j.ScopedPDU;
import org.snmp4j.Snmp;
import org.snmp4j.UserTarget;
import org.snmp4j.mp.CounterSupport;
import org.snmp4j.mp.MPv3;
import org.snmp4j.mp.SnmpConstants;
import org.snmp4j.security.SecurityLevel;
import org.snmp4j.security.SecurityModels;
import org.snmp4j.smi.GenericAddress;
import org.snmp4j.smi.OID;
import org.snmp4j.smi.OctetString;
import org.snmp4j.smi.TimeTicks;
import org.snmp4j.smi.UdpAddress;
import org.snmp4j.smi.VariableBinding;
import org.snmp4j.transport.DefaultUdpTransportMapping;
import org.snmp4j.util.DefaultPDUFactory;

/**
 * By SNMP: version 2c with the secret as community, or version 3, signed and encrypted. Nobody acknowledges a trap, so it counts as
 * delivered when it has left.
 */
final class TrapCourier implements Courier {
    /** Below it, as the field's monitoring knows them: the trap itself (0.1), and its values (1.1 and on). */
    private static final String TREE = "1.3.6.1.4.1.2312.13.1";

    private static final int PORT = 162;

    private final TrapEngine engine;

    TrapCourier(TrapEngine engine) {
        this.engine = engine;
    }

    @Override
    public void deliver(Channel channel, long delivery, String recipient, LoggedEvent event) throws Undelivered {
        var security = TrapSecurity.of(channel);
        try {
            if (security.isPresent()) {
                sendProtected(channel, security.get(), event);
            } else {
                sendPlain(channel, event);
            }
        } catch (IOException | IllegalArgumentException failed) {
            throw new Undelivered("the trap could not be sent to " + channel.setting("address", ""), failed);
        }
    }

    private static void sendPlain(Channel channel, LoggedEvent event) throws IOException {
        try (var transport = new DefaultUdpTransportMapping();
                var snmp = new Snmp(transport)) {
            PDU trap = new PDU();
            trap.setType(PDU.TRAP);
            fill(trap, channel.setting("oid", TREE), event);
            CommunityTarget<UdpAddress> target = new CommunityTarget<>(
                    address(channel), new OctetString(channel.secret().isEmpty() ? "public" : channel.secret()));
            target.setVersion(SnmpConstants.version2c);
            snmp.send(trap, target);
        }
    }

    private void sendProtected(Channel channel, TrapSecurity security, LoggedEvent event) throws IOException {
        var usm = engine.security(security);
        var models = new SecurityModels();
        models.addSecurityModel(usm);
        var dispatcher = new MessageDispatcherImpl();
        var processing = new MPv3(
                engine.id(), new DefaultPDUFactory(), security.protocols(), models, CounterSupport.getInstance());
        // By itself it begins with a number made of the engine's starts, which is negative for half of them: receivers
        // refuse it.
        processing.setCurrentMsgID(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
        dispatcher.addMessageProcessingModel(processing);
        try (var transport = new DefaultUdpTransportMapping();
                var snmp = new Snmp(dispatcher, transport)) {
            ScopedPDU trap = new ScopedPDU();
            trap.setType(PDU.TRAP);
            trap.setContextEngineID(new OctetString(engine.id()));
            fill(trap, channel.setting("oid", TREE), event);
            UserTarget<UdpAddress> target = new UserTarget<>(
                    address(channel),
                    new OctetString(security.user()),
                    engine.id(),
                    security.encrypts() ? SecurityLevel.AUTH_PRIV : SecurityLevel.AUTH_NOPRIV);
            target.setVersion(SnmpConstants.version3);
            snmp.send(trap, target);
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
}
