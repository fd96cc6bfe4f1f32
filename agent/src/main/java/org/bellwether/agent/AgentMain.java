package org.bellwether.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.bellwether.agent.host.HostFacts;
import org.bellwether.agent.identity.Enrolment;
import org.bellwether.agent.identity.HostIdentity;
import org.bellwether.agent.platform.FileIdentity;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.Libvirt;
import org.bellwether.libvirt.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The daemon's entry: runs the agent, or enrols this host with an engine. */
public final class AgentMain {
    private static final String USAGE = """
            usage: AgentMain --config FILE
                   AgentMain --config FILE --enrol TOKEN --name NAME --address ADDRESS [--ssh-port PORT --ssh-keys FINGERPRINTS]

            The first runs the agent. The second makes this host one of the engine's: TOKEN is the line that the
            engine printed, ADDRESS is where the engine and other hosts reach this host. Where the engine's key has
            been let in, the fingerprints of the keys that sshd shows let it know whom it speaks with there.""";
    private static final Set<String> OPTIONS =
            Set.of("--config", "--enrol", "--name", "--address", "--ssh-port", "--ssh-keys");
    private static final int WRONG_USE = 2;
    private static final int FAILED = 1;

    private AgentMain() {}

    @SuppressWarnings("SystemOut") // what a person at the terminal reads
    public static void main(String[] arguments) throws InterruptedException {
        spareMemory();
        int status = run(arguments, System.out, System.err);
        if (status != 0) {
            System.exit(status);
        }
    }

    /** One engine talks to us: Netty's pools, which grow with processors, need not be large. */
    private static void spareMemory() {
        String allocator = "io.grpc.netty.shaded.io.netty.allocator.";
        System.setProperty(allocator + "numDirectArenas", "1");
        System.setProperty(allocator + "numHeapArenas", "1");
        System.setProperty(allocator + "maxOrder", "5");
        System.setProperty("io.grpc.netty.shaded.io.netty.eventLoopThreads", "1");
    }

    private static int run(String[] arguments, PrintStream out, PrintStream err) throws InterruptedException {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!OPTIONS.contains(arguments[i]) || i + 1 >= arguments.length) {
                err.println(USAGE);
                return WRONG_USE;
            }
            options.put(arguments[i], arguments[i + 1]);
        }
        String file = options.get("--config");
        if (file == null) {
            err.println(USAGE);
            return WRONG_USE;
        }
        try {
            AgentConfig config = AgentConfig.read(Path.of(file));
            Files.createDirectories(config.stateDirectory());
            Files.setPosixFilePermissions(config.stateDirectory(), PosixFilePermissions.fromString("rwx------"));
            return options.containsKey("--enrol") ? enrol(config, options, out, err) : serve(config);
        } catch (AgentConfig.InvalidConfig | HostIdentity.Unusable | Enrolment.Failed e) {
            err.println(e.getMessage());
            return FAILED;
        } catch (IOException e) {
            err.println("The agent cannot run: " + e.getMessage());
            return FAILED;
        }
    }

    private static int enrol(AgentConfig config, Map<String, String> options, PrintStream out, PrintStream err)
            throws Enrolment.Failed {
        String name = options.get("--name");
        String address = options.get("--address");
        if (name == null || address == null) {
            err.println(USAGE);
            return WRONG_USE;
        }
        Enrolment.Ssh ssh;
        try {
            ssh = new Enrolment.Ssh(
                    Integer.parseInt(options.getOrDefault("--ssh-port", "22")), options.getOrDefault("--ssh-keys", ""));
        } catch (NumberFormatException e) {
            err.println(USAGE);
            return WRONG_USE;
        }
        String hostId = new Enrolment(config.stateDirectory())
                .enrol(
                        options.getOrDefault("--enrol", ""),
                        new Enrolment.Host(name, address, config.listenPort(), hardwareUuid(config), ssh));
        out.println("This host is enrolled as " + name + " with the id " + hostId + ".");
        return 0;
    }

    private static int serve(AgentConfig config) throws IOException, HostIdentity.Unusable, InterruptedException {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        Logger log = LoggerFactory.getLogger(AgentMain.class);
        HostIdentity identity = HostIdentity.read(config.stateDirectory());
        FileIdentity.assume();
        Agent agent = Agent.start(config, identity);
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            log.info("stopping; machines run on");
            agent.close();
            main.interrupt();
        }));
        log.info("host {} listens on {}:{}", identity.hostId(), config.listenAddress(), agent.port());
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            log.debug("stopped");
        }
        return 0;
    }

    private static String hardwareUuid(AgentConfig config) {
        try (Connection connection = Libvirt.open(config.libvirtUri())) {
            return HostFacts.hardwareUuid(connection);
        } catch (LibvirtException e) {
            return HostFacts.hardwareUuid(null);
        }
    }
}
