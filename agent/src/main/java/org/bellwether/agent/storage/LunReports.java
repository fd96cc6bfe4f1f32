package org.bellwether.agent.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bellwether.agent.platform.Command;
import org.bellwether.protocol.Lun;

/** The LUNs of this host as the engine is told of them, with what is on each. */
final class LunReports {
    private final Lvm lvm;
    private final Luns luns;
    private final BlockDomains domains;

    LunReports(Lvm lvm, Luns luns, BlockDomains domains) {
        this.lvm = lvm;
        this.luns = luns;
        this.domains = domains;
    }

    /** The LUNs of a domain, as the engine is told of them. */
    List<Lun> describe(String id) {
        List<Iscsi.Session> sessions = new Iscsi().sessions();
        return domains.luns(id).stream()
                .map(lun -> describe(lun, sessions)
                        .setVolumeGroup(id)
                        .setDomainId(id)
                        .build())
                .toList();
    }

    /** All LUNs of this host with what they are used for. */
    List<Lun> describeAll() {
        List<Iscsi.Session> sessions = new Iscsi().sessions();
        Map<String, Lvm.Physical> physicals = new HashMap<>();
        lvm.physicals().forEach(physical -> physicals.put(physical.device(), physical));
        List<Lun> described = new ArrayList<>();
        for (Luns.Lun lun : luns.all()) {
            Lun.Builder builder = describe(lun, sessions);
            Lvm.Physical physical = physicals.get(lun.device());
            if (lun.held()) {
                builder.setHeld(true).setUsedFor("the host itself");
            } else if (lun.ownUse()) {
                builder.setUsedFor("partitions");
            } else if (physical == null) {
                builder.setUsedFor(signature(lun));
            } else if (!physical.group().isEmpty()) {
                builder.setVolumeGroup(physical.group());
                if (physical.groupTags().contains(BlockDomains.READY)) {
                    builder.setDomainId(physical.group());
                } else {
                    builder.setUsedFor("the volume group " + physical.group());
                }
            }
            described.add(builder.build());
        }
        return described;
    }

    private static Lun.Builder describe(Luns.Lun lun, List<Iscsi.Session> sessions) {
        return Lun.newBuilder()
                .setId(lun.id())
                .setDevice(lun.device())
                .setBytes(lun.bytes())
                .setVendor(lun.vendor())
                .setProduct(lun.product())
                .setSerial(lun.serial())
                .setNumber(lun.number())
                .setPaths(lun.paths())
                .addAllTargets(sessions.stream()
                        .filter(session -> lun.sessions().contains(session.number()))
                        .map(Iscsi.Session::target)
                        .toList());
    }

    /** What blkid finds on it; empty: nothing. */
    static String signature(Luns.Lun lun) {
        Command.Outcome outcome = Command.of("blkid", "-p", "-o", "value", "-s", "TYPE", "-s", "PTTYPE", lun.device())
                .run(Duration.ofSeconds(20));
        return outcome.output().strip().replace('\n', ' ');
    }
}
