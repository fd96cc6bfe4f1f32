package org.bellwether.lab;

import java.util.List;
import java.util.Random;

/** Kills those who work, some time after it was asked for, and brings them back. */
final class Killing {
    enum Victim {
        AGENTS,
        HOST,
        ENGINE;

        static Victim any(Random random) {
            return values()[random.nextInt(values().length)];
        }
    }

    private final World world;
    private final List<String> domains;

    /** @param domains that are to be active again, by name */
    Killing(World world, List<String> domains) {
        this.world = world;
        this.domains = List.copyOf(domains);
    }

    /** Kills, brings all that died back, and waits until nothing goes on any more. */
    void kill(Victim victim, int afterMillis) {
        try {
            Thread.sleep(afterMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        switch (victim) {
            case AGENTS -> world.hosts().forEach(LabHost::killAgent);
            // The first that is able does the work on disks.
            case HOST -> world.one.powerOff();
            case ENGINE -> world.engine.kill();
        }
        world.engine.start();
        for (LabHost host : world.hosts()) {
            host.powerOn();
            host.startLibvirt();
            host.startAgent();
        }
        world.hosts().forEach(host -> new Inventory(world.api()).awaitHost(host.name()));
        for (String name : domains) {
            String id = world.api().named("/storagedomains", name).path("id").asText();
            world.api().awaitStatus(world.attached() + "/" + id, "active", World.BOOT);
        }
        world.awaitQuiet();
    }
}
