package org.bellwether.agent.keeper;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code bellwether engine-ha} on a host: how the engine's machine is, and what is to be done with it, without the engine. */
public final class EngineHaCommand {
    private static final String USAGE = """
            usage: bellwether engine-ha status [-o json]           where the engine's machine is, and how each host could run it
                   bellwether engine-ha maintenance local          this host does not run it: it moves away
                   bellwether engine-ha maintenance global         no host does anything about it, until "none"
                   bellwether engine-ha maintenance none           the hosts keep it alive again
                   bellwether engine-ha start                      starts it on this host
                   bellwether engine-ha stop                       shuts it down; in global maintenance only
                   bellwether engine-ha migrate [HOST]             moves it, live, from this host to that one or the best
            It talks to this host's agent and works while the engine is down. --run DIRECTORY names another agent's run directory.""";
    private static final Path RUN = Path.of("/run/bellwether-agent");
    private static final int WRONG_USE = 2;

    private EngineHaCommand() {}

    @SuppressWarnings("SystemOut") // what a person at the terminal reads
    public static void main(String[] arguments) {
        int status = run(arguments, System.out, System.err);
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(String[] arguments, PrintStream out, PrintStream err) {
        List<String> words = new ArrayList<>();
        Path run = RUN;
        boolean json = false;
        for (int at = 0; at < arguments.length; at++) {
            boolean more = at + 1 < arguments.length;
            switch (arguments[at]) {
                case "--run" -> run = Path.of(more ? arguments[++at] : "");
                case "-o" -> json = more && arguments[++at].equals("json");
                case "-h", "--help" -> {
                    out.println(USAGE);
                    return 0;
                }
                default -> words.add(arguments[at]);
            }
        }
        int most = words.isEmpty() ? 0 : words.getFirst().matches("maintenance|migrate") ? 2 : 1;
        if (words.isEmpty() || words.size() > most || words.stream().anyMatch(word -> word.matches(".*\\s.*"))) {
            err.println(USAGE);
            return WRONG_USE;
        }
        try {
            String answer = ask(socket(run), String.join(" ", words));
            if (!answer.startsWith("ok ")) {
                err.println(answer.replaceFirst("^refused ", ""));
                return 1;
            }
            String told = answer.substring("ok ".length());
            out.println(words.getFirst().equals("status") && !json ? table(told) : told);
            return 0;
        } catch (IOException e) {
            err.println("The agent on this host does not answer: " + e.getMessage()
                    + ". Look at systemctl status bellwether-agent; this needs root.");
            return 1;
        }
    }

    private static Path socket(Path run) throws IOException {
        if (Files.exists(run.resolve(LocalDoor.NAME))) {
            return run.resolve(LocalDoor.NAME);
        }
        try (Stream<Path> agents = Files.isDirectory(run) ? Files.list(run) : Stream.of()) {
            return agents.map(each -> each.resolve(LocalDoor.NAME))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new IOException("there is no socket of it in " + run));
        }
    }

    private static String ask(Path socket, String question) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap((question + "\n").getBytes(StandardCharsets.UTF_8)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    private static String table(String json) throws IOException {
        JsonNode state = new ObjectMapper().readTree(json);
        if (!state.path("configured").asBoolean()) {
            return "This host keeps no engine's machine.";
        }
        StringBuilder text = new StringBuilder();
        String host = state.path("host").asText();
        text.append("The engine's machine ")
                .append(host.isEmpty() ? "runs nowhere" : "is on " + host)
                .append(host.isEmpty() ? "" : ", health " + state.path("health").asText())
                .append(".\n");
        if (state.path("global_maintenance").asBoolean()) {
            text.append("GLOBAL MAINTENANCE: no host does anything about it.\n");
        }
        text.append("This host: ").append(state.path("detail").asText()).append(".\n\n");
        text.append(String.format("%-24s %6s  %-7s %-9s %s%n", "HOST", "SCORE", "ALIVE", "ENGINE", "MAINTENANCE"));
        for (JsonNode each : state.path("hosts")) {
            text.append(String.format(
                    "%-24s %6d  %-7s %-9s %s%n",
                    each.path("name").asText(),
                    each.path("score").asInt(),
                    each.path("alive").asBoolean() ? "yes" : "no",
                    each.path("engine").asText(),
                    each.path("maintenance").asBoolean() ? "yes" : "no"));
        }
        return text.toString().stripTrailing();
    }
}
