package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * A first host that has no engine yet: makes an engine here, this computer its host, and the storage, so that all that is left is
 * to move. Each step looks first whether it is done.
 */
final class FirstHost {
    /** Programs are fetched and installed meanwhile. */
    private static final Duration INSTALLATION = Duration.ofMinutes(30);

    private static final Duration FORMATTING = Duration.ofMinutes(10);
    private static final Path BRIDGE = Path.of("/sys/class/net/ovirtmgmt");
    private static final String KEY =
            "/ovirt-engine/services/pki-resource?resource=engine-certificate&format=OPENSSH-PUBKEY";

    /** What is said of it. */
    static final class Wish {
        @Option(
                names = "--first-host",
                paramLabel = "ADDRESS",
                description =
                        "There is no engine yet: makes one on this computer, and this computer its first host, which the"
                                + " engine and other hosts reach so. It needs the bridge ovirtmgmt, and an SSH server that lets root in by"
                                + " key.")
        @Nullable
        String address;

        @Option(
                names = "--host-name",
                paramLabel = "NAME",
                description = "With --first-host: what the host is called; as it calls itself unless told.")
        @Nullable
        String name;

        @Option(
                names = "--storage-place",
                paramLabel = "TYPE:SERVER:/PATH",
                description =
                        "With --first-host: where the storage domain is made when there is none of that name, such as"
                                + " nfs:nas.example.org:/engine or glusterfs:nas.example.org:/engine.")
        @Nullable
        String place;

        @Option(
                names = "--answers",
                paramLabel = "FILE",
                description = "With --first-host: what bellwether setup is to answer with.")
        @Nullable
        Path answers;
    }

    private final Session session;
    private final Wish wish;
    private final String address;
    private final Path home;

    /** @param home root's directory, where SSH looks for who is let in */
    FirstHost(Session session, Wish wish, String address, Path home) {
        this.session = session;
        this.wish = wish;
        this.address = address;
        this.home = home;
    }

    /** An engine serves here: sets one up where there is none. */
    static void engine(Wish wish, String address, Path image, EngineProgram program) {
        if (program.movedTo().isPresent() || program.serves()) {
            return;
        }
        // Before the first of the long steps, not after the last of them.
        if (!Files.isReadable(image)) {
            throw CommandFailure.usage("The engine machine's image " + image + " cannot be read. Make it with"
                    + " packaging/engine-machine, copy it here and name it with --image.");
        }
        if (wish.answers != null) {
            program.setUp(wish.answers);
            return;
        }
        try {
            Path answers = Files.createTempFile("bellwether-deploy", ".answers");
            try {
                Files.writeString(answers, "external-name = " + address + "\n");
                program.setUp(answers);
            } finally {
                Files.delete(answers);
            }
        } catch (IOException e) {
            throw CommandFailure.usage("The answers for bellwether setup cannot be written: " + e.getMessage() + ".");
        }
    }

    static void requireBridge() {
        if (!Files.isDirectory(BRIDGE)) {
            throw CommandFailure.usage(
                    "This computer has no bridge ovirtmgmt, through which the engine's machine would reach"
                            + " its network. Give it one, with its address on it, in the way of its distribution; then say this again.");
        }
    }

    /** This computer is a host in service, and reaches the storage. */
    void ready(String storage) {
        var host = host();
        var found = session.engine().list("/storagedomains?search=name%3D" + Paths.encode(storage));
        var domain = found.isEmpty() ? format(storage, host) : found.getFirst();
        attach(domain);
    }

    private Entity host() {
        var hosts = session.engine().list("/hosts");
        var own = hosts.stream()
                .filter(each -> each.text("address").equals(address))
                .findFirst();
        if (own.filter(each -> each.status().equals("up")).isPresent()) {
            return own.get();
        }
        letIn(new String(session.engine().bytes("GET", KEY), StandardCharsets.UTF_8).strip());
        ObjectNode ssh = Json.object().put("authentication_method", "publickey");
        Entity host;
        if (own.isEmpty()) {
            ObjectNode wanted = Json.object().put("name", name()).put("address", address);
            wanted.set("ssh", ssh);
            wanted.putObject("cluster").put("id", cluster());
            session.remark("This computer becomes the host " + name() + ": what it lacks is installed.");
            host = session.engine().post("/hosts", wanted);
        } else {
            host = own.get();
            if (host.status().equals("install_failed")) {
                session.engine().post(Kind.HOST.path(host) + "/install", (ObjectNode)
                        Json.object().set("ssh", ssh));
            }
        }
        return waiting(INSTALLATION).untilStatus(Kind.HOST.path(host), "host " + host.name(), "up");
    }

    private String name() {
        try {
            return Optional.ofNullable(wish.name)
                    .orElse(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            throw CommandFailure.usage("This computer does not know its own name: say --host-name.");
        }
    }

    private String cluster() {
        return session.engine().list("/clusters").stream()
                .findFirst()
                .map(Entity::id)
                .orElseThrow(
                        () -> CommandFailure.refused(0, "The engine has no cluster: add one with bw cluster create."));
    }

    /** As the engine itself does on hosts that it was let in to by a password. */
    private void letIn(String key) {
        Path file = home.resolve(".ssh/authorized_keys");
        try {
            Files.createDirectories(home);
            if (!Files.isDirectory(home.resolve(".ssh"))) {
                Files.createDirectory(
                        home.resolve(".ssh"),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            String before = Files.readString(file);
            if (before.lines().noneMatch(key::equals)) {
                String line = (before.isEmpty() || before.endsWith("\n") ? "" : "\n") + key + "\n";
                Files.writeString(file, line, StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw CommandFailure.usage(
                    "The engine's key cannot be written to " + file + ": " + e.getMessage() + ". Say this as root.");
        }
    }

    private Entity format(String name, Entity host) {
        var parts = Optional.ofNullable(wish.place)
                .map(text -> List.of(text.split(":", 3)))
                .filter(each -> each.size() == 3)
                .orElseThrow(() -> CommandFailure.usage("There is no storage domain " + name
                        + " yet. Say where it is to be made with --storage-place, such as nfs:nas.example.org:/engine; or make"
                        + " one of LUNs in the portal or with bw storage, and say this again."));
        ObjectNode domain = Json.object().put("name", name).put("type", "data");
        ObjectNode storage = domain.putObject("storage")
                .put("type", parts.get(0))
                .put("address", parts.get(1))
                .put("path", parts.get(2));
        if (parts.get(0).equals("glusterfs")) {
            storage.put("vfs_type", "glusterfs");
        }
        domain.putObject("host").put("id", host.id());
        session.remark("The storage domain " + name + " is made.");
        var made = session.engine().post("/storagedomains", domain);
        waiting(FORMATTING).untilJobsEnd("storage domain " + name + " to be formatted");
        return made;
    }

    private void attach(Entity domain) {
        var center = session.engine().list("/datacenters").stream()
                .findFirst()
                .orElseThrow(() -> CommandFailure.refused(0, "The engine has no data center."));
        var list = Kind.DATA_CENTER.path(center) + "/storagedomains";
        if (session.engine().list(list).stream().noneMatch(each -> each.id().equals(domain.id()))) {
            session.engine().post(list, Json.object().put("id", domain.id()));
        }
        waiting(FORMATTING).untilStatus(list + "/" + domain.id(), "storage domain " + domain.name(), "active");
    }

    private Waiting waiting(Duration limit) {
        return new Waiting(session.engine(), session.progress(), limit);
    }
}
