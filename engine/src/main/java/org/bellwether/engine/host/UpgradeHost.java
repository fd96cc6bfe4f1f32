package org.bellwether.engine.host;

import static org.bellwether.engine.host.HostScript.QUICK;
import static org.bellwether.engine.host.HostScript.SLOW;

import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.ssh.SshHost;
import org.bellwether.engine.platform.store.Transaction;

/**
 * Renews what runs a host: the packages of its distribution, for which its machines leave first, and the agent, which is
 * renewed under them. It is restarted when something new needs that, and serves again afterwards if it served before. Each
 * step looks first what is there: an upgrade that was cut off goes on, and one that failed is simply begun again.
 */
final class UpgradeHost implements Operation<UpgradeHost.Request> {

    static final String KIND = "upgrade-host";

    private static final String FIND = "see what is to be renewed";
    private static final String LEAVE = "take it out of service";
    private static final String RETURN = "take it into service again";

    private final Hosts hosts;
    private final Agents agents;
    private final CheckUpdates updates;
    private final HostScript script;
    private final HostBoot boot;
    private final BiConsumer<Host, Asker> evacuate;
    private final Events events;

    /** @param evacuate as {@link MaintainHost} has it */
    UpgradeHost(
            Hosts hosts,
            Agents agents,
            CheckUpdates updates,
            HostScript script,
            HostBoot boot,
            BiConsumer<Host, Asker> evacuate,
            Events events) {
        this.hosts = hosts;
        this.agents = agents;
        this.updates = updates;
        this.script = script;
        this.boot = boot;
        this.evacuate = evacuate;
        this.events = events;
    }

    /**
     * @param serving whether it serves machines, or did before an upgrade of it failed, and is to do so again afterwards
     * @param restart whether it may be restarted
     */
    record Request(Id<Host> host, SshHost ssh, boolean serving, boolean restart, Asker asker) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Upgrading Host " + request.ssh().name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.host().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var ssh = request.ssh();
        var found = journal.step(FIND, HostUpdates.class, () -> updates.look(ssh));
        // An earlier try that failed may have renewed what this one does not find any more.
        boolean disturb = found.disturb() || hosts.get(request.host()).upgradeLeft();
        boolean leaves = disturb && request.serving();
        if (leaves) {
            journal.step(
                    "migrate its machines away", () -> evacuate.accept(hosts.get(request.host()), request.asker()));
            journal.commit(LEAVE, tx -> hosts.update(tx, request.host(), Host::leavingForUpgrade));
        }
        if (!found.packages().isEmpty()) {
            journal.step("renew its packages", () -> script.say(ssh, SLOW, "renewing packages", "upgrade"));
        }
        if (found.agent()) {
            // A later agent may need what an earlier one did not.
            journal.step("install packages", () -> script.say(ssh, SLOW, "installing packages", "packages"));
            journal.step("put the agent there", () -> script.putAgent(ssh));
            journal.step("configure the agent", () -> script.say(ssh, QUICK, "configuring the agent", "configure"));
            journal.step("configure libvirt", () -> script.say(ssh, QUICK, "configuring libvirt", "libvirt"));
            journal.step("start the agent", () -> script.say(ssh, QUICK, "starting the agent", "start"));
        }
        if (disturb && request.restart()) {
            restart(ssh, journal);
        }
        if (found.any()) {
            journal.step("hear of it", () -> agents.of(request.host().value(), SLOW));
        }
        if (leaves) {
            journal.commit(RETURN, tx -> hosts.update(tx, request.host(), host -> host.wanting(Host.Wanted.ACTIVE)));
        }
    }

    private void restart(SshHost ssh, Journal journal) {
        var before = journal.step("see whether it is to be restarted", String.class, () -> boot.wanted(ssh));
        if (!before.isEmpty()) {
            boot.end(ssh, before, journal);
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var found = journal.outcome(FIND, HostUpdates.class).orElseThrow();
        boolean waits = found.disturb() && !request.restart();
        updates.note(tx, request.host(), false);
        events.add(
                tx,
                EventCode.HOST_UPGRADED,
                request.asker(),
                updates.concerns(request.host()),
                "Host " + request.ssh().name()
                        + (found.any() ? " is upgraded: " + found.inWords() + "." : " had nothing to be renewed.")
                        + (waits ? " It was not restarted, as was wished; some of it may wait for that." : ""));
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        boolean left =
                hosts.model().find(request.host()).filter(Host::upgradeLeft).isPresent();
        var name = request.ssh().name();
        events.add(
                tx,
                EventCode.HOST_UPGRADE_FAILED,
                request.asker(),
                updates.concerns(request.host()),
                "Host " + name + " is not upgraded: " + failure.detail()
                        + (left
                                ? " It is in maintenance; bw host upgrade " + name
                                        + " goes on from there, and bw host activate " + name
                                        + " takes it into service as it is."
                                : ""));
    }
}
