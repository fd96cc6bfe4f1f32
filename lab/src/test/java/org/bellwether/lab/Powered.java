package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Gives the hosts of a world management controllers, and tells the engine of them. */
final class Powered {
    private Powered() {}

    /** In the order of the hosts' numbers. */
    static List<Bmc> controllers(World world) {
        List<Bmc> controllers = new ArrayList<>();
        for (int number = 1; number <= world.hosts().size(); number++) {
            Bmc controller = Bmc.of(world.lab, number);
            controllers.add(controller);
            try {
                CommandLineRun.bw(
                        world.engine,
                        "host",
                        "power",
                        "add",
                        "host" + number,
                        "--address",
                        controller.address(),
                        "--port",
                        Integer.toString(controller.port()),
                        "--agent-user",
                        Bmc.USER,
                        "--agent-password-file",
                        Files.writeString(world.lab.directory().resolve("bmc-password"), Bmc.PASSWORD)
                                .toString(),
                        "--set",
                        "lanplus=1",
                        "--set",
                        "cipher=" + Bmc.CIPHER,
                        "--set",
                        // For which a dead one is waited for; the usual 20 s only make tests longer.
                        "power_timeout=8");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return controllers;
    }
}
