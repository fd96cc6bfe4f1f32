package org.bellwether.engine.host;

import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;

/**
 * Starts the agent of a silent host again over SSH, with the engine's key. Its machines run on meanwhile, so this is tried
 * before its power is touched.
 */
public final class SoftFence {

    private final Database database;
    private final HostScript script;
    private final Events events;

    public SoftFence(Database database, HostScript script, Events events) {
        this.database = database;
        this.script = script;
        this.events = events;
    }

    /** Whether it was installed over SSH: then it knows the engine's key, and the engine knows the host's. */
    public boolean possible(Host host) {
        return HostScript.of(host).isPresent();
    }

    public void restartAgent(Host host) {
        HostScript.of(host).ifPresent(ssh -> {
            try {
                script.say(ssh, HostScript.QUICK, "starting the agent again", "start");
                tell(
                        host,
                        EventCode.AGENT_RESTARTED,
                        "Host " + host.name() + " was silent; its agent was started again over SSH.");
            } catch (Failure failure) {
                tell(
                        host,
                        EventCode.AGENT_RESTART_FAILED,
                        "Host " + host.name() + " is silent and its agent was not started again over SSH: "
                                + failure.detail());
            }
        });
    }

    private void tell(Host host, EventCode code, String message) {
        database.change(tx -> events.add(
                tx, code, Asker.engine(), Concerns.NOTHING.withHost(host.id()).withCluster(host.cluster()), message));
    }
}
