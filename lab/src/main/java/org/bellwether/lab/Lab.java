package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Real hosts and a storage server on this one machine, as namespaces around one bridge.
 *
 * <p>All that a lab makes is named after it and written down under /run/bellwether-lab before it is made. A lab that
 * somebody owns dies with its owner; what is then left (a bridge and files) is removed by {@link #removeAbandoned} or by
 * the lab's own janitor, whichever comes first.
 */
public final class Lab implements AutoCloseable {
    /** The lab of `bw up`; any other name is a test's. */
    public static final String LASTING = "bw";

    private static final Path RECORDS = Path.of("/run/bellwether-lab");

    private static final AtomicInteger MADE = new AtomicInteger();

    private final String name;
    private final Path directory;
    private final LabNetwork network;
    private final boolean owned;
    private volatile Optional<NewerQemu> qemu = Optional.empty();

    private Lab(String name, Path directory, LabNetwork network, boolean owned) {
        this.name = name;
        this.directory = directory;
        this.network = network;
        this.owned = owned;
    }

    /** A lab for a test: it dies with this process, however that ends. */
    public static Lab forTest() {
        removeAbandoned();
        // Short, as names of network interfaces must be; the letter tells the labs of one process apart.
        String name = "bwt" + ProcessHandle.current().pid() % 100_000 + (char) ('a' + MADE.getAndIncrement() % 26);
        try {
            Path directory = Files.createTempDirectory("bellwether-" + name + "-");
            Lab lab = create(name, name, directory, true);
            Janitor.watch(name);
            return lab;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lab that stays until it is taken down; the one that is there, if it is. */
    public static Lab lasting(Path directory) {
        Lab lab = find(LASTING).orElseGet(() -> {
            // What is left of one that lost its bridge, in a restart of the machine for example.
            remove(LASTING, false);
            return create(LASTING, "ovirtmgmt", directory, false);
        });
        lab.serveAddresses();
        return lab;
    }

    private static Lab create(String name, String bridge, Path directory, boolean owned) {
        return locked(() -> {
            try {
                Files.createDirectories(record(name));
                Files.createDirectories(directory);
                Properties properties = new Properties();
                properties.setProperty("bridge", bridge);
                properties.setProperty("directory", directory.toString());
                properties.setProperty("owned", Boolean.toString(owned));
                store(name, properties);
                ProcessRecord.of(ProcessHandle.current().pid())
                        .write(record(name).resolve("owner"));
                LabNetwork network = LabNetwork.create(bridge, directory.resolve("network"));
                properties.setProperty("prefix", network.prefix());
                store(name, properties);
                Lab lab = new Lab(name, directory, network, owned);
                lab.serveAddresses();
                return lab;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The lab of that name, if it is up. */
    public static Optional<Lab> find(String name) {
        Properties properties = properties(name);
        String prefix = properties.getProperty("prefix");
        if (prefix == null) {
            return Optional.empty();
        }
        String bridge = properties.getProperty("bridge");
        if (!Command.attempt("ip", "link", "show", bridge).succeeded()) {
            return Optional.empty();
        }
        return Optional.of(new Lab(
                name,
                Path.of(properties.getProperty("directory")),
                new LabNetwork(bridge, prefix),
                Boolean.parseBoolean(properties.getProperty("owned"))));
    }

    private void serveAddresses() {
        Namespace site = enclosure("site", Map.of());
        Path pid = directory.resolve("dnsmasq.pid");
        if (!site.runs(pid)) {
            site.launch(
                    directory.resolve("dnsmasq.log"),
                    pid,
                    network.dhcpServer(directory.resolve("leases").toString()));
        }
    }

    public String name() {
        return name;
    }

    /** Of hosts that are switched on from now on. */
    void use(Optional<NewerQemu> newer) {
        qemu = newer;
    }

    Optional<NewerQemu> qemu() {
        return qemu;
    }

    public Path directory() {
        return directory;
    }

    public LabNetwork network() {
        return network;
    }

    /** The host of that number, 1 to 80; it is not started yet. */
    public LabHost host(int number) {
        return new LabHost(this, number);
    }

    /** The hosts that were started, in order of their numbers. */
    public List<LabHost> hosts() {
        List<LabHost> hosts = new ArrayList<>();
        for (int number = 1; number <= 80; number++) {
            LabHost host = host(number);
            if (host.exists()) {
                hosts.add(host);
            }
        }
        return hosts;
    }

    /** The host of that number, 1 to 9, that is a virtual machine; it is not started yet. */
    public VmHost vmHost(int number) {
        return new VmHost(this, number);
    }

    public GlusterServer gluster() {
        return new GlusterServer(this);
    }

    /** The server of iSCSI LUNs and NFS exports; it is not started yet. */
    public StorageServer storageServer() {
        return new StorageServer(this);
    }

    /** Namespaces with a file system view of their own on this machine's network, for what must die with the lab. */
    public Namespace enclosure(String what, Map<Path, Path> binds) {
        return Namespace.find(recordOf(what)).orElseGet(() -> namespace(what, hostName(), false, false, binds));
    }

    Optional<Namespace> running(String what) {
        return Namespace.find(recordOf(what));
    }

    Namespace namespace(String what, String hostName, boolean ownNetwork, boolean ownRun, Map<Path, Path> binds) {
        return Namespace.start(new Namespace.Plan(hostName, recordOf(what), ownNetwork, ownRun, binds, owned));
    }

    /** Gives namespaces a port in the lab's bridge: a bridge `ovirtmgmt` inside holds the other end and the address. */
    void plug(Namespace namespace, String port, String address) {
        Command.attempt("ip", "link", "del", port);
        Command.run(
                "ip",
                "link",
                "add",
                port,
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                Long.toString(namespace.pid()));
        Command.run("ip", "link", "set", port, "master", network.bridge(), "up");
        namespace.run(
                "ip",
                "link",
                "add",
                "ovirtmgmt",
                "address",
                LabNetwork.mac(address),
                "type",
                "bridge",
                "forward_delay",
                "0");
        namespace.run("ip", "link", "set", "eth0", "master", "ovirtmgmt", "up");
        namespace.run("ip", "address", "add", address + "/24", "dev", "ovirtmgmt");
        namespace.run("ip", "link", "set", "ovirtmgmt", "up");
        namespace.run("ip", "route", "add", "default", "via", network.gateway());
    }

    private Path recordOf(String what) {
        return record(name).resolve(what + ".process");
    }

    @Override
    public void close() {
        remove(name, owned);
    }

    /** Takes a lab down, whatever state it is in; nothing happens when there is none. Its directory goes if asked. */
    public static void remove(String name, boolean withFiles) {
        Path record = record(name);
        if (!Files.isDirectory(record)) {
            return;
        }
        Properties properties = properties(name);
        for (Path process : list(record)) {
            if (process.toString().endsWith(".process")) {
                Namespace.find(process).ifPresent(Namespace::kill);
            }
        }
        String bridge = properties.getProperty("bridge");
        if (bridge != null && Command.attempt("ip", "link", "show", bridge).succeeded()) {
            LabNetwork.remove(bridge);
        }
        String directory = properties.getProperty("directory");
        if (withFiles && directory != null) {
            removeTree(Path.of(directory));
        }
        removeTree(record);
    }

    /** Removes every test lab whose owner is gone. */
    public static void removeAbandoned() {
        for (Path record : list(RECORDS)) {
            String name = String.valueOf(record.getFileName());
            if (Boolean.parseBoolean(properties(name).getProperty("owned")) && !ownerLives(record)) {
                remove(name, true);
            }
        }
    }

    private static boolean ownerLives(Path record) {
        try {
            return ProcessRecord.read(record.resolve("owner")).alive();
        } catch (IOException e) {
            // The lab is just being made or removed by somebody else.
            return true;
        }
    }

    private static String hostName() {
        return Command.run("hostname").strip();
    }

    private static Path record(String name) {
        return RECORDS.resolve(name);
    }

    private static Properties properties(String name) {
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(record(name).resolve("lab.properties"))) {
            properties.load(in);
        } catch (IOException e) {
            return new Properties();
        }
        return properties;
    }

    private static void store(String name, Properties properties) throws IOException {
        Path file = record(name).resolve("lab.properties");
        Path fresh = record(name).resolve("lab.properties.new");
        try (var out = Files.newBufferedWriter(fresh)) {
            properties.store(out, null);
        }
        Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<Path> list(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void removeTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(root)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        } catch (IOException e) {
            throw new LabFailure("cannot remove " + root + ": " + e.getMessage(), e);
        }
    }

    /** One lab at a time chooses its network. */
    @SuppressWarnings("try")
    private static <T> T locked(Supplier<T> work) {
        try {
            Files.createDirectories(RECORDS);
            try (FileChannel channel = FileChannel.open(
                            RECORDS.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = channel.lock()) {
                return work.get();
            }
        } catch (IOException e) {
            throw new LabFailure("cannot write " + RECORDS + " (root is needed): " + e.getMessage(), e);
        }
    }
}
