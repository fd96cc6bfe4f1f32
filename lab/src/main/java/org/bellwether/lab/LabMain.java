package org.bellwether.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The words of `bw` that are not the command line's: up, down, lab, env; and what janitors call. */
public final class LabMain {
    private final Site site = Site.ofEnvironment();
    private final List<String> words;
    private final boolean json;

    private LabMain(List<String> words, boolean json) {
        this.words = words;
        this.json = json;
    }

    public static void main(String[] arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        boolean json = takeJson(words);
        try {
            new LabMain(words, json).run();
        } catch (LabFailure failure) {
            System.err.println("bw: " + failure.getMessage());
            System.exit(1);
        }
    }

    private static boolean takeJson(List<String> words) {
        int option = words.indexOf("-o");
        if (option < 0) {
            return words.remove("-ojson") || words.remove("--output=json");
        }
        words.remove(option);
        return option < words.size() && words.remove(option).equals("json");
    }

    private void run() {
        switch (words.isEmpty() ? "" : words.getFirst()) {
            case "up" -> up();
            case "down" -> new Up(site).down(words.contains("--purge"));
            case "lab" -> lab();
            case "bench" -> bench();
            case "env" -> environment();
            case "engine" -> engine();
            case "remove" -> Lab.remove(words.get(1), true);
            case "sweep" -> Lab.removeAbandoned();
            default -> throw unknown();
        }
    }

    private LabFailure unknown() {
        return new LabFailure("`%s` means nothing here; ./bw help lists what does".formatted(String.join(" ", words)));
    }

    private void up() {
        FastStarts.prepare(Site.build());
        ObjectNode result = new Up(site).run();
        if (json) {
            System.out.println(result.toPrettyString());
            return;
        }
        System.out.printf(
                """

                Bellwether is up: %s
                Sign on as %s with the password %s

                Next:
                  ./bw vm create demo --template tiny && ./bw vm start demo && ./bw vm show demo
                  ./bw lab up --hosts 2
                  ./bw down
                """,
                result.path("url").asText(),
                result.path("user").asText(),
                result.path("password").asText());
    }

    private void bench() {
        JsonNode result = Bench.run(SourceTree.root().resolve("docs/benchmarks.md"), words.subList(1, words.size()));
        if (json) {
            System.out.println(result.toPrettyString());
        } else {
            result.properties()
                    .forEach(one -> System.out.printf(
                            "%-60s %s%n", one.getKey(), one.getValue().asText()));
        }
    }

    private void lab() {
        LabHosts hosts = new LabHosts(site);
        switch (words.size() < 2 ? "" : words.get(1)) {
            case "up" -> {
                hosts.up(hostCount());
                show(hosts.status());
            }
            case "down" -> hosts.down();
            case "status" -> show(hosts.status());
            default -> throw unknown();
        }
    }

    private int hostCount() {
        int option = words.indexOf("--hosts");
        String count = option >= 0 && option + 1 < words.size() ? words.get(option + 1) : "2";
        try {
            int number = Integer.parseInt(count);
            if (number >= 1 && number <= 80) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // The same answer as for a number that is too big.
        }
        throw new LabFailure("--hosts takes a number from 1 to 80, not '" + count + "'");
    }

    private void show(JsonNode status) {
        if (json) {
            System.out.println(status.toPrettyString());
            return;
        }
        if (!status.path("up").asBoolean()) {
            System.out.println("Nothing is up.");
            return;
        }
        System.out.printf(
                "engine  %s%nbridge  %s %s%n",
                status.path("engine").asText(),
                status.path("bridge").asText(),
                status.path("address").asText());
        for (JsonNode host : status.path("hosts")) {
            System.out.printf(
                    "%-7s %-16s power %s, libvirt %s, agent %s%n",
                    host.path("name").asText(),
                    host.path("address").asText(),
                    host.path("power").asText(),
                    host.path("libvirt").asText(),
                    host.path("agent").asText());
        }
    }

    /** The engine's own command line, for the engine that is up. */
    private void engine() {
        EngineProcess engine = site.engine(site.lab());
        System.exit(Command.show(engine.commandLine(words.subList(1, words.size()))));
    }

    private void environment() {
        EngineProcess engine = site.engine(site.lab());
        if (!engine.runs()) {
            throw new LabFailure("the engine does not run: say ./bw up first");
        }
        Map<String, String> login = Site.login(engine);
        if (json) {
            ObjectNode object = Inventory.object();
            login.forEach(object::put);
            System.out.println(object.toPrettyString());
        } else {
            System.out.print(Site.exports(login));
        }
    }
}
