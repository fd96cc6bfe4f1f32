package org.bellwether.agent.lease;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;

/**
 * The host's sanlock daemon, asked through its own client program. A lease is held by a child process for as long as the
 * child lives: when the agent dies its end of the pipe closes and the child with it, and when sanlock must end whoever
 * holds a lease on storage that is lost it ends the child and not the agent.
 */
public final class Sanlock {
    private static final Duration ASKING = Duration.ofSeconds(20);
    private static final Pattern RESULT = Pattern.compile("done (-?\\d+)");
    private static final Pattern SPACE = Pattern.compile("s ([^: ]+):(\\d+):(.*):(\\d+) ?(\\w*)");
    private static final Pattern PEER = Pattern.compile("h (\\d+) gen (\\d+) timestamp (\\d+) (\\w+)");
    private static final Pattern FACT = Pattern.compile("(?m)^(\\w+) (\\d+)$");

    /** Results of sanlock that mean something to the agent; others are told as numbers with words. */
    static final int DONE = 0;

    static final int EXISTS = -17;
    static final int INVALID = -22;
    static final int NO_LOCKSPACE = -28;
    static final int UNDER_WAY = -115;
    static final int HOST_ID_BUSY = -262;

    private final String program;

    public Sanlock(String program) {
        this.program = program;
    }

    /** A lockspace that the daemon has; {@code settled} is false while it is joining or leaving. */
    record Space(String name, int hostId, boolean settled) {}

    /** Another host in a lockspace, in sanlock's words: UNKNOWN, FREE, LIVE, FAIL or DEAD. */
    record Peer(int hostId, long generation, String state) {}

    /** Who a resource was last given to; a timestamp of 0 says that it was given back. */
    record Owner(int hostId, long generation, long timestamp) {}

    /** A lease: a slot of a file, with the names that stand in it. */
    public record Resource(String lockspace, String name, Path path, long offset) {
        private String words() {
            return lockspace + ":" + name + ":" + escaped(path) + ":" + offset;
        }
    }

    /** Why leases cannot be had on this host; empty when they can. */
    Optional<String> missing() {
        try {
            return ask(ASKING, "client", "gets").worked()
                    ? Optional.empty()
                    : Optional.of("sanlock does not run on this host");
        } catch (Refusal e) {
            return e.error().getCode() == Error.Code.NOT_FOUND
                    ? Optional.of("sanlock is not installed on this host")
                    : Optional.of("sanlock does not answer on this host");
        }
    }

    List<Space> spaces() {
        List<Space> spaces = new ArrayList<>();
        Matcher matcher = SPACE.matcher(ask(ASKING, "client", "gets").output());
        while (matcher.find()) {
            spaces.add(new Space(
                    matcher.group(1),
                    Integer.parseInt(matcher.group(2)),
                    matcher.group(5).isEmpty()));
        }
        return spaces;
    }

    /** The hosts that the daemon watches in a lockspace; empty until it has looked at them. */
    List<Peer> peers(String lockspace) {
        List<Peer> peers = new ArrayList<>();
        boolean here = false;
        for (String line :
                ask(ASKING, "client", "gets", "-h", "1").output().lines().toList()) {
            Matcher space = SPACE.matcher(line);
            if (space.find()) {
                here = space.group(1).equals(lockspace);
            }
            Matcher peer = PEER.matcher(line);
            if (here && peer.find()) {
                peers.add(new Peer(Integer.parseInt(peer.group(1)), Long.parseLong(peer.group(2)), peer.group(4)));
            }
        }
        return peers;
    }

    /** Joins, which takes twice the I/O timeout and longer; answers sanlock's result. */
    int add(String lockspace, int hostId, Path ids, int ioTimeout, Duration deadline) {
        return result(ask(
                deadline,
                "client",
                "add_lockspace",
                "-s",
                lockspace + ":" + hostId + ":" + escaped(ids) + ":0",
                "-o",
                Integer.toString(ioTimeout)));
    }

    int remove(String lockspace, int hostId, Path ids, Duration deadline) {
        return result(
                ask(deadline, "client", "rem_lockspace", "-s", lockspace + ":" + hostId + ":" + escaped(ids) + ":0"));
    }

    /** Whether any process on this host holds, or is getting, a lease in the lockspace. */
    boolean used(String lockspace) {
        return ask(ASKING, "client", "status")
                .output()
                .lines()
                .anyMatch(line -> line.startsWith("r " + lockspace + ":"));
    }

    /** Whether that lease is held by a process of this host. */
    boolean heldHere(Resource resource) {
        return ask(ASKING, "client", "status")
                .output()
                .lines()
                .anyMatch(line -> line.startsWith("r " + resource.lockspace + ":" + resource.name + ":"));
    }

    /** Reads past the daemon who holds the resource; fails in words when there is none. */
    Owner owner(Resource resource) {
        // It reads the file itself, and the daemon's user is no concern of it.
        Command.Outcome outcome = Command.onStorage(
                        List.of(program, "direct", "read_leader", "-r", resource.words()), null)
                .run(ASKING);
        int result = result(outcome);
        if (result != DONE) {
            throw Refusal.broken("The lease " + resource.name + " cannot be read at offset " + resource.offset + " of "
                            + resource.path)
                    .because(words(result));
        }
        long host = 0;
        long generation = 0;
        long timestamp = 0;
        Matcher fact = FACT.matcher(outcome.output());
        while (fact.find()) {
            long value = Long.parseLong(fact.group(2));
            switch (fact.group(1)) {
                case "owner_id" -> host = value;
                case "owner_generation" -> generation = value;
                case "timestamp" -> timestamp = value;
                default -> {
                    // Says nothing about who holds it.
                }
            }
        }
        return new Owner(Math.toIntExact(host), generation, timestamp);
    }

    /** A child process that holds a lease from when it first answers until its input is closed. */
    Attempt hold(Resource resource) {
        try {
            Process process = new ProcessBuilder(program, "client", "command", "-r", resource.words(), "-c", "/bin/cat")
                    .redirectErrorStream(true)
                    .start();
            return new Attempt(process);
        } catch (IOException e) {
            throw Refusal.of(Error.Code.NOT_FOUND, "The program " + program + " could not be started on this host")
                    .because(String.valueOf(e.getMessage()))
                    .next("Install the package sanlock.");
        }
    }

    /** A lease that is held, or is being waited for. */
    static final class Attempt {
        private static final byte SIGN = '\n';
        private static final String PROOF = "held";

        private final Process process;

        private Attempt(Process process) {
            this.process = process;
        }

        /** Waits until the lease is held (the result is {@link #DONE}) or refused. */
        int await() {
            try {
                process.getOutputStream().write((PROOF + "\n").getBytes(StandardCharsets.US_ASCII));
                process.getOutputStream().flush();
            } catch (IOException e) {
                // It has ended already: what it said is read below.
                return refused(new StringBuilder());
            }
            StringBuilder said = new StringBuilder();
            try {
                InputStream output = process.getInputStream();
                StringBuilder line = new StringBuilder();
                for (int next = output.read(); next >= 0; next = output.read()) {
                    said.append((char) next);
                    if (next != SIGN) {
                        line.append((char) next);
                    } else if (line.toString().equals(PROOF)) {
                        return DONE;
                    } else {
                        line.setLength(0);
                    }
                }
            } catch (IOException e) {
                said.append(e.getMessage());
            }
            return refused(said);
        }

        private int refused(StringBuilder said) {
            try {
                if (said.isEmpty()) {
                    said.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                said.append(e.getMessage());
            }
            Matcher matcher = RESULT.matcher(said);
            int result = -1;
            while (matcher.find()) {
                result = Integer.parseInt(matcher.group(1));
            }
            return result < 0 ? result : -1;
        }

        boolean alive() {
            return process.isAlive();
        }

        /** Gives the lease back and waits for the child to be gone; sanlock sees that at once. */
        void release() {
            try {
                process.getOutputStream().close();
            } catch (IOException e) {
                process.destroy();
            }
            try {
                if (!process.waitFor(2, java.util.concurrent.TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
            }
        }

        void giveUp() {
            process.destroyForcibly();
        }
    }

    private Command.Outcome ask(Duration deadline, String... words) {
        List<String> all = new ArrayList<>(List.of(program));
        all.addAll(List.of(words));
        return new Command(all, null).run(deadline);
    }

    private static int result(Command.Outcome outcome) {
        Matcher matcher = RESULT.matcher(outcome.output());
        int result = outcome.worked() ? DONE : -1;
        while (matcher.find()) {
            result = Integer.parseInt(matcher.group(1));
        }
        return result;
    }

    /** sanlock ends a path at the first colon that is not escaped, and mounts of servers have one in their names. */
    private static String escaped(Path path) {
        return path.toString().replace("\\", "\\\\").replace(":", "\\:");
    }

    /** A result of sanlock for a person. */
    static String words(int result) {
        return switch (result) {
            case -2 -> "sanlock does not know it";
            case EXISTS -> "it is there already";
            case INVALID -> "sanlock has it with another host id";
            case NO_LOCKSPACE -> "this host has not joined the lockspace";
            case -5, -202 -> "the storage did not answer in time";
            case -13 -> "sanlock may not read or write the file";
            case -19 -> "sanlock cannot open the file: it may not have started again since its user is in group 36";
            case -223 -> "there is no lease where one should be";
            case -240, -242, -243 -> "another host holds it";
            case HOST_ID_BUSY -> "its host id is in use by another host";
            case -263 -> "this host's record in the lockspace was written by somebody else";
            default -> "sanlock answered " + result;
        };
    }
}
