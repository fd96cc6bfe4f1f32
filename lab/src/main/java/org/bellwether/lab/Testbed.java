package org.bellwether.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A running engine with real hosts, shared storage and the tiny template, that dies with this process: what system tests
 * and measurements begin with.
 */
public final class Testbed implements AutoCloseable {
    static final String CLUSTER = "Default";
    static final String DOMAIN = "shared";
    static final String TEMPLATE = "tiny";
    static final long TINY_MEMORY = 192L << 20;

    private final Lab lab;
    private final EngineProcess engine;
    private final List<LabHost> hosts;

    private Testbed(Lab lab, int hosts) {
        this.lab = lab;
        this.engine = EngineProcess.forTest(lab);
        this.hosts = IntStream.rangeClosed(1, hosts).mapToObj(lab::host).toList();
    }

    /** Makes it all; when that fails, nothing is left and the engine's last words are printed. */
    public static Testbed make(int hosts) {
        return make(hosts, Map.of());
    }

    /** @param more of the engine's configuration */
    static Testbed make(int hosts, Map<String, String> more) {
        return make(hosts, more, Optional.empty());
    }

    /** @param qemu what hosts have in the place of the machine's own */
    static Testbed make(int hosts, Map<String, String> more, Optional<NewerQemu> qemu) {
        FastStarts.prepare(Site.build());
        Lab lab = Lab.forTest();
        lab.use(qemu);
        Testbed testbed = new Testbed(lab, hosts);
        try {
            testbed.engine.start(more);
            testbed.furnish();
            return testbed;
        } catch (RuntimeException | Error failure) {
            System.err.println(testbed.engine.lastWords());
            testbed.hosts.forEach(host -> System.err.println(host.lastWords()));
            lab.close();
            throw failure;
        }
    }

    private void furnish() {
        Inventory inventory = new Inventory(engine.client());
        JsonNode cluster = inventory.cluster(CLUSTER);
        for (LabHost host : hosts) {
            host.powerOn();
            host.enrol(inventory.hostToken(cluster));
            LabHosts.bringUp(host);
        }
        lab.gluster().start(DOMAIN);
        hosts.forEach(host -> inventory.awaitHost(host.name()));
        String first = hosts.getFirst().name();
        inventory.glusterDomain(DOMAIN, lab.gluster().address(), DOMAIN, first, CLUSTER);
        inventory.template(TEMPLATE, GuestImages.tiny(), CLUSTER, DOMAIN, TINY_MEMORY);
    }

    public Lab lab() {
        return lab;
    }

    public EngineProcess engine() {
        return engine;
    }

    public List<LabHost> hosts() {
        return hosts;
    }

    @Override
    public void close() {
        lab.close();
    }
}
