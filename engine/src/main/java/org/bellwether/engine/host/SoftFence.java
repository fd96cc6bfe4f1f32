package org.bellwether.engine.host;

import java.util.Optional;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.ssh.SshHost;
import org.bellwether.engine.platform.store.Database;

/**
 * Starts the agent of a silent host again over SSH, with the engine's key. Its machines run on meanwhile, so this is tried
 * before its power is touched.
 */
public final class SoftFence {

    private static final int SSH_PORT = 22;

    private final Database database;
    private final InstallHost install;
    private final Events events;

    public SoftFence(Database database, InstallHost install, Events events) {
        this.database = database;
        this.install = install;
        this.events = events;
    }

    /** Whether it was installed over SSH: then it knows the engine's key, and the engine knows the host's. */
    public boolean possible(Host host) {
        return ssh(host).isPresent();
    }

    private static Optional<SshHost> ssh(Host host) {
        var ssh = host.spec().ssh();
        if (ssh == null || ssh.fingerprint() == null || ssh.fingerprint().isBlank()) {
            return Optional.empty();
        }
        int port = ssh.port() == null ? SSH_PORT : Math.toIntExact(ssh.port());
        return Optional.of(new SshHost(host.name(), host.address(), port, ssh.fingerprint()));
    }

    public void restartAgent(Host host) {
        ssh(host).ifPresent(ssh -> {
            try {
                install.startAgain(ssh);
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
