package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A running engine with two real hosts, a Gluster domain and the tiny template, made once for all system tests of a run.
 * Before each test the engine and the hosts are brought back to where they should be.
 */
final class World implements AutoCloseable {
    static final Duration BOOT = Duration.ofMinutes(3);
    /** Data center and cluster of the hosts that are virtual machines. */
    static final String KERNEL = "Kernel";

    static final Duration SOON = Duration.ofMinutes(1);

    final Lab lab;
    final EngineProcess engine;
    final LabHost one;
    final LabHost two;
    private @Nullable ApiClient api;
    private String trusted = "";

    private final List<LabHost> hosts;

    World(Testbed testbed) {
        this.lab = testbed.lab();
        this.engine = testbed.engine();
        this.hosts = testbed.hosts();
        this.one = testbed.hosts().get(0);
        this.two = testbed.hosts().get(1);
    }

    /** Where a test has asked for a third. */
    LabHost three() {
        return hosts.get(2);
    }

    List<LabHost> hosts() {
        return hosts;
    }

    /** The host that is a virtual machine, up in a data center and cluster of its own; booted when it is first asked for. */
    VmHost vmHost(VmHost.Lun... luns) {
        VmHost host = lab.vmHost(1);
        if (!host.poweredOn()) {
            host.powerOn(luns);
            Inventory inventory = new Inventory(api());
            host.enrol(inventory.hostToken(inventory.cluster(KERNEL)), engine);
        }
        host.startAgent();
        // Its JVM starts under emulation.
        new Inventory(api()).awaitHost(host.name(), Duration.ofMinutes(12));
        return host;
    }

    /** The administrator's session; a new one after a restart, and when clients are to trust another authority. */
    ApiClient api() {
        ApiClient session = api;
        String authorities = Command.run("cat", engine.authority().toString());
        if (!authorities.equals(trusted)) {
            session = null;
            trusted = authorities;
        }
        if (session == null || session.call("GET", "/", "").status() == 401) {
            session = engine.client();
            api = session;
        }
        return session;
    }

    /** Everything runs again, and no machine of an earlier test is left. */
    void restore() {
        engine.start();
        restoreHosts();
        for (JsonNode vm : api().list("/vms")) {
            if (vm.path("delete_protected").asText().equals("true")) {
                api().put("/vms/" + vm.path("id").asText(), "{\"delete_protected\":\"false\"}");
            }
            remove(vm.path("id").asText());
        }
    }

    void restoreHosts() {
        for (LabHost host : hosts()) {
            host.powerOn();
            host.restoreNetwork();
            host.startLibvirt();
            host.startAgent();
            host.thawAgent();
        }
        hosts().forEach(host -> new Inventory(api()).awaitHost(host.name()));
    }

    /** A machine of the tiny template, down; answers its id. */
    String machine(String name) {
        ObjectNode vm = Inventory.object().put("name", name);
        vm.putObject("cluster").put("name", "Default");
        vm.putObject("template").put("name", "tiny");
        String id = api().post("/vms", vm).path("id").asText();
        awaitStatus(id, "down", SOON);
        return id;
    }

    /** A machine that runs on that host and whose guest agent has told its address. */
    String runningMachine(String name, LabHost host) {
        String id = machine(name);
        ObjectNode on = Inventory.object();
        on.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", host.name());
        api().post("/vms/" + id + "/start", on);
        awaitStatus(id, "up", BOOT);
        guestAddress(id);
        return id;
    }

    void awaitStatus(String vm, String status, Duration within) {
        api().awaitStatus("/vms/" + vm, status, within);
    }

    String status(String vm) {
        return api().get("/vms/" + vm).path("status").asText();
    }

    /** The name of the host on which the engine says that it runs. */
    String hostOf(String vm) {
        String host = api().get("/vms/" + vm).path("host").path("id").asText();
        return host.isEmpty() ? "" : api().get("/hosts/" + host).path("name").asText();
    }

    void migrate(String vm, LabHost to) {
        ObjectNode request = Inventory.object();
        request.putObject("host").put("name", to.name());
        api().post("/vms/" + vm + "/migrate", request);
    }

    void stop(String vm) {
        api().post("/vms/" + vm + "/stop", Inventory.object());
        awaitStatus(vm, "down", SOON);
    }

    void remove(String vm) {
        if (!Await.holds(SOON, () -> {
            ApiClient.Reply now = api().call("GET", "/vms/" + vm, "");
            if (now.status() == 404) {
                return true;
            }
            if (!now.json().path("status").asText().equals("down")) {
                api().call("POST", "/vms/" + vm + "/stop", "{}");
            } else {
                api().call("DELETE", "/vms/" + vm, "");
            }
            return api().call("GET", "/vms/" + vm, "").status() == 404;
        })) {
            throw new LabFailure("machine " + vm + " cannot be removed: "
                    + api().call("DELETE", "/vms/" + vm, "").text());
        }
    }

    /** The IPv4 address of the guest in the lab's network, as the guest agent told it. */
    String guestAddress(String vm) {
        String[] found = {""};
        if (!Await.holds(BOOT, () -> {
            found[0] = addresses(vm).stream()
                    .filter(address -> address.startsWith(lab.network().prefix()))
                    .findFirst()
                    .orElse("");
            return !found[0].isEmpty();
        })) {
            throw new LabFailure("the guest of machine " + vm + " told no address; reported devices: "
                    + api().call("GET", "/vms/" + vm + "/reporteddevices", "").text());
        }
        return found[0];
    }

    List<String> addresses(String vm) {
        List<String> all = new ArrayList<>();
        for (JsonNode device : api().list("/vms/" + vm + "/reporteddevices")) {
            device.path("ips")
                    .path("ip")
                    .forEach(ip -> all.add(ip.path("address").asText()));
        }
        return all;
    }

    /** What proves that a guest went on: its tick grows and its boot stays the same. */
    record Heartbeat(long tick, String boot) {}

    Heartbeat heartbeat(String address) {
        String[] words = {};
        String[][] answer = {words};
        if (!Await.holds(SOON, () -> {
            answer[0] = page("http://" + address + "/cgi-bin/heartbeat").split(" ");
            return answer[0].length >= 3;
        })) {
            throw new LabFailure("the guest at " + address + " shows no heartbeat");
        }
        return new Heartbeat(Long.parseLong(answer[0][0]), answer[0][1]);
    }

    static String page(String url) {
        try (HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** How many QEMU processes there are for a machine, on all hosts together. */
    long running(String vm) {
        return hosts().stream()
                .filter(LabHost::poweredOn)
                .mapToLong(host -> host.qemuProcesses(vm))
                .sum();
    }

    /** No job goes on. */
    void awaitQuiet() {
        awaitQuiet(BOOT);
    }

    void awaitQuiet(Duration within) {
        assertThat(Await.holds(
                        within,
                        () -> api().list("/jobs").stream()
                                .noneMatch(job -> job.path("status").asText().equals("started"))))
                .as("no job goes on")
                .isTrue();
    }

    /** The storage domains of the data center that its hosts are in. */
    String attached() {
        return "/datacenters/"
                + api().named("/datacenters", "Default").path("id").asText() + "/storagedomains";
    }

    /** For the report of a test that failed: what the engine and its hosts said last. */
    void tell() {
        ApiClient.Reply events = engine.runs() ? api().call("GET", "/events?max=40", "") : null;
        if (events != null) {
            events.json()
                    .path("event")
                    .forEach(event -> System.err.println(event.path("time").asText() + " "
                            + event.path("description").asText()));
        }
        System.err.println(engine.lastWords());
        hosts().forEach(host -> System.err.println(host.lastWords()));
        VmHost.all(lab).forEach(host -> System.err.println(host.lastWords()));
    }

    @Override
    public void close() {
        lab.close();
    }

    /** Gives the one world of this run to tests that ask for it as a parameter. */
    static final class Extension implements ParameterResolver, BeforeEachCallback, AfterTestExecutionCallback {
        private static final ExtensionContext.Namespace KEY = ExtensionContext.Namespace.create(World.class);

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == World.class;
        }

        @Override
        public World resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return world(context);
        }

        @Override
        public void beforeEach(ExtensionContext context) {
            world(context).restore();
        }

        @Override
        public void afterTestExecution(ExtensionContext context) {
            if (context.getExecutionException().isPresent()) {
                world(context).tell();
            }
        }

        private static World world(ExtensionContext context) {
            return context.getRoot()
                    .getStore(KEY)
                    .computeIfAbsent(
                            "world", key -> new World(Testbed.make(2, Map.of(), NewerQemu.forMoves())), World.class);
        }
    }
}
