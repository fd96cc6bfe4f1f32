package org.bellwether.agent.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bellwether.agent.platform.AtomicFile;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.KernelLink;
import org.bellwether.protocol.KernelNetworks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the host's networks through NetworkManager, which would otherwise undo what another does: each interface gets a
 * profile, below /run as long as it is on trial and below /etc when it is to come back at boot. NetworkManager keeps a
 * checkpoint of what was there before, and goes back to it by itself when this agent does not live to do it.
 */
final class NetworkManager implements BackEnd {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkManager.class);
    private static final Path NMCLI = Path.of("/usr/bin/nmcli");
    private static final Path RUNNING = Path.of("/run/NetworkManager");
    private static final Path ON_TRIAL = RUNNING.resolve("system-connections");
    private static final Path KEPT = Path.of("/etc/NetworkManager/system-connections");
    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final String WAIT = "8";
    private static final int PASSES = 4;
    private static final Duration GOING_BACK = Duration.ofSeconds(30);
    /** With nothing under way for so long it has gone back as far as it will. */
    private static final Duration QUIET = Duration.ofSeconds(3);

    private static final Duration LOOK = Duration.ofMillis(300);
    /** Lower ones first, and what ports are plugged into before them. */
    private static final List<String> ORDER =
            List.of(KernelReader.BOND, KernelReader.BRIDGE, KernelReader.NIC, KernelReader.VLAN);

    /** After its start, until it has found again what it rules. */
    private static final Duration STARTING = Duration.ofSeconds(30);

    private final Dhcp dhcp;

    NetworkManager(Dhcp dhcp) {
        this.dhcp = dhcp;
    }

    /** Whether it runs and has made one of the host's interfaces itself; one that only looks on does not rule. */
    static boolean rules() {
        if (!present()) {
            return false;
        }
        // It would make again whatever another takes away meanwhile.
        await(STARTING, () -> !starts());
        return ManagedDevice.all().values().stream().anyMatch(ManagedDevice::ruled);
    }

    private static boolean starts() {
        Command.Outcome startup =
                Command.of("nmcli", "-t", "-f", "STARTUP", "general").run(DEADLINE);
        if (startup.worked()) {
            return startup.output().strip().equals("starting");
        }
        return Set.of("activating", "active", "reloading")
                .contains(Command.of("systemctl", "is-active", "NetworkManager")
                        .run(DEADLINE)
                        .output()
                        .strip());
    }

    /** Whether it is there and has run since the last boot. */
    static boolean present() {
        return Files.isExecutable(NMCLI) && Files.isDirectory(RUNNING);
    }

    /** Whether one of its profiles of this agent's asks for addresses on that interface. */
    static boolean asks(String name, boolean ipv6, String method) {
        return Stream.of(ON_TRIAL, KEPT)
                .map(folder -> folder.resolve(Profile.file(name)))
                .filter(Files::exists)
                .findFirst()
                .map(NetworkManager::read)
                .filter(text -> Profile.asks(text, ipv6, method))
                .isPresent();
    }

    @Override
    public void to(KernelNetworks target) {
        Set<String> outdated = outdated(target);
        String words = "";
        for (int pass = 0; pass < PASSES; pass++) {
            KernelNetworks found = KernelReader.read(dhcp);
            Differences differences = Differences.of(found, target);
            if (differences.none() && outdated.isEmpty()) {
                return;
            }
            words = change(found, target, differences, outdated);
            outdated = Set.of();
        }
        Differences left = Differences.of(KernelReader.read(dhcp), target);
        if (!left.none()) {
            throw Refusal.of(
                            Error.Code.REFUSED,
                            "NetworkManager did not make the host's networks as they should be: " + left.words())
                    .because(words.isEmpty() ? "it said nothing" : words);
        }
    }

    /** Those with a profile of this agent's that is not what the target needs. */
    private static Set<String> outdated(KernelNetworks target) {
        return target.getLinksList().stream()
                .filter(link -> ORDER.contains(link.getKind()))
                .filter(link -> Stream.of(ON_TRIAL, KEPT)
                        .map(folder -> folder.resolve(Profile.file(link.getName())))
                        .filter(Files::exists)
                        .findFirst()
                        .filter(file ->
                                !read(file).equals(Profile.of(link, target).text()))
                        .isPresent())
                .map(KernelLink::getName)
                .collect(Collectors.toSet());
    }

    /** One pass; what fails in it may work in the next, when what it needs is there. */
    private String change(KernelNetworks found, KernelNetworks target, Differences differences, Set<String> outdated) {
        List<String> words = new ArrayList<>();
        Map<String, ManagedDevice> devices = ManagedDevice.all();
        differences.gone().stream()
                .sorted(Comparator.comparingInt((KernelLink link) -> ORDER.indexOf(link.getKind()))
                        .reversed())
                .forEach(link -> remove(link.getName(), devices, words));
        Set<String> names = new HashSet<>(differences.links().keySet());
        names.addAll(outdated);
        // What it begins to rule loses ports that another plugged in, unless it rules these too.
        target.getLinksList().stream()
                .filter(link -> names.contains(link.getMaster()))
                .filter(link ->
                        devices.getOrDefault(link.getName(), ManagedDevice.NONE).lookedAt())
                .map(KernelLink::getName)
                .toList()
                .forEach(names::add);
        List<KernelLink> changed = target.getLinksList().stream()
                .filter(link -> names.contains(link.getName()) && ORDER.contains(link.getKind()))
                .sorted(Comparator.comparingInt(link -> ORDER.indexOf(link.getKind())))
                .toList();
        load(changed.stream().map(link -> Profile.of(link, target)).toList());
        for (KernelLink link : changed) {
            activate(link, found, devices.getOrDefault(link.getName(), ManagedDevice.NONE), words);
        }
        for (KernelLink port :
                Differences.of(KernelReader.read(dhcp), target).loose().values()) {
            tell(
                    words,
                    port.getMaster().isEmpty()
                            ? List.of("ip", "link", "set", port.getName(), "nomaster")
                            : List.of("ip", "link", "set", port.getName(), "master", port.getMaster()));
        }
        return String.join("; ", words);
    }

    private static void remove(String name, Map<String, ManagedDevice> devices, List<String> words) {
        ManagedDevice device = devices.getOrDefault(name, ManagedDevice.NONE);
        if (!device.profile().isEmpty()) {
            tell(words, List.of("nmcli", "connection", "delete", "uuid", device.profile()));
            if (device.profile().equals(Profile.uuid(name))) {
                forget(name);
            }
        } else {
            tell(words, List.of("ip", "link", "delete", name));
        }
    }

    /** Of a profile that lies in both places it deletes one, and hides the other behind a mark that would hide the next one too. */
    private static void forget(String name) {
        try {
            for (Path folder : List.of(ON_TRIAL, KEPT)) {
                Files.deleteIfExists(folder.resolve(Profile.file(name)));
                Files.deleteIfExists(folder.resolve(Profile.uuid(name) + ".nmmeta"));
            }
        } catch (IOException e) {
            LOG.warn("what is left of the profile of {} cannot be deleted: {}", name, e.toString());
        }
        Command.of("nmcli", "connection", "reload").run(DEADLINE);
    }

    private static void load(List<Profile> profiles) {
        if (profiles.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("nmcli", "connection", "load"));
        for (Profile profile : profiles) {
            Path file = ON_TRIAL.resolve(Profile.file(profile.name()));
            write(file, profile.text());
            command.add(file.toString());
        }
        Command.Outcome outcome = new Command(command, null).run(DEADLINE);
        if (!outcome.worked()) {
            throw Refusal.of(Error.Code.REFUSED, "NetworkManager does not take the profiles of the host's networks")
                    .because(outcome.words());
        }
    }

    /** Changed in place where it can be: what is activated anew loses its ports for a moment. */
    private static void activate(KernelLink link, KernelNetworks found, ManagedDevice device, List<String> words) {
        String name = link.getName();
        if (!link.getUp()) {
            tell(words, List.of("nmcli", "--wait", WAIT, "device", "disconnect", name));
            return;
        }
        String profile = Profile.uuid(name);
        if (profile.equals(device.profile())
                && Command.of("nmcli", "device", "reapply", name).run(DEADLINE).worked()) {
            LOG.info("NetworkManager changed {} in place", name);
            return;
        }
        boolean there =
                found.getLinksList().stream().anyMatch(each -> each.getName().equals(name));
        if (there && device.profile().isEmpty()) {
            tell(words, List.of("nmcli", "device", "set", name, "managed", "yes"));
        }
        // Nobody may be there who gives addresses.
        String wait = link.getDhcp4() || link.getDhcp6() || link.getAutoconf() ? "0" : WAIT;
        tell(words, List.of("nmcli", "--wait", wait, "connection", "up", "uuid", profile));
    }

    @Override
    public String mark(Duration longest) {
        return Checkpoint.make(longest).text();
    }

    @Override
    public void tried(String mark, Duration trial) {
        Checkpoint.of(mark).goBackAfter(trial);
    }

    @Override
    public void takeBack(String mark, KernelNetworks before) {
        Checkpoint checkpoint = Checkpoint.of(mark);
        if (checkpoint.goBack()) {
            LOG.info("NetworkManager goes back to what was before the change");
            awaitBack(before);
        }
        Differences left = left(before);
        if (!left.none()) {
            LOG.warn("NetworkManager left {} as it was not", left.words());
            activateAgain(checkpoint, left);
            awaitBack(before);
        }
        left = left(before);
        if (!left.none()) {
            LOG.warn("{} is as it was not; this agent makes it as it was", left.words());
            to(before);
        }
    }

    /** Of several profiles that an interface may have it may have taken another than the one that was active. */
    private static void activateAgain(Checkpoint checkpoint, Differences left) {
        List<String> words = new ArrayList<>();
        left.links().values().stream()
                .filter(link -> checkpoint.profiles().containsKey(link.getName()))
                .sorted(Comparator.comparingInt(link -> ORDER.indexOf(link.getKind())))
                .forEach(link -> tell(
                        words,
                        List.of(
                                "nmcli",
                                "--wait",
                                WAIT,
                                "connection",
                                "up",
                                "uuid",
                                checkpoint.profiles().get(link.getName()),
                                "ifname",
                                link.getName())));
        if (!words.isEmpty()) {
            LOG.warn("NetworkManager says {}", String.join("; ", words));
        }
    }

    /** It answers before it is done. What is made anew meanwhile would take the place of somebody else's profiles. */
    private void awaitBack(KernelNetworks before) {
        long[] busy = {System.nanoTime()};
        await(GOING_BACK, () -> {
            if (ManagedDevice.all().values().stream().anyMatch(ManagedDevice::changes)) {
                busy[0] = System.nanoTime();
            }
            return left(before).none() || System.nanoTime() - busy[0] > QUIET.toNanos();
        });
    }

    private static void await(Duration longest, BooleanSupplier condition) {
        long end = System.nanoTime() + longest.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** What is not back. Metrics of routes and name servers are NetworkManager's own choice, and another one at each time. */
    private Differences left(KernelNetworks before) {
        return Differences.of(withoutItsChoices(KernelReader.read(dhcp)), withoutItsChoices(before));
    }

    private static KernelNetworks withoutItsChoices(KernelNetworks networks) {
        return networks.toBuilder()
                .clearNameServers()
                .clearRoutes()
                .addAllRoutes(networks.getRoutesList().stream()
                        .map(route -> route.toBuilder().clearMetric().build())
                        .distinct()
                        .toList())
                .build();
    }

    @Override
    public void keep(String mark) {
        if (!Checkpoint.of(mark).drop()) {
            throw Refusal.wrongState("The change of this host's networks was taken back")
                    .because("NetworkManager went back before it was confirmed");
        }
    }

    @Override
    public void persist() {
        try (Stream<Path> files = Files.exists(ON_TRIAL) ? Files.list(ON_TRIAL) : Stream.empty()) {
            List<Path> ours = files.filter(
                            file -> Profile.isOurs(file.getFileName().toString()))
                    .toList();
            for (Path file : ours) {
                write(KEPT.resolve(file.getFileName()), Files.readString(file));
                Files.delete(file);
            }
            if (!ours.isEmpty()) {
                Command.of("nmcli", "connection", "reload").run(DEADLINE);
            }
        } catch (IOException e) {
            LOG.warn("the host's networks come back at boot only with this agent: {}", e.toString());
        }
    }

    /** Where it does not run and another has changed the networks, what it kept would undo that at its next start. */
    static void forgetKept() {
        try (Stream<Path> files = Files.exists(KEPT) ? Files.list(KEPT) : Stream.empty()) {
            for (Path file : files.filter(
                            each -> Profile.isOurs(each.getFileName().toString()))
                    .toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.warn("NetworkManager will make this host's networks as they were, at its next start: {}", e.toString());
        }
    }

    private static void tell(List<String> words, List<String> command) {
        LOG.info("{}", String.join(" ", command));
        Command.Outcome outcome = new Command(command, null).run(DEADLINE);
        if (!outcome.worked()) {
            words.add("`" + String.join(" ", command) + "`: " + outcome.words());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8), PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw Refusal.broken("A profile for NetworkManager cannot be written to " + file)
                    .because(String.valueOf(e.getMessage()));
        }
    }
}
