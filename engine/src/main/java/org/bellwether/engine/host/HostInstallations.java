package org.bellwether.engine.host;

import java.util.Optional;
import org.bellwether.api.types.Ssh;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.ssh.SshHost;
import org.jspecify.annotations.Nullable;

/**
 * Takes wishes for hosts that are to be installed over SSH. The machine is visited while the person waits: who it is, whether
 * it lets root in, and that it knows the engine's key from then on; so a password is used once and kept nowhere.
 */
public final class HostInstallations {

    private static final int SSH_PORT = 22;
    private static final int AGENT_PORT = 54_321;
    private static final String SHA256 = "SHA256:";

    private final Hosts hosts;
    private final Clusters clusters;
    private final Operations operations;
    private final InstallHost install;
    private final HostScript script;
    private final Events events;

    public HostInstallations(
            Hosts hosts,
            Clusters clusters,
            Operations operations,
            InstallHost install,
            HostScript script,
            Events events) {
        this.hosts = hosts;
        this.clusters = clusters;
        this.operations = operations;
        this.install = install;
        this.script = script;
        this.events = events;
    }

    /** Adds a host and begins to install it. */
    Host add(org.bellwether.api.types.Host sent, org.bellwether.api.types.Host spec, Asker asker) {
        var name = Names.checked(sent.name(), "a host");
        var address = Optional.ofNullable(sent.address())
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> Failure.badRequest("The host " + name + " has no address")
                        .next("Say by which name or IP address the engine and other hosts reach it"));
        var cluster = clusters.referred(sent.cluster());
        hosts.model().all().stream()
                .filter(host -> host.name().equals(name) || host.address().equals(address))
                .findFirst()
                .ifPresent(host -> {
                    throw Failure.conflict("There is a host " + host.name() + " at " + host.address() + " already")
                            .undone("Nothing was changed")
                            .next("Choose another name and address; to install that one again say: bw host install");
                });
        script.requireArchive();
        var ssh = visit(name, address, sent.ssh(), sent.rootPassword());
        var host = new Host(
                Id.random(),
                name,
                cluster.id(),
                address,
                AGENT_PORT,
                Host.Wanted.INSTALLATION,
                spec.toBuilder().ssh(shown(ssh)).build());
        operations.begin(install, new InstallHost.Request(host.id(), ssh, asker), asker, tx -> {
            hosts.insert(tx, host);
            events.add(
                    tx,
                    EventCode.HOST_ADDED,
                    asker,
                    Concerns.NOTHING.withHost(host.id()).withCluster(cluster.id()),
                    "Host " + name + " at " + address + " was added by " + asker.name() + "; its SSH key is "
                            + ssh.fingerprint() + ".");
        });
        return hosts.get(host.id());
    }

    /** Installs a host again, or goes on with what failed; answers the job. */
    String again(Host host, @Nullable Ssh said, @Nullable String password, Asker asker) {
        if (host.wanted() == Host.Wanted.ACTIVE) {
            throw Failure.conflict("Cannot install host " + host.name() + " again")
                    .because("it is in service")
                    .undone("Nothing was changed")
                    .next("Move it to maintenance first");
        }
        script.requireArchive();
        operations.requireFree(host.id(), "installing host " + host.name());
        var known = Optional.ofNullable(host.spec().ssh())
                .orElseGet(() -> Ssh.builder().build());
        var wish = said == null ? known : Ssh.TYPE.merge(known, said);
        var ssh = visit(host.name(), host.address(), wish, password);
        return operations
                .begin(
                        install,
                        new InstallHost.Request(host.id(), ssh, asker),
                        asker,
                        tx -> hosts.update(tx, host.id(), before -> before.knownAs(shown(ssh))))
                .id()
                .toString();
    }

    private SshHost visit(String name, String address, @Nullable Ssh said, @Nullable String password) {
        var ssh = said == null ? Ssh.builder().build() : said;
        var user = ssh.user();
        if (user != null && user.userName() != null && !"root".equals(user.userName())) {
            throw Failure.badRequest("Host " + name + " cannot be installed as the user " + user.userName())
                    .undone("Nothing was changed")
                    .next("Leave the user out: hosts are installed by root");
        }
        long port = Optional.ofNullable(ssh.port()).orElse((long) SSH_PORT);
        if (port < 1 || port > 65_535) {
            throw Failure.badRequest("The port " + port + " of SSH is none").next("Ports go from 1 to 65535");
        }
        var fingerprint =
                Optional.ofNullable(ssh.fingerprint()).map(String::strip).orElse("");
        if (!fingerprint.isEmpty() && !fingerprint.startsWith(SHA256)) {
            throw Failure.badRequest("The fingerprint '" + fingerprint + "' is not of the form SHA256:…")
                    .next("Look on the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
        }
        var given = Optional.ofNullable(password)
                .or(() -> Optional.ofNullable(user).map(org.bellwether.api.types.User::password))
                .filter(text -> !text.isEmpty())
                .map(Secret::of);
        return script.letIn(new SshHost(name, address, (int) port, fingerprint), given);
    }

    private static Ssh shown(SshHost ssh) {
        return Ssh.builder()
                .port((long) ssh.port())
                .fingerprint(ssh.fingerprint())
                .build();
    }
}
