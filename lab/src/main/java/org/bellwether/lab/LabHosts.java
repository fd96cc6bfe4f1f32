package org.bellwether.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/** `bw lab`: more real hosts on this machine for the engine that is up, and storage that they share. */
final class LabHosts {
    static final String DOMAIN = "shared";

    private static final Duration MAINTENANCE = Duration.ofMinutes(2);

    private final Site site;

    LabHosts(Site site) {
        this.site = site;
    }

    void up(int count) {
        Lab lab = site.lab();
        EngineProcess engine = site.engine(lab);
        if (!engine.runs()) {
            throw new LabFailure("the engine does not run: say ./bw up first");
        }
        Inventory inventory = new Inventory(engine.client());
        JsonNode cluster = inventory.cluster(Up.CLUSTER);
        for (int number = 1; number <= count; number++) {
            LabHost host = lab.host(number);
            Progress.say(host.name());
            host.powerOn();
            if (!host.enrolled()) {
                host.enrol(inventory.hostToken(cluster));
            }
            bringUp(host);
        }
        for (int number = 1; number <= count; number++) {
            inventory.awaitHost(lab.host(number).name());
        }
        Progress.say("Gluster volume and storage domain " + DOMAIN);
        lab.gluster().start(DOMAIN);
        inventory.glusterDomain(
                DOMAIN, lab.gluster().address(), DOMAIN, lab.host(1).name(), Up.CLUSTER);
    }

    /** Power, libvirt and agent of a host that is enrolled. */
    static void bringUp(LabHost host) {
        host.powerOn();
        if (host.enrolled()) {
            host.startLibvirt();
            host.startAgent();
        }
    }

    /** Empties the lab's hosts, takes them out of the engine and switches them off. */
    void down() {
        Lab.find(Lab.LASTING).ifPresent(lab -> {
            EngineProcess engine = site.engine(lab);
            if (engine.runs()) {
                ApiClient api = engine.client();
                releaseStorage(api);
                lab.hosts().forEach(host -> release(api, host));
            }
            for (LabHost host : lab.hosts()) {
                Progress.say("switching " + host.name() + " off");
                host.powerOff();
                Lab.removeTree(host.directory());
            }
            lab.gluster().powerOff();
        });
    }

    /** The shared domain goes to maintenance; what is on it stays, and the next `lab up` activates it again. */
    private static void releaseStorage(ApiClient api) {
        JsonNode center = api.named("/datacenters", Up.CLUSTER);
        String attached = "/datacenters/" + center.path("id").asText() + "/storagedomains";
        JsonNode domain = api.named(attached, DOMAIN);
        if (domain.path("status").asText().equals("active")) {
            Progress.say("storage domain " + DOMAIN + " to maintenance");
            ApiClient.Reply reply =
                    api.call("POST", attached + "/" + domain.path("id").asText() + "/deactivate", "{}");
            if (!reply.succeeded()) {
                Progress.say("storage domain " + DOMAIN + " stays: " + reply.text());
            }
        }
    }

    private static void release(ApiClient api, LabHost host) {
        JsonNode known = api.named("/hosts", host.name());
        if (known.isMissingNode()) {
            return;
        }
        String path = "/hosts/" + known.path("id").asText();
        Progress.say(host.name() + " to maintenance");
        api.call("POST", path + "/deactivate", "{}");
        Await.holds(MAINTENANCE, () -> {
            String status = api.call("GET", path, "").json().path("status").asText();
            return status.equals("maintenance") || !status.equals("preparing_for_maintenance");
        });
        ApiClient.Reply reply = api.call("DELETE", path, "");
        if (!reply.succeeded()) {
            Progress.say(host.name() + " stays in the engine: " + reply.text());
        }
    }

    /** What runs. */
    ObjectNode status() {
        ObjectNode result = Inventory.object();
        ArrayNode hosts = result.putArray("hosts");
        Lab.find(Lab.LASTING).ifPresent(lab -> {
            EngineProcess engine = site.engine(lab);
            result.put("bridge", lab.network().bridge());
            result.put("address", lab.network().gateway());
            result.put("engine", engine.runs() ? engine.url().toString() : "down");
            for (LabHost host : lab.hosts()) {
                hosts.addObject()
                        .put("name", host.name())
                        .put("address", host.address())
                        .put("power", host.poweredOn() ? "on" : "off")
                        .put("libvirt", host.libvirtRuns() ? "up" : "down")
                        .put("agent", host.agentRuns() ? "up" : "down");
            }
        });
        result.put("up", result.has("bridge"));
        return result;
    }
}
