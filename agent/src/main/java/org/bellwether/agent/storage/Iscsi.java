package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.AtomicFile;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.IscsiTarget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** open-iscsi: discovery, sessions and what they lead to. Passwords go into files that root alone reads, never into arguments. */
final class Iscsi {
    private static final Logger LOG = LoggerFactory.getLogger(Iscsi.class);
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Pattern NAME = Pattern.compile("(iqn|eui|naa)\\.[A-Za-z0-9.:_-]{1,220}");
    private static final Pattern SERVER = Pattern.compile("[A-Za-z0-9.:-]{1,253}");
    private static final int NONE_FOUND = 21;
    private static final int USUAL_PORT = 3260;
    private static final List<Path> HOMES = List.of(Path.of("/etc/iscsi"), Path.of("/var/lib/iscsi"));

    /** A session that is up. */
    record Session(int number, IscsiTarget target) {}

    /** The targets that a portal names. */
    List<IscsiTarget> discover(IscsiTarget portal) {
        String address = portal(portal);
        String[] record = {"-m", "discoverydb", "-t", "sendtargets", "-p", address};
        run("make a discovery record", record, "-o", "new");
        try {
            secret(record(List.of("send_targets"), address), "discovery.sendtargets.auth.", portal);
            Command.Outcome outcome = iscsiadm(record, "-I", "default", "--discover");
            if (!outcome.worked()) {
                throw refusal("discover iSCSI targets at " + address, outcome);
            }
            List<IscsiTarget> found = outcome.output()
                    .lines()
                    .map(Iscsi::parse)
                    .filter(target -> !target.getTarget().isEmpty())
                    .toList();
            found.forEach(this::forgetUnlessUsed);
            return found;
        } finally {
            iscsiadm(record, "-o", "delete");
        }
    }

    /** Discovery leaves records, with which some hosts would log in at their next start. */
    private void forgetUnlessUsed(IscsiTarget target) {
        if (NAME.matcher(target.getTarget()).matches()
                && sessions().stream().noneMatch(session -> same(session.target, target))) {
            iscsiadm(new String[] {"-m", "node", "-T", target.getTarget(), "-p", portal(target)}, "-o", "delete");
        }
    }

    /** A session to the target is up when this returns; whether there was none before. */
    boolean login(IscsiTarget target) {
        String name = name(target);
        String address = portal(target);
        if (sessions().stream().anyMatch(session -> same(session.target, target))) {
            return false;
        }
        String[] node = {"-m", "node", "-T", name, "-p", address};
        run("make a record of iSCSI target " + name, node, "-I", "default", "-o", "new");
        secret(record(List.of("nodes", name), address), "node.session.auth.", target);
        Command.Outcome outcome = iscsiadm(node, "--login");
        if (!outcome.worked()) {
            iscsiadm(node, "-o", "delete");
            throw refusal("log in to iSCSI target " + name + " at " + address, outcome);
        }
        // The kernel begins to look for LUNs by itself and does not say when it has; this waits for that. Not for those
        // of
        // other sessions, whose servers may hang.
        iscsiadm(node, "--rescan");
        settle();
        LOG.info("logged in to {} at {}", name, address);
        return true;
    }

    /** No session to the target is left when this returns. */
    void logout(IscsiTarget target) {
        String name = name(target);
        String[] node = {"-m", "node", "-T", name, "-p", portal(target)};
        if (sessions().stream().anyMatch(session -> same(session.target, target))) {
            Command.Outcome outcome = iscsiadm(node, "--logout");
            if (!outcome.worked()) {
                throw refusal("log out of iSCSI target " + name, outcome);
            }
            LOG.info("logged out of {} at {}", name, portal(target));
        }
        iscsiadm(node, "-o", "delete");
    }

    List<Session> sessions() {
        List<Session> sessions = new ArrayList<>();
        for (Path session : Luns.list(Path.of("/sys/class/iscsi_session"))) {
            String directory = String.valueOf(session.getFileName());
            int number = Integer.parseInt(directory.replaceAll("\\D", ""));
            String target = Luns.line(session.resolve("targetname"));
            Path connection = Path.of("/sys/class/iscsi_connection/connection" + number + ":0");
            String port = Luns.line(connection.resolve("persistent_port"));
            sessions.add(new Session(
                    number,
                    IscsiTarget.newBuilder()
                            .setAddress(Luns.line(connection.resolve("persistent_address")))
                            .setPort(port.matches("\\d{1,5}") ? Integer.parseInt(port) : USUAL_PORT)
                            .setTarget(target)
                            .setPortalGroup((int) number(Luns.line(session.resolve("tpgt"))))
                            .build()));
        }
        return sessions;
    }

    /** Finds LUNs that came, and new sizes of those that are there. */
    void rescan() {
        if (!sessions().isEmpty()) {
            iscsiadm(new String[] {"-m", "session"}, "--rescan");
            settle();
        }
    }

    static boolean same(IscsiTarget one, IscsiTarget other) {
        return one.getTarget().equals(other.getTarget())
                && one.getAddress().equals(other.getAddress())
                && port(one) == port(other);
    }

    private static void settle() {
        Command.of("udevadm", "settle", "--timeout=20").run(DEADLINE);
    }

    /** "ADDRESS:PORT,GROUP NAME". */
    static IscsiTarget parse(String line) {
        String[] words = line.strip().split("[ ,]+");
        int colon = words.length == 3 ? words[0].lastIndexOf(':') : -1;
        if (colon < 0 || !words[0].substring(colon + 1).matches("\\d{1,5}")) {
            return IscsiTarget.getDefaultInstance();
        }
        return IscsiTarget.newBuilder()
                .setAddress(words[0].substring(0, colon).replaceAll("[\\[\\]]", ""))
                .setPort(Integer.parseInt(words[0].substring(colon + 1)))
                .setPortalGroup((int) number(words[1]))
                .setTarget(words[2])
                .build();
    }

    private static long number(String text) {
        return text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
    }

    private static String name(IscsiTarget target) {
        if (!NAME.matcher(target.getTarget()).matches()) {
            throw Refusal.badRequest("\"" + target.getTarget() + "\" is no name of an iSCSI target");
        }
        return target.getTarget();
    }

    private static int port(IscsiTarget target) {
        return target.getPort() == 0 ? USUAL_PORT : target.getPort();
    }

    private static String portal(IscsiTarget target) {
        String server = target.getAddress();
        if (!SERVER.matcher(server).matches() || server.startsWith("-") || port(target) > 65535) {
            throw Refusal.badRequest("\"" + server + "\" port " + target.getPort() + " is no iSCSI portal");
        }
        return (server.indexOf(':') >= 0 ? "[" + server + "]" : server) + ":" + port(target);
    }

    /** open-iscsi's own file of a record, below one of its homes. */
    private static Path record(List<String> kind, String portal) {
        String server = portal.substring(0, portal.lastIndexOf(':')).replaceAll("[\\[\\]]", "");
        String port = portal.substring(portal.lastIndexOf(':') + 1);
        for (Path home : HOMES) {
            Path directory = home;
            for (String part : kind) {
                directory = directory.resolve(part);
            }
            for (Path entry : Luns.list(directory)) {
                if (String.valueOf(entry.getFileName()).startsWith(server + "," + port)) {
                    Path interfaces = entry.resolve("default");
                    Path settings = entry.resolve("st_config");
                    return Files.isRegularFile(entry) ? entry : Files.exists(settings) ? settings : interfaces;
                }
            }
        }
        throw Refusal.broken("open-iscsi made no record of " + portal).next("Look at /etc/iscsi on the host.");
    }

    private static void secret(Path file, String prefix, IscsiTarget target) {
        boolean chap = !target.getUser().isEmpty();
        for (String text : List.of(target.getUser(), target.getPassword())) {
            if (text.codePoints().anyMatch(Character::isISOControl)) {
                throw Refusal.badRequest("User and password of an iSCSI target must not contain control characters");
            }
        }
        try {
            StringBuilder text = new StringBuilder();
            for (String line : Files.readAllLines(file)) {
                boolean ours = line.startsWith(prefix + "authmethod")
                        || line.startsWith(prefix + "username ")
                        || line.startsWith(prefix + "password ")
                        || line.startsWith("node.startup");
                if (line.equals("# END RECORD")) {
                    text.append(settings(file, prefix, chap, target));
                }
                if (!ours) {
                    text.append(line).append('\n');
                }
            }
            AtomicFile.write(
                    file,
                    text.toString().getBytes(StandardCharsets.UTF_8),
                    java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw StorageWords.refusal("write " + file, e);
        }
    }

    private static String settings(Path file, String prefix, boolean chap, IscsiTarget target) {
        StringBuilder text = new StringBuilder();
        if (prefix.startsWith("node.")) {
            // The agent logs in when the engine wants it; a host must not come up with storage of its own accord.
            text.append("node.startup = manual\n");
        }
        text.append(prefix)
                .append("authmethod = ")
                .append(chap ? "CHAP" : "None")
                .append('\n');
        if (chap) {
            text.append(prefix).append("username = ").append(target.getUser()).append('\n');
            text.append(prefix)
                    .append("password = ")
                    .append(target.getPassword())
                    .append('\n');
        }
        LOG.debug("wrote {}", file);
        return text.toString();
    }

    private static void run(String what, String[] first, String... more) {
        Command.Outcome outcome = iscsiadm(first, more);
        if (!outcome.worked()) {
            throw refusal(what, outcome);
        }
    }

    private static Command.Outcome iscsiadm(String[] first, String... more) {
        List<String> words = new ArrayList<>(List.of("iscsiadm"));
        words.addAll(List.of(first));
        words.addAll(List.of(more));
        return new Command(words, null).run(DEADLINE);
    }

    private static Refusal refusal(String what, Command.Outcome outcome) {
        String lower = outcome.words().toLowerCase(Locale.ROOT);
        if (lower.contains("authorization failure") || lower.contains("authentication")) {
            return Refusal.of(Error.Code.REFUSED, "Could not " + what)
                    .because("the target does not accept user and password")
                    .next("Give the CHAP user and password that the target knows.");
        }
        if (outcome.status() == NONE_FOUND) {
            return Refusal.notFound("Could not " + what).because("there is nothing");
        }
        return Refusal.of(Error.Code.UNREACHABLE, "Could not " + what)
                .because(outcome.words().isEmpty() ? "iscsiadm ended with " + outcome.status() : outcome.words())
                .next("Check address, port and network of the target.");
    }
}
