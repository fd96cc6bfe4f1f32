package org.bellwether.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Predicate;
import org.bellwether.agent.backup.Backups;
import org.bellwether.agent.cockpit.Cockpit;
import org.bellwether.agent.heir.Heirs;
import org.bellwether.agent.host.HostFacts;
import org.bellwether.agent.host.KvmProbe;
import org.bellwether.agent.host.Qemu;
import org.bellwether.agent.host.ThreadsProbe;
import org.bellwether.agent.identity.CertificateRenewal;
import org.bellwether.agent.identity.HostIdentity;
import org.bellwether.agent.identity.LiveIdentity;
import org.bellwether.agent.identity.QemuKeys;
import org.bellwether.agent.keeper.Keeper;
import org.bellwether.agent.keeper.LocalDoor;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.memory.MemoryKeeper;
import org.bellwether.agent.network.HostNetworking;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.ReservedPorts;
import org.bellwether.agent.storage.Archives;
import org.bellwether.agent.storage.OvfStreams;
import org.bellwether.agent.storage.SealImages;
import org.bellwether.agent.storage.Storage;
import org.bellwether.agent.transfer.TransferServer;
import org.bellwether.agent.transfer.Transfers;
import org.bellwether.agent.vm.Balloons;
import org.bellwether.agent.vm.LeaseDoor;
import org.bellwether.agent.vm.LibvirtLink;
import org.bellwether.agent.vm.NetworkFilters;
import org.bellwether.agent.vm.VirtualMachines;
import org.bellwether.agent.watch.Reports;
import org.bellwether.libvirt.Connection;
import org.bellwether.protocol.Release;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running agent: everything it is made of, wired by hand. Closing it touches no machine. */
final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final String EMULATOR = "qemu-system-x86_64";
    private static final Path RUN = Path.of("/run/bellwether-agent");

    private final Lanes lanes;
    private final LibvirtLink link;
    private final Watching watching;
    private final AgentServer server;
    private final TransferServer transferServer;
    private final HostNetworking networking;
    private final Keeper keeper;
    private final LocalDoor localDoor;
    private final Heirs heirs;
    private final MemoryKeeper memory;
    private final Cockpit cockpit;

    private Agent(
            Lanes lanes,
            LibvirtLink link,
            Watching watching,
            AgentServer server,
            TransferServer transferServer,
            HostNetworking networking,
            Keeper keeper,
            LocalDoor localDoor,
            Heirs heirs,
            MemoryKeeper memory,
            Cockpit cockpit) {
        this.lanes = lanes;
        this.link = link;
        this.watching = watching;
        this.server = server;
        this.transferServer = transferServer;
        this.networking = networking;
        this.keeper = keeper;
        this.localDoor = localDoor;
        this.heirs = heirs;
        this.memory = memory;
        this.cockpit = cockpit;
    }

    /** For the host's page in Cockpit, which runs without the agent too, and looks at the usual places when this is not there. */
    private static void tellPlaces(Path run, AgentConfig config) {
        String places = "state-dir=%s%nmount-root=%s%n".formatted(config.stateDirectory(), config.mountRoot());
        try {
            Files.createDirectories(run);
            Files.writeString(run.resolve("places"), places);
        } catch (IOException e) {
            LOG.warn("the page in Cockpit is not told where things are: {}", e.toString());
        }
    }

    static Agent start(AgentConfig config, HostIdentity identity) throws IOException {
        Clock clock = Clock.systemUTC();
        Path state = config.stateDirectory();
        Qemu qemu = new Qemu(new KvmProbe(state, EMULATOR).works(), new ThreadsProbe(state, EMULATOR).survives());
        Lanes lanes = new Lanes();
        Reports reports = new Reports(clock);
        Path run = RUN.resolve(identity.hostId());
        tellPlaces(run, config);
        Changed changed = new Changed();
        HostNetworking networking = new HostNetworking(state, run, () -> changed.told.run());
        networking.recover();
        HostFacts host = new HostFacts(
                identity.hostId(),
                Release.version(),
                qemu::kvm,
                networking::observe,
                Cockpit::installed,
                SealImages::installed);
        LibvirtLink link = new LibvirtLink(config.libvirtUri());
        // Storage asks the machines what is in use, and the machines ask storage for their files.
        InUse inUse = new InUse();
        Leases leases = new Leases("sanlock", config.sanlockIoTimeout(), lanes.threads(), clock);
        Storage storage = new Storage(config.mountRoot(), state, lanes, clock, inUse, reports::task, leases);
        VirtualMachines machines = new VirtualMachines(
                link,
                state,
                lanes,
                reports,
                clock,
                qemu,
                storage::prepare,
                storage::prepareDisk,
                storage.images()::retire,
                storage.merges(),
                new LeaseDoor(storage.leases()::prepareLease, leases.machines()),
                new VirtualMachines.MigrationDoor(identity.address(), config.libvirtTlsPort(), identity.directory()));
        inUse.asked = machines::usesPath;
        leases.lockspaces().beforeJoin(machines::endOutrun);
        LiveIdentity live = new LiveIdentity(identity);
        CertificateRenewal certificates = new CertificateRenewal(state, live, clock);
        certificates.forgetEnded();
        QemuKeys.copy(identity);
        TransferServer transferServer = new TransferServer(live, lanes, run);
        Backups backups = new Backups(machines, storage::prepare, lanes, state, run, config.scratchDirectory());
        Transfers transfers = new Transfers(storage.images(), backups, lanes, run, transferServer::port);
        transfers.recover();
        ReservedPorts.keep(config.listenPort(), config.transferPort());
        transferServer.start(config.listenAddress(), config.transferPort(), transfers);
        Cockpit cockpit = new Cockpit(live, config.listenAddress(), config.cockpitPort(), run, state);
        Watching watching = new Watching(reports, host, machines, storage, () -> {
            transferServer.lookAgain();
            transfers.sweep();
            backups.sweepOver();
            cockpit.sweep();
            certificates.forgetEnded();
        });
        Archives archives = storage.archives(config.exchangeDirectories(), qemu.kvm());
        ServiceParts service = new ServiceParts(List.of(
                new HostService(host, watching),
                new MachineService(machines),
                new DomainService(storage, new OvfStreams(storage, lanes)),
                new ImageService(machines, storage, archives),
                new ExchangeService(transfers, backups, archives)));
        Keeper keeper =
                new Keeper(config.engineHaInterval(), state, run, identity.hostId(), storage, machines, host, lanes);
        Heirs heirs = new Heirs(state, storage, machines, lanes, clock);
        MemoryKeeper memory = new MemoryKeeper(state, new Balloons(link), config.memoryLowPercent());
        AgentServer server = AgentServer.start(
                config,
                live,
                service,
                new BlockService(storage.block(), machines),
                new NetworkService(networking),
                new IdentityService(certificates),
                new PowerService(),
                new KeeperService(keeper),
                new HeirsService(heirs),
                new MemoryService(memory),
                new CockpitService(cockpit));
        changed.told = watching::hostChanged;
        storage.recover();
        link.start(new LibvirtLink.Watcher() {
            @Override
            public void connected(Connection connection) {
                host.read(connection);
                NetworkFilters.define(connection);
                machines.connected(connection);
            }

            @Override
            public void lost(String why) {
                machines.lost(why);
            }
        });
        watching.start();
        keeper.start();
        heirs.start();
        memory.start();
        return new Agent(
                lanes,
                link,
                watching,
                server,
                transferServer,
                networking,
                keeper,
                LocalDoor.open(keeper, run),
                heirs,
                memory,
                cockpit);
    }

    /** Who is told that the host changed; the networks come back before there is anybody to tell. */
    private static final class Changed {
        private volatile Runnable told = () -> {};
    }

    /** Whether a machine has a file with this in its path; until the machines are there, everything counts as used. */
    private static final class InUse implements Predicate<String> {
        private volatile Predicate<String> asked = part -> true;

        @Override
        public boolean test(String part) {
            return asked.test(part);
        }
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        localDoor.close();
        memory.close();
        cockpit.close();
        heirs.close();
        keeper.close();
        watching.close();
        server.close();
        transferServer.close();
        link.close();
        networking.close();
        lanes.close();
    }
}
