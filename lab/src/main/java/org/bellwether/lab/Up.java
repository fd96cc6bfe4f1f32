package org.bellwether.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * From nothing to an engine with this machine as its first host, a storage domain and a template to make machines of, and
 * back. Every step looks first what is there, so that `up` may be said again after anything.
 */
final class Up {
    static final String CLUSTER = "Default";
    static final String DOMAIN = "data";
    static final String TEMPLATE = "tiny";

    private static final long TINY_MEMORY = 192L << 20;

    private final Site site;

    Up(Site site) {
        this.site = site;
    }

    /** Brings everything up and answers how to reach it. */
    ObjectNode run() {
        Progress.say("network ovirtmgmt");
        Lab lab = Lab.lasting(site.labDirectory());
        EngineProcess engine = site.engine(lab);
        LocalHost host = localHost(lab);
        if (site.otherBuildRuns()) {
            Progress.say("ending engine and agents of an older build; machines run on");
            engine.stop();
            host.stopAgent();
            lab.hosts().stream().filter(LabHost::poweredOn).forEach(LabHost::stopAgent);
        }
        site.rememberBuild();
        if (!engine.runs()) {
            Progress.say("engine");
        }
        engine.start();
        site.writeEnvironment(engine);
        Inventory inventory = new Inventory(engine.client());
        JsonNode cluster = inventory.cluster(CLUSTER);

        if (!host.enrolled()) {
            Progress.say("enrolling this machine as host " + host.name());
            host.enrol(inventory.hostToken(cluster));
        }
        Progress.say("libvirt and agent of " + host.name());
        host.start();
        for (LabHost other : lab.hosts()) {
            Progress.say(other.name() + " of the lab");
            LabHosts.bringUp(other);
        }
        inventory.awaitHost(host.name());

        Progress.say("storage domain " + DOMAIN);
        makeDirectory(site.storage());
        inventory.directoryDomain(DOMAIN, site.storage(), host.name(), CLUSTER);
        Progress.say("template " + TEMPLATE);
        inventory.template(TEMPLATE, GuestImages.tiny(), CLUSTER, DOMAIN, TINY_MEMORY);

        ObjectNode result = Inventory.object();
        result.put("url", engine.url().toString());
        result.put("user", engine.user());
        result.put("password", engine.password());
        result.put("ca", engine.authority().toString());
        result.put("host", host.name());
        return result;
    }

    LocalHost localHost(Lab lab) {
        Path directory = site.home().resolve("host");
        makeDirectory(directory);
        return new LocalHost(lab, directory);
    }

    /** Shuts machines down as far as they let themselves, ends the engine in order, and takes the rest away. */
    void down(boolean purge) {
        Lab.find(Lab.LASTING).ifPresent(lab -> {
            EngineProcess engine = site.engine(lab);
            if (engine.runs()) {
                shutDownMachines(engine);
                Progress.say("ending the engine");
                engine.stop();
            }
            localHost(lab).stop();
        });
        Progress.say("taking hosts and network away");
        Lab.remove(Lab.LASTING, false);
        MountRoot.discard();
        site.forgetEnvironment();
        if (purge) {
            for (String part : List.of("lab", "engine", "host", "storage")) {
                Lab.removeTree(site.home().resolve(part));
            }
        }
    }

    /** An engine that is not well must not keep anybody from taking it down. */
    private static void shutDownMachines(EngineProcess engine) {
        try {
            ApiClient api = engine.client();
            List<JsonNode> running = api.list("/vms").stream()
                    .filter(vm -> !vm.path("status").asText().equals("down"))
                    .toList();
            if (running.isEmpty()) {
                return;
            }
            Progress.say("shutting %d machines down".formatted(running.size()));
            running.forEach(vm -> api.call("POST", "/vms/" + vm.path("id").asText() + "/shutdown", "{}"));
            Await.holds(
                    Duration.ofSeconds(30),
                    () -> api.list("/vms").stream()
                            .allMatch(vm -> vm.path("status").asText().equals("down")));
        } catch (LabFailure failure) {
            Progress.say("machines were not shut down: " + failure.getMessage());
        }
    }

    private static void makeDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new LabFailure("cannot make " + directory + ": " + e.getMessage(), e);
        }
    }
}
