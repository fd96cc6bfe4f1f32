package org.bellwether.engine.host;

import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.ssh.SshHost;
import org.bellwether.engine.platform.store.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins what renews hosts, and refuses where it could not end. */
final class HostUpgrades {

    private static final Logger log = LoggerFactory.getLogger(HostUpgrades.class);

    private final Database database;
    private final Hosts hosts;
    private final Operations operations;
    private final HostScript script;
    private final CheckUpdates check;
    private final UpgradeHost upgrade;
    private final Events events;

    HostUpgrades(
            Database database,
            Hosts hosts,
            Operations operations,
            HostScript script,
            CheckUpdates check,
            UpgradeHost upgrade,
            Events events) {
        this.database = database;
        this.hosts = hosts;
        this.operations = operations;
        this.script = script;
        this.check = check;
        this.upgrade = upgrade;
        this.events = events;
    }

    /** Looks for updates; tells by events what came of it, as the field's tools wait for them. */
    Job check(Host host, Asker asker) {
        var ssh = reached(host, "looked at for updates");
        var running = operations.holding(CheckUpdates.lock(host.id()));
        if (running.isPresent()) {
            tell(
                    host,
                    EventCode.HOST_UPDATES_BEING_CHECKED,
                    asker,
                    "Host " + host.name() + " is being looked at for updates already.");
            return running.get();
        }
        return operations.begin(
                check,
                new CheckUpdates.Request(host.id(), ssh, asker),
                asker,
                tx -> events.add(
                        tx,
                        EventCode.HOST_UPDATES_CHECK_STARTED,
                        asker,
                        check.concerns(host.id()),
                        "Host " + host.name() + " is looked at for updates."));
    }

    /** All that serve and can be asked, one after the other. */
    void checkAll() {
        hosts.model().all().stream()
                .filter(host -> hosts.status(host) == HostStatus.UP
                        && HostScript.of(host).isPresent())
                .filter(host -> operations.holding(host.id()).isEmpty())
                .forEach(host -> {
                    try {
                        operations.await(check(host, Asker.engine()), HostScript.SLOW);
                    } catch (Failure told) {
                        log.debug("Host {} was not looked at for updates", host.name(), told);
                    }
                });
    }

    /** @param restart whether it may be restarted */
    Job begin(Host host, boolean restart, Asker asker) {
        var ssh = reached(host, "upgraded");
        script.requireArchive();
        // What it was before the first try counts: one that failed may have left it in maintenance.
        boolean serving = host.wanted() == Host.Wanted.ACTIVE || host.upgradeLeft();
        return operations.begin(
                upgrade,
                new UpgradeHost.Request(host.id(), ssh, serving, restart, asker),
                asker,
                tx -> events.add(
                        tx,
                        EventCode.HOST_UPGRADE_STARTED,
                        asker,
                        check.concerns(host.id()),
                        "Host " + host.name() + " is being upgraded, as " + asker.name() + " wished."));
    }

    private SshHost reached(Host host, String wish) {
        var status = hosts.status(host);
        boolean ready =
                (status == HostStatus.UP || status == HostStatus.MAINTENANCE) && host.wanted() != Host.Wanted.ASLEEP;
        var ssh = HostScript.of(host);
        if (ssh.isPresent() && ready) {
            return ssh.get();
        }
        var refused = Failure.conflict("Host " + host.name() + " cannot be " + wish)
                .because(
                        ssh.isEmpty()
                                ? "it was enrolled with a token, and the engine's key is not let in there"
                                : "it is neither up nor in maintenance")
                .undone("Nothing was changed")
                .next(
                        ssh.isEmpty()
                                ? "Install it over SSH, in maintenance, with root's password once: bw host install "
                                        + host.name()
                                : "Bring it up, or move it to maintenance");
        tell(host, EventCode.HOST_UPDATES_CHECK_SKIPPED, Asker.engine(), refused.detail());
        throw refused;
    }

    private void tell(Host host, EventCode code, Asker asker, String message) {
        database.change(tx -> events.add(tx, code, asker, check.concerns(host.id()), message));
    }
}
