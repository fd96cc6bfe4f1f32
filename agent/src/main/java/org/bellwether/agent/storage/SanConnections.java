package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.IscsiTarget;
import org.bellwether.protocol.StorageConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes block domains appear on this host, and go: sessions to their targets, their special volumes, their tree of links. */
final class SanConnections {
    private static final Logger LOG = LoggerFactory.getLogger(SanConnections.class);

    private final Iscsi iscsi;
    private final LunScan scan;
    private final Luns luns;
    private final BlockDomains domains;
    private final DirectLuns direct;

    SanConnections(Iscsi iscsi, LunScan scan, Luns luns, BlockDomains domains, DirectLuns direct) {
        this.iscsi = iscsi;
        this.scan = scan;
        this.luns = luns;
        this.domains = domains;
        this.direct = direct;
    }

    /**
     * Logs in everywhere and opens the domain if it is there and not open; one that is yet to be made is not there. One
     * portal of several is enough.
     */
    void connect(StorageConnection connection, Mount mount) throws IOException {
        List<Refusal> failures = connection.getTargetsList().stream()
                .map(this::tryLogin)
                .flatMap(List::stream)
                .toList();
        if (!failures.isEmpty() && failures.size() == connection.getTargetsCount()) {
            throw failures.getFirst();
        }
        if (mount.anyGroup()) {
            return;
        }
        DomainPlace place = place(mount);
        if (BlockDomains.isOpen(place)) {
            return;
        }
        if (!domains.ids().contains(place.id())) {
            scan.run();
        }
        if (domains.ids().contains(place.id())) {
            domains.open(place);
            LOG.info("connected storage domain {}", place.id());
        }
    }

    private List<Refusal> tryLogin(IscsiTarget target) {
        try {
            scan.login(target);
            return List.of();
        } catch (Refusal e) {
            LOG.warn("{}", e.getMessage());
            return List.of(e);
        }
    }

    /** Closes the domain, and the sessions that no other open domain needs. */
    void disconnect(StorageConnection connection, Mount mount) throws IOException {
        if (!mount.anyGroup()) {
            domains.close(place(mount));
        }
        Set<Integer> needed = needed(mount.tree());
        for (Iscsi.Session session : iscsi.sessions()) {
            for (IscsiTarget target : connection.getTargetsList()) {
                if (Iscsi.same(session.target(), target) && !needed.contains(session.number())) {
                    iscsi.logout(target);
                }
            }
        }
    }

    /** The sessions of all domains that are open, and of LUNs that are in use otherwise. */
    private Set<Integer> needed(Path tree) {
        Set<Integer> needed = new HashSet<>(direct.sessions());
        for (Path open : Luns.list(tree)) {
            domains.luns(String.valueOf(open.getFileName())).forEach(lun -> needed.addAll(lun.sessions()));
        }
        luns.all().stream().filter(Luns.Lun::ownUse).forEach(lun -> needed.addAll(lun.sessions()));
        return needed;
    }

    private static DomainPlace place(Mount mount) {
        return mount.domain(String.valueOf(mount.point().getFileName()));
    }
}
